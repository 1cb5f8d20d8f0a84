"""A page of a figure: it needs no network, and offers none what it draws."""

from __future__ import annotations

import json
from pathlib import Path

from plotly import graph_objects as go

from trainers.figures.page import write_page


def test_it_does_not_offer_to_upload_what_it_draws(tmp_path: Path) -> None:
    page = write_page(go.Figure(go.Scatter(x=[1], y=[2])), tmp_path / "map.html").read_text()
    call = page[page.index("Plotly.newPlot(") :]
    config, _ = json.JSONDecoder().raw_decode(call, call.index('{"displaylogo"'))
    assert config["showSendToCloud"] is False
    assert "plotlyServerURL" not in config


def test_the_trainings_of_a_study_share_one_script(tmp_path: Path) -> None:
    figure = go.Figure(go.Scatter(x=[1], y=[2]))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "plotly.min.js").write_text("another version")
    scripts = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        write_page(figure, tmp_path / name / "map.html")
        scripts.append((tmp_path / name / "plotly.min.js").stat())
    assert scripts[0].st_ino == scripts[1].st_ino
    assert scripts[0].st_size > 1_000_000
