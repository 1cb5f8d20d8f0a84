"""What a driver could not tell the store, the next one does: once, in order, however often it is killed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from tests.tuner.configs import toy_config
from tests.tuner.driven import Driven, ask
from tuner.store.tables.creation import make_store
from tuner.store.writing.writer import Writer
from tuner.study.events.event import Event, Reported
from tuner.study.outcome import Completed, Failed
from tuner.study.trial import Report

GOOD = {"score": 0.9, "cost": 0.5}
REPORTS = [(0, 1, GOOD), (0, 2, GOOD), (1, 1, GOOD)]
EVENTS = [
    "trial 0",
    "trial 1",
    "epoch 1 of trial 0",
    "epoch 2 of trial 0",
    "the outcome of trial 0",
    "epoch 1 of trial 1",
    "the outcome of trial 1",
]
"""What `leave` leaves in a log."""


class Killed(BaseException):
    """Stands in for the end of a driver's process."""


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def study(storage_url: str) -> Driven:
    return Driven(make_store(storage_url, ["score", "cost"]), toy_config(trials=2))


@contextmanager
def away_after(stored: int) -> Iterator[None]:
    """Let the store take so many events of a driver, and be away from then on."""
    apply = Writer.apply

    def until_then(writer: Writer, number: int, event: Event | None) -> bool:
        if number > stored:
            raise OperationalError("", {}, sqlite3.OperationalError("disk I/O error"))
        return apply(writer, number, event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Writer, "apply", until_then)
        yield


@contextmanager
def killed_after(applied: int) -> Iterator[None]:
    """Let the next driver be killed once it has told the store so many events, before their log is gone."""
    apply, unlink, done = Writer.apply, Path.unlink, 0

    def counted(writer: Writer, number: int, event: Event | None) -> bool:
        nonlocal done
        if done == applied:
            raise Killed
        done += 1
        return apply(writer, number, event)

    def unless_log(path: Path, **how: bool) -> None:
        if path.suffix == ".log":
            raise Killed
        unlink(path, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Writer, "apply", counted)
        patch.setattr(Path, "unlink", unless_log)
        yield


def leave(study: Driven, runs: Path, *, stored: int = 0) -> Path:
    """Complete one trial and lose another, of which the store gets only so many events; return the log."""
    with away_after(stored), study.driving(runs):
        ended, lost = ask(study), ask(study)
        study.report(ended, Report(1, GOOD, checkpoint="state"))
        study.report(ended, Report(2, GOOD, checkpoint="state", result=GOOD))
        study.tell(ended, Completed(GOOD))
        study.report(lost, Report(1, GOOD, checkpoint="lost"))
        study.tell(lost, Failed("its worker was lost", retry=True))
    (log,) = files(runs)
    return log


def resume(study: Driven, runs: Path) -> None:
    with study.driving(runs):
        pass


def files(runs: Path) -> list[Path]:
    return sorted(runs.glob("*/events/*"))


def damage(log: Path, index: int) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    lines[index] = lines[index][:40] + b"\n"
    log.write_bytes(b"".join(lines))


def assert_all_is_stored(study: Driven) -> None:
    first, second, third = study.view.records()
    assert (first.state, first.values, first.attributes["checkpoint"]) == ("COMPLETE", (0.9, 0.5), "state")
    assert (second.state, second.attributes["reason"]) == ("FAIL", "its worker was lost")
    assert (third.state, third.attributes["follows"], third.attributes["attempt"]) == ("WAITING", 1, 2)
    assert third.attributes["checkpoint"] == "lost"
    assert study.view.reports() == REPORTS


@pytest.mark.parametrize("stored", [0, 1, 4, 6])
def test_the_next_driver_tells_what_the_one_before_could_not(
    stored: int, study: Driven, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave(study, runs, stored=stored)
    caplog.clear()
    with study.driving(runs) as driven:
        assert [str(trial.number) for trial in driven.ended()] == ["0", "1"]
        assert driven.remaining == 1
    said = [f"{event} is stored now: its driver ended before it could" for event in EVENTS[stored:]]
    assert caplog.messages == said
    assert_all_is_stored(study)
    assert files(runs) == []


@pytest.mark.parametrize("applied", range(len(EVENTS) + 1))
def test_a_driver_that_is_killed_on_the_way_leaves_the_rest_to_the_next(
    applied: int, study: Driven, runs: Path
) -> None:
    log = leave(study, runs)
    for _ in range(2):
        with killed_after(applied), pytest.raises(Killed):
            resume(study, runs)
    assert files(runs) == [log]
    resume(study, runs)
    assert_all_is_stored(study)
    assert files(runs) == []


def test_a_driver_whose_study_another_took_over_is_dropped_by_name(
    study: Driven, runs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    leave(study, runs, stored=2)
    with study.driving(tmp_path / "another machine"):
        spec = ask(study)
        study.tell(spec, Completed({"score": 0.1, "cost": 0.1}))
    caplog.clear()
    resume(study, runs)
    assert caplog.messages == [
        f"{event} is dropped: another driver has taken the study over" for event in EVENTS
    ]
    assert [record.values for record in study.view.records() if record.values] == [(0.1, 0.1)]
    assert study.view.reports() == []
    assert files(runs) == []


def test_a_damaged_line_is_named_and_all_others_are_stored(
    study: Driven, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = leave(study, runs)
    damage(log, EVENTS.index("epoch 2 of trial 0"))
    caplog.clear()
    resume(study, runs)
    assert f"{log} cannot be read in full, and is left as {log.stem}.damaged" in caplog.messages
    assert [record.state for record in study.view.records()] == ["COMPLETE", "FAIL", "WAITING"]
    assert study.view.reports() == [REPORTS[0], REPORTS[2]]
    assert files(runs) == [log.with_suffix(".damaged")]
    resume(study, runs)
    assert files(runs) == [log.with_suffix(".damaged")]


def test_a_damaged_first_line_of_a_log_that_was_emptied_once_is_named(
    study: Driven, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = leave(study, runs, stored=3)
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[3:]))
    damage(log, 0)
    caplog.clear()
    resume(study, runs)
    assert f"{log} cannot be read in full, and is left as {log.stem}.damaged" in caplog.messages
    assert study.view.reports() == [REPORTS[0], REPORTS[2]]
    assert files(runs) == [log.with_suffix(".damaged")]


def test_what_follows_from_a_damaged_line_is_left_out_by_name(
    study: Driven, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage(leave(study, runs), EVENTS.index("trial 0"))
    caplog.clear()
    resume(study, runs)
    left_out = [
        message.partition(" cannot be stored")[0] for message in caplog.messages if "left out" in message
    ]
    assert left_out == ["epoch 1 of trial 0", "epoch 2 of trial 0", "the outcome of trial 0"]
    assert [record.state for record in study.view.records()] == ["FAIL", "WAITING"]
    assert [metrics for _, _, metrics in study.view.reports()] == [GOOD]


def test_what_the_store_refuses_is_left_out_by_name(
    study: Driven, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with away_after(0), study.driving(runs):
        spec = ask(study)
        for _ in range(2):  # a row that the store cannot have twice
            study.writer.append(Reported(spec.number, 1, "2026-01-02T03:04:05+00:00", GOOD, {}, 0.5))
        study.tell(spec, Completed(GOOD))
    (log,) = files(runs)
    caplog.clear()
    resume(study, runs)
    (refused,) = (message for message in caplog.messages if "cannot be stored, and is left out" in message)
    assert refused.startswith("epoch 1 of trial 0 ")
    assert study.view.reports() == [REPORTS[0]]
    assert [record.state for record in study.view.records()] == ["COMPLETE"]
    assert files(runs) == [log.with_suffix(".damaged")]


def test_a_number_that_is_no_json_is_left_out_by_name(
    study: Driven, runs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with away_after(1), study.driving(runs):
        spec = ask(study)
        study.study.place(spec, {"node": float("nan")})  # type: ignore[dict-item]
        study.tell(spec, Completed(GOOD))
    caplog.clear()
    resume(study, runs)
    assert any("the place of trial 0 cannot be stored, and is left out" in each for each in caplog.messages)
    assert [record.state for record in study.view.records()] == ["COMPLETE"]


def test_what_cannot_be_written_at_all_ends_its_driver(study: Driven, runs: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"), study.driving(runs):
        study.study.place(ask(study), {"node": float("nan")})  # type: ignore[dict-item]
    assert len(files(runs)) == 1  # what the next driver leaves out
