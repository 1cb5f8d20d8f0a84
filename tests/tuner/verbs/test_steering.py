"""A study is stopped, its failed trials are tried again, it is renamed and deleted, from the command line."""

from __future__ import annotations

import io
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import optuna
import pytest
from sqlalchemy import text

from tests.acceptance.command_line import wait_until
from tests.tuner import driver_process, toy
from tests.tuner.configs import toy_config
from tests.tuner.confirming import confirm_toy
from tests.tuner.launching import launch_toy
from tests.tuner.test_cli import run
from tuner.errors import StudyFailed
from tuner.results.status.study_status import trials_of
from tuner.run.confirm.jobs import Wanted
from tuner.store.copy_study import copy_study
from tuner.store.create_study import create_or_load
from tuner.store.enqueue import queue_again
from tuner.store.lock import driver_purpose, exclusive
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store, optuna_storage


def stored(url: str, name: str = "toy") -> StudyView:
    return StudyStore.open(url).load(name)


@pytest.fixture
def _here(storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNER_STORAGE", storage_url)
    monkeypatch.setenv("TUNER_RUNS", str(tmp_path / "runs"))


@pytest.mark.usefixtures("_here")
def test_a_study_is_stopped_where_it_runs_and_goes_on(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = toy_config(trials=1, epochs=30, epoch_seconds=0.3)
    process = driver_process.started(config, storage_url, tmp_path)

    def reported() -> bool:
        try:
            return bool(stored(storage_url).reports())
        except Exception:  # noqa: BLE001 - the store is being made
            return False

    wait_until(reported)
    assert run("stop", "toy", monkeypatch=monkeypatch) == 0
    assert process.wait(30) == 128 + signal.SIGINT
    printed = capsys.readouterr()
    assert printed.out.startswith("stopped toy; to go on: python -m tuner resume ")
    assert printed.err.startswith("asked ")
    view = stored(storage_url)
    assert view.last_states() == {0: "WAITING"}
    interrupted, waiting = trials_of(view)
    assert (interrupted["state"], waiting["state"]) == ("interrupted", "waiting")
    assert interrupted["goes_on_as"] == waiting["trial"]
    assert "interrupted by SIGINT" in interrupted["reason"]
    assert run("stop", "toy", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().out == "nobody drives toy\n"
    launch_toy(config, storage_url, tmp_path)
    assert stored(storage_url).last_states() == {0: "COMPLETE"}


@pytest.mark.usefixtures("_here")
def test_failed_trials_are_tried_again_once(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choices = {"search": "categorical", "choices": ["raises", "good"]}
    view = launch_toy(toy_config(trials=4, behaviour=choices), storage_url, tmp_path).study
    failed = [record for record in view.records() if record.state == "FAIL"]
    assert failed
    assert run("retry", "toy", str(failed[0].number), monkeypatch=monkeypatch) == 0
    assert run("retry", "toy", "--failed", monkeypatch=monkeypatch) == 0
    assert run("retry", "toy", "--failed", monkeypatch=monkeypatch) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(failed) + 1
    assert said[-1] == "nothing to queue: no trial of toy failed, or all have been queued again"
    launch_toy(toy_config(trials=4 + len(failed), behaviour=choices), storage_url, tmp_path)
    again = {record.attributes.get("retried_from"): record.params for record in stored(storage_url).records()}
    assert {each.number: each.params for each in failed}.items() <= again.items()


@pytest.mark.usefixtures("_here")
def test_failed_trials_are_tried_again_once_by_many_at_once(storage_url: str, tmp_path: Path) -> None:
    with pytest.raises(StudyFailed):
        launch_toy(toy_config(trials=4, behaviour="raises", failures=3), storage_url, tmp_path)
    view = stored(storage_url)
    failed = {record.number for record in view.records()}
    with ThreadPoolExecutor() as pool:
        queued = [pool.submit(queue_again, stored(storage_url), None) for _ in range(4)]
    assert {old for each in queued for old, _ in each.result()} == failed
    assert len(view.records()) == 2 * len(failed)


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "name the numbers of failed trials, or --failed for all of them"),
        (("0", "--failed"), "name the numbers of failed trials, or --failed for all of them"),
        (
            ("0", "7"),
            "study 'toy': trial 0 has completed, trial 7 is none of its trials; only",
        ),
    ],
)
def test_what_cannot_be_tried_again_is_one_line(
    words: tuple[str, ...],
    line: str,
    storage_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    assert run("retry", "toy", *words, monkeypatch=monkeypatch) == 2
    assert capsys.readouterr().err.startswith(line)


@pytest.mark.usefixtures("_here")
def test_a_renamed_study_keeps_its_folder_and_goes_on(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_toy(toy_config(trials=2), storage_url, tmp_path)
    launch_toy(toy_config(study="other", trials=1), storage_url, tmp_path)
    assert run("rename", "toy", "other", monkeypatch=monkeypatch) == 5
    assert run("rename", "toy", " x", monkeypatch=monkeypatch) == 2
    before = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert run("rename", "toy", "better name", monkeypatch=monkeypatch) == 0
    view = launch_toy(toy_config(study="better name", trials=3), storage_url, tmp_path).study
    assert len(view.records()) == 3
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == before
    assert sorted(path.name for path in view.folder_in(tmp_path / "runs").glob("trial-*")) == [
        f"trial-{number:05d}" for number in range(3)
    ]


@pytest.mark.usefixtures("_here")
def test_a_deleted_study_leaves_nothing(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    view = launch_toy(toy_config(trials=3), storage_url, tmp_path).study
    launch_toy(toy_config(study="other", trials=1), storage_url, tmp_path)
    confirm_toy(storage_url, tmp_path, Wanted(top=1, seeds=1))
    folder = view.folder_in(tmp_path / "runs")
    assert folder.is_dir()
    assert run("delete", "toy", "--yes", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().out == "deleted toy with 3 trials\n"
    assert not folder.exists()
    store = StudyStore.open(storage_url)
    assert store.names() == ["other"]
    with store.engine.connect() as connection:
        for table, rows in [("tuner_reports", 4), ("tuner_drivers", 1), ("tuner_confirmations", 0)]:
            assert connection.scalar(text(f"SELECT COUNT(*) FROM {table}")) == rows


def copied_away(url: str, tmp_path: Path) -> None:
    copy_study("toy", url, f"sqlite:///{tmp_path}/other.db", toy.metrics)


def copied_by_optuna(url: str, _: Path) -> None:
    storage = optuna_storage(make_store(url, toy.metrics).url)
    optuna.copy_study(from_study_name="toy", from_storage=storage, to_storage=storage, to_study_name="backup")


def taken_over(url: str, _: Path) -> None:
    create_or_load(make_store(url, toy.metrics), toy_config(study="next", trials=3), "toy")


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(
    ("share", "who"),
    [
        (copied_away, "a copy of it in another store"),
        (copied_by_optuna, "study 'backup'"),
        (taken_over, "study 'next'"),
    ],
)
def test_a_deleted_study_leaves_the_files_that_another_needs(
    share: Callable[[str, Path], None],
    who: str,
    storage_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = launch_toy(toy_config(trials=2), storage_url, tmp_path).study.folder_in(tmp_path / "runs")
    before = sorted(folder.rglob("*"))
    share(storage_url, tmp_path)
    assert run("delete", "toy", "--yes", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().err.endswith(
        f"{folder} stays, since {who} may need it; if not, remove it by hand\n"
    )
    assert sorted(folder.rglob("*")) == before
    assert "toy" not in StudyStore.open(storage_url).names()


@pytest.mark.usefixtures("_here")
def test_a_copy_that_is_deleted_leaves_the_files_of_the_study(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = launch_toy(toy_config(trials=2), storage_url, tmp_path).study.folder_in(tmp_path / "runs")
    before = sorted(folder.rglob("*"))
    copied_away(storage_url, tmp_path)
    monkeypatch.setenv("TUNER_STORAGE", f"sqlite:///{tmp_path}/other.db")
    assert run("delete", "toy", "--yes", monkeypatch=monkeypatch) == 0
    assert sorted(folder.rglob("*")) == before


@pytest.mark.usefixtures("_here")
def test_without_a_yes_nothing_is_deleted(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("delete", "toy", monkeypatch=monkeypatch) == 2
    assert StudyStore.open(storage_url).names() == ["toy"]


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("words", [("rename", "toy", "new"), ("delete", "toy", "--yes")])
def test_a_driven_study_is_left_alone(
    words: tuple[str, ...], storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = launch_toy(toy_config(trials=1), storage_url, tmp_path).study
    with exclusive(view.engine, driver_purpose(view.study_id), wait=False):
        assert run(*words, monkeypatch=monkeypatch) == 5
    assert StudyStore.open(storage_url).names() == ["toy"]
    assert view.folder_in(tmp_path / "runs").is_dir()
