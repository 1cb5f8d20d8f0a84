"""Studies are submitted, preferred, stopped and resumed from the command line, and the queue is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from tests.acceptance.command_line import DR_TRIPLET, OWN_STUDY
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.test_cli import run
from tuner.errors import Conflict
from tuner.run.custom import loading
from tuner.store import lock
from tuner.store.create_study import create_or_load
from tuner.store.fence import claim_study
from tuner.store.queue.queue_writer import QueueOptions, note_state, submit
from tuner.store.queue.queued_study import QueuedStudy
from tuner.store.queue.service_row import ServiceRow, note_service
from tuner.store.queue.submission import queued_study
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store
from tuner.store.tables.tuner_tables import services

STUDY = "dr-triplet-digits"
HOLDER = "process 7 on node-3"
TWO = {"1 CPU and 0 GPUs": 2}


@pytest.fixture(autouse=True)
def _here(storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNER_STORAGE", storage_url)
    monkeypatch.setenv("TUNER_RUNS", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def tuner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run a verb; its exit code, what it wrote to stdout, and what to stderr."""

    def call(*words: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(*words, monkeypatch=monkeypatch)
        return (code, *capsys.readouterr())

    return call


def stored(url: str, name: str = "toy") -> StudyView:
    return StudyStore.open(url).load(name)


def row_of(url: str, name: str = "toy") -> QueuedStudy:
    row = queued_study(stored(url, name))
    assert row is not None
    return row


def made(url: str, **changes: Any) -> StudyView:
    return create_or_load(make_store(url, ["score", "cost"]), toy_config(**changes))


def service(
    url: str, name: str = "a", *, leads: bool = True, devices: dict[str, int] = TWO, **running: int
) -> None:
    """Let the store have seen a service."""
    row = ServiceRow(name, HOLDER, datetime.now(UTC), leads, devices, running)
    with make_store(url, ["score", "cost"]).begin() as connection:
        note_service(connection, row)


@contextmanager
def driven(view: StudyView, holder: str) -> Iterator[None]:
    """Let a study have a driver while the block runs."""
    with lock.exclusive(view.engine, lock.driver_purpose(view.study_id), wait=False) as held:
        with held.connection.begin():
            claim_study(held.connection, view.study_id, "0123456789abcdef", holder)
        yield


def test_a_file_is_submitted_and_then_again(storage_url: str, tuner: Any) -> None:
    code, out, err = tuner("submit", DR_TRIPLET, "--priority", "20", "--max-devices", "3")
    assert (code, out) == (0, f"queued {STUDY}, priority 20, at most 3 at once\n")
    assert "no service is there to drive it; start one with: python -m tuner serve" in err
    assert f"python -m tuner status --watch {STUDY}" in err
    service(storage_url)
    code, out, err = tuner("submit", DR_TRIPLET, "--max-devices", "0")
    assert (code, out) == (0, f"queued already: {STUDY}, priority 20\n")
    assert "no service" not in err
    row = row_of(storage_url, STUDY)
    assert (row.state, row.priority, row.max_devices) == ("queued", 20, None)


def test_what_may_change_is_changed_by_the_file_that_is_submitted_again(storage_url: str, tuner: Any) -> None:
    tuner("submit", DR_TRIPLET)
    code, _, err = tuner("submit", DR_TRIPLET, "budget.trials=77")
    assert code == 0
    assert "budget.trials: 40 stored, 77 from now on" in err
    assert stored(storage_url, STUDY).config.budget.trials == 77
    code, _, err = tuner("submit", DR_TRIPLET, "train.loss.margin.high=0.9")
    assert code == 5
    assert "is stored with another config" in err


def test_what_a_driver_forbids_to_change_is_not_said_to_be_changed(storage_url: str, tuner: Any) -> None:
    tuner("submit", DR_TRIPLET)
    with driven(stored(storage_url, STUDY), HOLDER):
        code, _, err = tuner("submit", DR_TRIPLET, "budget.trials=77")
    assert (code, "is driven by" in err, "from now on" in err) == (5, True, False)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--priority", "0"], "greater than or equal to 1"),
        (["--priority", "1001"], "less than or equal to 1000"),
        (["--max-devices", "-1"], "greater than or equal to 0"),
        (["--max-devices", "3000000000"], "less than or equal to 1000000"),
        (["budget.trials=0"], "budget.trials"),
        (["--from", "nothing"], "there is no study 'nothing'"),
    ],
)
def test_what_cannot_be_submitted_is_refused(words: list[str], line: str, tuner: Any) -> None:
    code, out, err = tuner("submit", DR_TRIPLET, *words)
    assert (code, out) == (2, "")
    assert line in re.sub(r"[\s│]+", " ", err)  # a box may be drawn around it


def test_a_study_that_a_user_drives_is_not_queued(storage_url: str, tuner: Any) -> None:
    tuner("submit", DR_TRIPLET)
    view = stored(storage_url, STUDY)
    note_state(view.engine, view.study_id, "stopped", of="queued")
    service(storage_url)
    with driven(view, "process 9 on node-3 since 2026-01-01T00:00:00+00:00"):
        code, _, err = tuner("submit", DR_TRIPLET)
    assert code == 5
    assert "is driven by process 9 on node-3" in err
    assert row_of(storage_url, STUDY).state == "stopped"
    with driven(view, f"{HOLDER} since 2026-01-01T00:00:00+00:00"):  # the service ends it just now
        assert tuner("submit", DR_TRIPLET)[0] == 0
    assert row_of(storage_url, STUDY).state == "queued"


def test_a_study_whose_budget_is_met_is_queued_with_more_only(
    storage_url: str, tmp_path: Path, tuner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = launch_toy(toy_config(trials=2), storage_url, tmp_path).study
    submit(view.engine, view.study_id, QueueOptions())
    note_state(view.engine, view.study_id, "completed", of="queued")
    code, _, err = tuner("resume", "toy")
    assert code == 2
    assert err.startswith("study 'toy' is not queued, its budget is met: 2 of 2 trials; raise it, with ")
    assert row_of(storage_url).state == "completed"
    monkeypatch.setattr(
        loading, "trainable_of", lambda _config, allow_code: toy
    )  # it checks what is enlarged
    assert tuner("resume", "toy", "--more", "3")[:2] == (0, "queued toy, priority 10\n")
    assert row_of(storage_url).state == "queued"
    assert stored(storage_url).config.budget.trials == 5


def test_code_of_ones_own_is_run_only_if_that_is_allowed(
    storage_url: str, tmp_path: Path, tuner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.yaml").write_text(OWN_STUDY.replace("mine:Mine", "tests.tuner.own:Own"))
    code, _, err = tuner("submit", "own.yaml")
    assert code == 2
    assert "names code; add --allow-code to run it" in err
    assert tuner("submit", "own.yaml", "--allow-code")[:2] == (0, "queued own, priority 10\n")
    assert row_of(storage_url, "own").state == "queued"


def test_a_relative_root_is_told_as_what_the_nodes_must_reach(
    storage_url: str, tmp_path: Path, tuner: Any
) -> None:
    dataset = "train.dataset={name: mnist, root: data}"
    code, _, err = tuner("submit", DR_TRIPLET, dataset)
    assert code == 0
    assert f"train.dataset.root: the service's nodes must reach {tmp_path}/data\n" in err
    code, _, err = tuner("submit", DR_TRIPLET, f"train.dataset={{name: mnist, root: {tmp_path}/data}}")
    assert (code, "must reach" in err) == (0, False)


def test_a_queued_study_is_launched_by_nobody_else(storage_url: str, tmp_path: Path) -> None:
    view = made(storage_url)
    submit(view.engine, view.study_id, QueueOptions())
    with pytest.raises(Conflict, match=r"'toy' is queued for a service; `tuner stop` it first, or follow it"):
        launch_toy(toy_config(), storage_url, tmp_path)
    note_state(view.engine, view.study_id, "stopped", of="queued")
    assert launch_toy(toy_config(), storage_url, tmp_path).study.remaining == 0


def test_a_priority_is_changed(storage_url: str, tuner: Any) -> None:
    view = made(storage_url)
    code, _, err = tuner("priority", "toy", "5")
    assert (code, err) == (2, "study 'toy' is not in the queue; submit its file: tuner submit FILE\n")
    submit(view.engine, view.study_id, QueueOptions())
    assert tuner("priority", "toy", "500", "--max-devices", "2")[:2] == (
        0,
        "toy has priority 500, at most 2 at once now\n",
    )
    assert (row_of(storage_url).priority, row_of(storage_url).max_devices) == (500, 2)


def test_a_study_is_taken_out_of_the_queue_and_put_into_it_again(storage_url: str, tuner: Any) -> None:
    view = made(storage_url)
    submit(view.engine, view.study_id, QueueOptions(priority=3))
    code, out, _ = tuner("stop", "toy")
    assert (code, out) == (0, "took toy out of the queue; to go on: python -m tuner resume toy\n")
    row = row_of(storage_url)
    assert row.state == "stopped"
    assert row.reason is not None
    assert row.reason.startswith("stopped by ")
    assert tuner("stop", "toy")[:2] == (0, "nobody drives toy\n")
    assert tuner("resume", "toy")[:2] == (0, "queued toy, priority 3\n")
    assert tuner("resume", "toy")[:2] == (0, "queued already: toy, priority 3\n")
    assert row_of(storage_url).state == "queued"


def test_the_config_of_a_study_that_is_driven_stays(storage_url: str, tuner: Any) -> None:
    tuner("submit", DR_TRIPLET)
    view = stored(storage_url, STUDY)
    with driven(view, HOLDER):
        code, _, err = tuner("resume", STUDY, "budget.trials=50")
    assert code == 5
    assert f"is driven by {HOLDER}" in err
    assert stored(storage_url, STUDY).config.budget.trials == 40
    assert tuner("resume", STUDY, "budget.trials=50")[0] == 0
    assert stored(storage_url, STUDY).config.budget.trials == 50


def shown(tuner: Any, *words: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """The queue's lines for people, and its studies for programs."""
    code, out, _ = tuner("queue", *words)
    assert code == 0
    studies = json.loads(tuner("queue", "--json")[1])["studies"]
    return out, {each["study"]: each for each in studies}


def test_the_queue_says_what_runs_and_why_the_rest_waits(storage_url: str, tuner: Any) -> None:
    views = {name: made(storage_url, study=name) for name in ("runs", "waits", "broke")}
    for priority, view in enumerate(views.values(), 1):
        submit(view.engine, view.study_id, QueueOptions(priority=priority))
    engine = views["broke"].engine
    note_state(engine, views["broke"].study_id, "broken", "its data is not there\nat all", of="queued")
    out, studies = shown(tuner)
    assert out.startswith("no service is there; start one with: python -m tuner serve\n")
    assert [each["state"] for each in studies.values()] == ["queued", "queued", "broken"]
    assert [*studies] == ["waits", "runs", "broke"]
    assert studies["waits"]["reason"] == "no service is there"
    service(storage_url, leads=True, runs=2)
    service(storage_url, "b", leads=False)
    with driven(views["runs"], HOLDER):
        out, studies = shown(tuner)
        first, *table = out.splitlines()
    assert first == f"service: {HOLDER} leads, 2 of 2 devices busy; 1 service on standby: {HOLDER}"
    of_runs = studies["runs"]
    assert (of_runs["state"], of_runs["devices"], of_runs["used"], of_runs["budget"]) == ("running", 2, 0, 6)
    assert studies["waits"]["reason"] == "no device is free: 2 of 2 devices busy"
    assert studies["broke"]["reason"] == "its data is not there\nat all"
    assert any("broken" in line and "its data is not there " in line for line in table)
    service(storage_url, runs=1)
    assert shown(tuner)[1]["waits"]["reason"] == "the service takes it next"


@pytest.mark.parametrize(
    ("devices", "running", "line"),
    [
        ({}, {}, "0 trials running"),
        (TWO, {"a": 1}, "1 of 2 devices busy"),
        (
            {"1 CPU": 4, "2 CPUs": 2},
            {"a": 1, "b": 2},
            "3 trials running, of 4 with 1 CPU or 2 with 2 CPUs at once",
        ),
    ],
)
def test_a_service_says_how_busy_it_is(
    devices: dict[str, int], running: dict[str, int], line: str, storage_url: str, tuner: Any
) -> None:
    view = made(storage_url)
    submit(view.engine, view.study_id, QueueOptions())
    service(storage_url, devices=devices, **running)
    out, studies = shown(tuner)
    assert out.splitlines()[0] == f"service: {HOLDER} leads, {line}"
    assert studies["toy"]["reason"] == "the service takes it next"


def test_of_those_that_ended_the_last_ten_are_shown(storage_url: str, tuner: Any) -> None:
    for number in range(12):
        view = made(storage_url, study=f"ended-{number:02d}")
        submit(view.engine, view.study_id, QueueOptions())
        note_state(view.engine, view.study_id, "completed", of="queued")
    names = [f"ended-{number:02d}" for number in reversed(range(12))]
    out, studies = shown(tuner)
    assert [name for name in names if name in out] == names[:10]
    assert [*studies] == names
    out, _ = shown(tuner, "--all")
    assert [name for name in names if name in out] == names


def test_nothing_stored_acts_on_the_terminal(storage_url: str, tuner: Any) -> None:
    view = made(storage_url)
    submit(view.engine, view.study_id, QueueOptions())
    note_state(view.engine, view.study_id, "broken", "\x1b[31mred\x07", of="queued")
    service(storage_url)
    with view.engine.begin() as connection:
        row = {"service": "x", "holder": "\x1b]0;title\x07evil", "seen_at": datetime.now(UTC)}
        connection.execute(insert(services).values(**row, status={"leads": False}))
    out, _ = shown(tuner)
    assert "\x1b" not in out
    assert "evil" in out
    assert "red" in out
