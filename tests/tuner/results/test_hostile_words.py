"""Names, choices and reasons that would be read as marks, paths, statements, options or formulas."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from tests.tuner.configs import toy_config
from tests.tuner.driven import Driven
from tests.tuner.launching import launch_toy
from tuner.cli import app
from tuner.results.export import exported
from tuner.results.front import front_table
from tuner.results.status.shown import reason_lines, status_table
from tuner.results.status.study_status import UNFINISHED, status_of, trials_of
from tuner.store.create_study import create_or_load
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store
from tuner.study.outcome import Completed, Failed

NAMES = [
    "'\";drop table trials;--",
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    "[/red]",
    "--help",
    "=1+1",
    "<script>alert(1)</script>",
    "%s {0} $HOME `id`",
    "☠️ שלום",
    "x" * 200,
]
CHOICES = [
    "=1+1",
    "[/red]",
    "'; drop table trials; --",
    "../..",
    "\x00\x1b[31m",
    "-x",
    "@x",
    "☠️",
    "y" * 300,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_study_may_be_called_so_everywhere(
    name: str, sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = launch_toy(toy_config(study=name, trials=1), sqlite_url, tmp_path)
    assert [each.state for each in done.study.records()] == ["COMPLETE"]
    (runs,) = (tmp_path / "runs").iterdir()
    assert (runs.parent, sorted(each.name for each in tmp_path.iterdir())) == (
        tmp_path / "runs",
        sorted({"runs", "tuner.db"} | {each.name for each in tmp_path.glob("tuner.db*")}),
    )
    for verb in ("status", "front", "export"):
        said = CliRunner().invoke(app, [verb, "--storage", sqlite_url, "--", name])
        assert said.exit_code == 0, said.output
    assert (
        json.loads(CliRunner().invoke(app, ["status", "--json", "--storage", sqlite_url, "--", name]).stdout)[
            0
        ]["study"]
        == name
    )


def test_every_name_keeps_its_own_study_and_folder(storage_url: str) -> None:
    store = make_store(storage_url, ["score", "cost"])
    for name in NAMES:
        create_or_load(store, toy_config(study=name))
    views = StudyStore.open(storage_url).studies()
    assert [view.name for view in views] == NAMES
    assert len({view.folder_name for view in views}) == len(NAMES)
    assert all(Path(view.folder_name).name == view.folder_name for view in views)
    table = shown(status_table([status_of(view) for view in views]))
    assert all(name in table for name in NAMES)


def shown(table: Any) -> str:
    console = Console(file=io.StringIO(), width=4000)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.fixture
def hostile(storage_url: str, tmp_path: Path) -> StudyView:
    """A study whose trials have every choice, and fail with it as their reason."""
    points = {"search": "categorical", "choices": CHOICES}
    config = toy_config(x=0.5, kind=points, sampler={"name": "grid"}, trials=len(CHOICES))
    study = Driven(make_store(storage_url, ["score", "cost"]), config)
    with study.driving():
        for choice in CHOICES:
            spec = study.ask(tmp_path)
            assert spec is not None
            assert spec.params["kind"] == choice
            ended = Completed({"score": 0.5, "cost": 0.5}) if choice == "[/red]" else Failed(choice)
            study.tell(spec, ended)
    return study.view


def test_every_choice_and_reason_is_shown_as_it_is(hostile: StudyView) -> None:
    lines = reason_lines(trials_of(hostile, UNFINISHED))
    assert len(lines) == len(CHOICES) - 1
    table = "\n".join(lines) + shown(front_table(hostile, hostile.front()))
    assert "'; drop table trials; --" in table
    assert "[/red]" in table
    assert "\x1b" not in table
    rows = json.loads(exported(hostile, "json"))
    assert [row["param.kind"] for row in rows] == CHOICES


def test_a_spreadsheet_runs_no_cell(hostile: StudyView) -> None:
    rows = list(csv.DictReader(io.StringIO(exported(hostile, "csv").decode(), newline="")))
    kinds = [row["param.kind"] for row in rows]
    assert kinds == [f"'{choice}" if choice[0] in "=-@" else choice for choice in CHOICES]
    assert {row["reason"][:2] for row in rows} >= {"'=", "'-", "'@"}


def test_results_can_be_selected(hostile: StudyView) -> None:
    engine = create_engine(hostile.engine.url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT number, reason FROM tuner_results")).all()
    engine.dispose()
    assert len(rows) == len(CHOICES)
