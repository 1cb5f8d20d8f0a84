"""A trial's figures from the dashboard: linked in its note, from its folder, and nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from optuna import load_study
from optuna_dashboard._note import save_note_with_version
from PIL import Image
from plotly import graph_objects as go

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.results.dashboard.test_middleware import Answer, Page, ask
from trainers.figures.page import write_page
from tuner.results.dashboard.figures import figures_path, with_figures
from tuner.results.dashboard.server import _optuna_dashboard
from tuner.results.report.pictures import GALLERY, MAP
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.reading.study_view import StudyView
from tuner.study.trial import Report, TrialSpec


@pytest.fixture
def view(sqlite_url: str, tmp_path: Path) -> StudyView:
    keep = {"models": "all", "states": "all"}
    return launch_toy(toy_config(trials=3, keep=keep), sqlite_url, tmp_path).study


@pytest.fixture
def folder(view: StudyView, tmp_path: Path) -> Path:
    """The folder of trial 0, with a map and a gallery in it."""
    folder = view.folder_in(tmp_path / "runs") / "trial-00000"
    draw(folder)
    return folder


def draw(folder: Path) -> None:
    figure = go.Figure(go.Scatter(x=[1, 2], y=[3, 4], name="a class", mode="markers"))
    figure.update_traces(marker={"color": "#4E79A7", "symbol": "circle"})
    figure.update_xaxes(title="first").update_yaxes(title="second")
    write_page(figure, folder / MAP)
    Image.new("RGB", (4, 4)).save(folder / GALLERY)


def page(view: StudyView, runs: Path, path: str = "/figures/toy/0", query: str = "") -> Answer:
    store = ReadingStore.open(view.engine.url.render_as_string(hide_password=False))
    return ask(with_figures(Page(), store, runs), path=path, query=query)


def has_pictures(answer: Answer) -> tuple[bool, bool]:
    assert answer.status == 200
    return 'id="figure-map-0"' in answer.body, '<img alt="Gallery of trial 0' in answer.body


@pytest.mark.usefixtures("folder")
def test_a_page_has_curves_map_and_gallery_and_a_policy(view: StudyView, tmp_path: Path) -> None:
    answer = page(view, tmp_path / "runs")
    assert has_pictures(answer) == (True, True)
    data = json.loads(answer.body.partition("id=report-data>")[2].partition("</script>")[0])
    (curve,) = [figure["traces"][0] for figure in data["figures"] if figure["name"] == "curve-0"]
    assert curve["x"] == [1, 2, 3, 4]
    measured = [value for _, value in view.curve([0], "score")]
    assert "The same after every epoch: cost." in answer.body
    assert curve["y"] == [pytest.approx(value, rel=1e-5) for value in measured]
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy


def test_what_is_missing_is_said_in_a_line(view: StudyView, folder: Path, tmp_path: Path) -> None:
    command = "python -m tuner figures toy 0</p>"
    (folder / GALLERY).unlink()
    answer = page(view, tmp_path / "runs")
    assert has_pictures(answer) == (True, False)
    assert f"not drawn yet, unless its data are vectors and have no gallery; run: {command}" in answer.body
    elsewhere = page(view, tmp_path / "elsewhere")
    assert has_pictures(elsewhere) == (False, False)
    assert (
        f"is not on this machine; set TUNER_RUNS for the dashboard, or run there: {command}" in elsewhere.body
    )


def test_a_trial_off_the_front_says_why_it_has_none(sqlite_url: str, tmp_path: Path) -> None:
    view = launch_toy(toy_config(trials=6), sqlite_url, tmp_path).study
    off = min(set(range(6)) - set(view.summary().front()))
    answer = page(view, tmp_path / "runs", f"/figures/toy/{off}")
    assert "It is off the front; only `keep: {models: all}` keeps the models of such trials." in answer.body


def test_nothing_outside_of_the_studys_folder_is_read(view: StudyView, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    draw(elsewhere)
    for name in (MAP, GALLERY):
        (folder / name).unlink()
        (folder / name).symlink_to(elsewhere / name)
    assert has_pictures(page(view, tmp_path / "runs")) == (False, False)
    folder.rename(folder.with_name("aside"))
    folder.symlink_to(elsewhere)
    assert has_pictures(page(view, tmp_path / "runs")) == (False, False)
    # The folder of all studies may well be a link: whoever starts the dashboard names it.
    folder.unlink()
    folder.with_name("aside").rename(folder)
    for name in (MAP, GALLERY):
        (folder / name).unlink()
    draw(folder)
    (tmp_path / "link").symlink_to(tmp_path / "runs")
    assert has_pictures(page(view, tmp_path / "link")) == (True, True)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("path", "query"),
    [
        *[("/figures/", ""), ("/figures/toy", ""), ("/figures/toy/", ""), ("/figures/toy/x", "")],
        *[("/figures/toy/-1", ""), ("/figures/toy/9", ""), ("/figures/toy/0/", ""), ("/figures/0", "")],
        *[("/figures/toy/../0", ""), ("/figures/../0", ""), ("/figures/toy/0/embedding_map.html", "")],
        *[("/figures/toy/0/../../../tuner.db", ""), ("/figures/toy/99999999999999999999", "")],
        *[("/figures/other/0", ""), ("/figures/0", "study=other"), ("/figures/\xff\xfe/0", "")],
    ],
)
def test_what_is_no_trial_is_not_found_in_one_line(
    view: StudyView, path: str, query: str, tmp_path: Path
) -> None:
    answer = page(view, tmp_path / "runs", path, query)
    assert (answer.status, answer.body.count("\n")) == (404, 1)
    assert "Traceback" not in answer.body


@pytest.mark.parametrize("name", ["a/b", "..", "ä ö", "7", "a%2Fb", "x?y=1#z"])
def test_every_name_has_an_address(name: str, sqlite_url: str, tmp_path: Path) -> None:
    view = launch_toy(toy_config(study=name, trials=1, epochs=1), sqlite_url, tmp_path).study
    path, _, query = figures_path(name, 0).partition("?")
    answer = page(view, tmp_path / "runs", unquote(path).encode().decode("latin-1"), query)
    assert (answer.status, "Trial 0 of " in answer.body) == (200, True)


def test_the_notes_of_completed_trials_link_it_and_stay_as_they_were_written(
    sqlite_url: str, tmp_path: Path
) -> None:
    view = launch_toy(toy_config(trials=3, epochs=1), sqlite_url, tmp_path, train=stopped_first).study
    storage = load_study(study_name="toy", storage=sqlite_url)._storage
    ids = {trial.number: trial._trial_id for trial in storage.get_all_trials(view.study_id)}
    save_note_with_version(storage, view.study_id, ids[1], 1, "what a user wrote")
    stored = storage.get_study_system_attrs(view.study_id)
    assert notes(sqlite_url) == {
        0: "",
        1: "[Figures](/figures/toy/1)\n\nwhat a user wrote",
        2: "[Figures](/figures/toy/2)",
    }
    assert storage.get_study_system_attrs(view.study_id) == stored
    # Who edits a note in the browser saves the link with it.
    save_note_with_version(storage, view.study_id, ids[2], 1, "[Figures](/figures/toy/2)\n\nmore")
    assert notes(sqlite_url)[2] == "[Figures](/figures/toy/2)\n\nmore"


def stopped_first(spec: TrialSpec) -> Iterator[Report]:
    if spec.number == 0:
        yield Report(1, {"score": 0.5, "cost": 0.5}, stopped="it was too good to be true")
    else:
        yield from toy.train(spec)


def notes(url: str) -> dict[int, str]:
    """The note of each trial, as the dashboard's page is given it."""
    answer = ask(_optuna_dashboard(ReadingStore.open(url)), path="/api/studies/1")
    shown = json.loads(answer.body)
    trials = {trial["number"]: trial["note"]["body"] for trial in shown["trials"]}
    assert all(trials[trial["number"]] == trial["note"]["body"] for trial in shown["best_trials"])
    return trials
