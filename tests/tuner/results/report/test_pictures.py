"""Pictures of the front: from the folders of its trials, and only what trainers.figures writes there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from plotly import graph_objects as go

from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from trainers.figures.page import write_page
from tuner.results.report import pictures
from tuner.results.report.pictures import GALLERY, MAP, embedding_map
from tuner.results.report.reported_study import ReportedStudy


@pytest.fixture
def study(sqlite_url: str, tmp_path: Path) -> ReportedStudy:
    view = launch_toy(toy_config(trials=1), sqlite_url, tmp_path).study
    return ReportedStudy.read(view, tmp_path / "runs")


def folder_of(study: ReportedStudy) -> Path:
    (record,) = study.front
    return study.folder / f"trial-{record.number:05d}"


def test_a_gallery_and_a_map_stand_in_the_page(study: ReportedStudy) -> None:
    folder = folder_of(study)
    Image.new("RGB", (4, 4)).save(folder / GALLERY)
    figure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name="<b>7</b>", mode="markers", customdata=[1, 2]))
    figure.update_traces(marker={"color": "#4E79A7", "symbol": "circle"})
    figure.update_xaxes(title="first").update_yaxes(title="second", scaleanchor="x")
    write_page(figure, folder / MAP)
    section = pictures.pictures(study)
    assert "data:image/png;base64,iVBORw0KGgo" in section.markup
    (mapped,) = section.figures
    (trace,) = mapped.traces
    assert (trace["x"], trace["y"], trace["name"]) == ([1, 2], [3, 4], "&lt;b&gt;7&lt;/b&gt;")
    assert "customdata" not in trace
    assert mapped.layout["xaxis"]["title"]["text"] == "first"


def test_where_there_are_none_it_says_how_to_draw_them(study: ReportedStudy) -> None:
    section = pictures.pictures(study)
    assert section.figures == []
    assert "python -m tuner figures toy" in section.markup


def test_what_is_no_picture_stays_out(
    study: ReportedStudy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery = folder_of(study) / GALLERY
    gallery.write_text("<script>window.acted = true</script>")
    assert "<img" not in pictures.pictures(study).markup
    gallery.unlink()
    Image.new("RGB", (4, 4)).save(tmp_path / "elsewhere.png")
    gallery.symlink_to(tmp_path / "elsewhere.png")
    assert "<img" not in pictures.pictures(study).markup
    gallery.unlink()
    Image.new("RGB", (4, 4)).save(gallery)
    assert "<img" in pictures.pictures(study).markup
    monkeypatch.setattr(pictures, "ALL_BYTES", 10)
    assert "<img" not in pictures.pictures(study).markup


@pytest.mark.parametrize(
    "page", [b"", b"\xff", b"Plotly.newPlot(", b"Plotly.newPlot([1], {})", b"Plotly.newPlot([{}], {})"]
)
def test_another_page_gives_no_map(page: bytes) -> None:
    assert embedding_map(page, 0) is None
