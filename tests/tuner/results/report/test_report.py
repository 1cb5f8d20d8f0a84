"""The report as a document: what it says agrees with the command line, and nothing stored is markup in it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from benchmarks.filled_store import fill as fill_randomly
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.driven import Driven
from tests.tuner.launching import launch_toy
from tests.tuner.results.report import hostile
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.results.report.file import write_report
from tuner.results.report.page import Page
from tuner.results.report.report import report_on
from tuner.results.status.study_status import status_of
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store

COST = {"metric": "cost", "direction": "minimize"}


class Elements(HTMLParser):
    """The elements of a page, and the texts of its scripts."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.scripts: list[str] = []
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] == ["script"]:
            self.scripts[-1] += data


def figures(page: Page) -> dict[str, Any]:
    data, *_ = Elements(page).scripts
    return {figure["name"]: figure for figure in json.loads(data)["figures"]}


def numbers(figure: dict[str, Any], outcome: str) -> list[int]:
    """The trials that a figure draws as having this outcome."""
    return sorted(
        {n for trace in figure["traces"] if trace.get("name") == outcome for n in trace["customdata"]}
    )


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> StudyView:
    storage = f"sqlite:///{tmp_path_factory.mktemp('filled')}/tuner.db"
    fill_randomly(storage, 60)
    return StudyStore.open(storage).load("filled")


def test_it_has_the_front_and_the_counts_of_the_command_line(filled: StudyView, tmp_path: Path) -> None:
    page, status = report_on([filled], tmp_path), status_of(filled)
    front = sorted(record.number for record in filled.front())
    for name in ("front", "objective-0-trials", "slice-0-0", "parallel-coordinates"):
        assert numbers(figures(page)[name], "front") == front
        assert len(numbers(figures(page)[name], "completed")) == status["completed"] - len(front)
    counts = "completed {completed}, front {front}, failed {failed}, stopped {stopped}"
    assert counts.format(**status) in page.content.decode()


def test_a_trial_has_one_colour_everywhere(filled: StudyView, tmp_path: Path) -> None:
    colours: dict[str, set[tuple[str, ...]]] = {}
    for figure in figures(report_on([filled], tmp_path)).values():
        for trace in figure["traces"]:
            if "customdata" in trace:
                colour = trace["marker"]["color"]
                rgb = tuple(re.findall(r"\d+", colour)[:3]) if colour.startswith("rgba") else _rgb(colour)
                colours.setdefault(trace["name"], set()).add(rgb)
    assert {name: len(found) for name, found in colours.items()} == dict.fromkeys(colours, 1)
    assert {"front", "completed", "stopped", "failed"} <= colours.keys()


def _rgb(colour: str) -> tuple[str, ...]:
    return tuple(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))


def test_every_figure_names_its_axes(filled: StudyView, tmp_path: Path) -> None:
    for name, figure in figures(report_on([filled], tmp_path)).items():
        if name != "parallel-coordinates":  # its columns are named instead
            titles = [figure["layout"][axis].get("title", {}).get("text") for axis in ("xaxis", "yaxis")]
            assert titles[0]
            assert titles[1] or figure["layout"]["yaxis"]["type"] == "category", name
    front = figures(report_on([filled], tmp_path))["front"]["layout"]
    assert front["xaxis"]["title"]["text"] == "labelled_samples (images) ↓"
    assert (front["xaxis"]["type"], front["yaxis"]["type"]) == ("log", "linear")


@pytest.mark.parametrize("objectives", [SINGLE, [*SINGLE, COST], [*SINGLE, COST, {**COST, "metric": "size"}]])
@pytest.mark.parametrize("completed", [0, 1, 12])
def test_studies_of_any_size_have_one(
    objectives: list[dict[str, str]], completed: int, sqlite_url: str, tmp_path: Path
) -> None:
    from tuner.study.outcome import Completed, Failed

    config = toy_config(objectives=objectives, trials=20, sampler={"name": "random", "seed": 0})
    study = Driven(make_store(sqlite_url, ["score", "cost", "size"]), config)
    with study.driving():
        for index in range(completed + 1):
            spec = study.ask(tmp_path)
            x = spec.params["x"]
            done = Completed({"score": x, "cost": 1 - x, "size": x * x})
            study.tell(spec, done if index < completed else Failed("no luck"))
        view = study.view
    drawn = figures(report_on([view], tmp_path))
    assert "failures" in drawn
    pairs = {1: 1, 2: 1, 3: 3}[len(objectives)] if completed else 0
    assert sum(name.startswith("front") for name in drawn) == pairs
    assert sum(name.startswith("importance") for name in drawn) == (len(objectives) if completed == 12 else 0)
    assert any(name.startswith("hypervolume") for name in drawn) == (completed > 0 and len(objectives) > 1)


def test_a_study_without_a_trial_has_one(sqlite_url: str, tmp_path: Path) -> None:
    view = Driven(make_store(sqlite_url, ["score", "cost"]), toy_config()).view
    page = report_on([view], tmp_path)
    assert figures(page) == {}
    assert "No trial has completed yet." in page.content.decode()


def test_nothing_stored_is_markup(sqlite_url: str, tmp_path: Path) -> None:
    study = hostile.fill(sqlite_url, tmp_path)
    page = report_on([study], tmp_path / "runs")
    found = Elements(page)
    assert found.tags.count("script") == 3
    assert not {"img", "svg"} & set(found.tags)
    assert not {name for name in found.attributes if name.startswith("on")}
    allowed = re.findall(r"'sha256-([^']+)'", page.policy)
    _, *scripts = found.scripts
    assert allowed == [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in scripts]
    for text in _texts(json.loads(found.scripts[0])):
        assert "<" not in re.sub("</?(b|extra)>|<br>", "", text)


def _texts(data: Any) -> list[str]:
    if isinstance(data, dict | list):
        children = data.values() if isinstance(data, dict) else data
        return [text for each in children for text in _texts(each)]
    return [data] if isinstance(data, str) else []


def test_its_file_of_the_study_is_the_study(filled: StudyView, tmp_path: Path) -> None:
    page = report_on([filled], tmp_path).content.decode()
    written = re.search(r"<summary>study.yaml</summary><pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    file = tmp_path / "study.yaml"
    file.write_text(written[1].replace("&#x27;", "'").replace("&quot;", '"').replace("&gt;", ">"))
    assert StudyConfig.load(file, ()) == filled.config


def test_several_stand_side_by_side(sqlite_url: str, tmp_path: Path) -> None:
    for name, trials in (("one", 3), ("two", 4)):
        launch_toy(toy_config(study=name, trials=trials), sqlite_url, tmp_path)
    launch_toy(toy_config(study="other", objectives=SINGLE, trials=1), sqlite_url, tmp_path)
    store = StudyStore.open(sqlite_url)
    page = report_on([store.load("one"), store.load("two")], tmp_path)
    names = [trace["name"] for trace in figures(page)["fronts-0-1"]["traces"]]
    assert {"one, front", "two, front"} <= set(names)
    assert "<td>budget.trials</td><td>3</td><td>4</td>" in page.content.decode()
    with pytest.raises(
        UsageError, match=r"'one' .score ↑, cost ↓. and 'other' .score ↑. have other objectives"
    ):
        report_on([store.load("one"), store.load("other")], tmp_path)


def test_a_file_that_cannot_be_written_is_one_line(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path)
    settings = Settings(storage=sqlite_url, runs_folder=tmp_path / "runs", ray_address=None)
    with pytest.raises(UsageError, match=r"none/x\.html cannot be written: No such file or directory"):
        write_report(settings, ["toy"], tmp_path / "none" / "x.html")
