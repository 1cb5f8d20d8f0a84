"""What a driver could not tell the store outlives it, and is told once."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tuner.configs import toy_config
from tuner.study.event import Entry
from tuner.study.event_log import Outbox
from tuner.study.open_study import create_or_load, make_store
from tuner.study.store.retrying_storage import PatientStorage
from tuner.study.study import Study
from tuner.study.trial import Completed, Failed, Outcome, Report, Span, Stopped, TrialSpec, outcome_of

SPEC = TrialSpec(3, {"x": 0.1}, {"x": 0.1, "n": [1, 2]}, 4, "score", "maximize", 1.0, "runs/trial-00003")
SPAN = Span(datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), 12.345)
GOOD = {"score": 0.9, "cost": 0.5}

words = st.text()
metrics = st.dictionaries(words, st.floats(), max_size=4)
spans = st.builds(
    Span, st.datetimes(timezones=st.just(UTC)), st.floats(0, 1e9, allow_nan=False, allow_infinity=False)
)
reports = st.builds(
    Report,
    st.integers(0, 10**6),
    metrics,
    checkpoint=st.none() | words,
    result=st.none() | metrics,
    stopped=st.none() | words,
    error=st.none() | words,
    facts=st.dictionaries(words, words | st.integers() | st.none() | st.lists(words), max_size=3),
    span=st.none() | spans,
)
outcomes = (
    st.builds(Completed, metrics)
    | st.builds(Stopped, metrics, st.integers(0), words)
    | st.builds(Failed, words, st.booleans())
)


def plain(value: Any) -> Any:
    """What can be compared: NaN is a word."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, Report | Completed | Stopped | Failed):
        return type(value), {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


@given(reports | outcomes, st.none() | spans)
def test_an_entry_comes_back_as_it_was(said: Report | Outcome, span: Span | None) -> None:
    entry = Entry("driver", SPEC, said, span)
    json.loads(entry.to_json(), parse_constant=pytest.fail)  # JSON has no NaN and no infinity
    back = Entry.from_json(entry.to_json())
    assert (back.driver, back.spec, back.span, plain(back.said)) == ("driver", SPEC, span, plain(said))
    if isinstance(said, Report) and isinstance(back.said, Report):
        ends = [plain(outcome_of(last, ["score"])) for last in (said, back.said)]
        assert ends[0] == ends[1]


@pytest.mark.parametrize("cut", [0, 1, 40, -1])
def test_a_cut_entry_is_no_entry(cut: int) -> None:
    with pytest.raises(json.JSONDecodeError):
        Entry.from_json(Entry("driver", SPEC, Report(1, GOOD)).to_json()[:cut])


@pytest.mark.parametrize("content", ["[]", "1", "{}", '{"said": {"kind": "Bribed"}, "driver": ""}'])
def test_another_text_is_no_entry(content: str) -> None:
    with pytest.raises(ValueError, match="it is no entry"):
        Entry.from_json(content)


def said_by(outbox: Outbox) -> list[str]:
    return [str(kept.entry) for kept in outbox.left()]


def test_what_was_put_is_left_in_order_until_it_is_removed(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", "one")
    kept = [outbox.put(Entry("one", SPEC, Report(epoch, GOOD))) for epoch in range(1, 12)]
    assert str(outbox) == f"11 results wait in {tmp_path}/outbox"
    for each in kept[:9]:
        outbox.remove(each)
    assert said_by(Outbox(tmp_path / "outbox", "two")) == ["epoch 10 of trial 3", "epoch 11 of trial 3"]


def test_two_drivers_do_not_write_over_each_other(tmp_path: Path) -> None:
    for driver in ("one", "two"):
        Outbox(tmp_path, driver).put(Entry(driver, SPEC, Report(1, GOOD)))
    assert [kept.entry.driver for kept in Outbox(tmp_path, "three").left()] == ["one", "two"]


def test_a_full_disk_is_said_once_and_results_wait_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(tmp_path / "outbox", "one")
    first = outbox.put(Entry("one", SPEC, Report(1, GOOD)))

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    second, third = (outbox.put(Entry("one", SPEC, Report(epoch, GOOD))) for epoch in (2, 3))
    (warning,) = caplog.messages
    assert "No space left on device; they wait in memory" in warning
    monkeypatch.undo()
    fourth = outbox.put(Entry("one", SPEC, Report(4, GOOD)))
    assert [kept.file is None for kept in (first, second, third, fourth)] == [False, True, True, True]
    assert str(outbox) == "4 results wait in memory"
    # Nothing is left that has something missing before it.
    assert said_by(Outbox(tmp_path / "outbox", "two")) == ["epoch 1 of trial 3"]
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["00000001-one.json"]
    for kept in (first, second, third, fourth):
        outbox.remove(kept)
    assert outbox.put(Entry("one", SPEC, Report(5, GOOD))).file is not None


@pytest.fixture
def store(storage_url: str) -> PatientStorage:
    return make_store(storage_url, ["score", "cost"])


@pytest.fixture
def driving(store: PatientStorage, tmp_path: Path) -> Callable[[], tuple[Study, Any]]:
    def begin() -> tuple[Study, Any]:
        study = create_or_load(store, toy_config(trials=2))
        return study, study.driving(tmp_path)

    return begin


def ask(study: Study) -> TrialSpec:
    spec = study.ask(Path("runs"))
    assert spec is not None
    return spec


def test_the_next_driver_tells_what_its_forerunner_could_not(driving: Any, tmp_path: Path) -> None:
    study, drives = driving()
    with drives:
        ended, lost, running = ask(study), ask(study), None
        study.keep(ended, Report(1, {"score": float("nan"), "cost": 0.5}, checkpoint="state"))
        study.keep(ended, Report(2, GOOD, checkpoint="state", result=GOOD, span=SPAN))
        study.keep(ended, Completed(GOOD), SPAN)
        study.keep(lost, Report(1, GOOD, checkpoint="lost"))
        study.keep(lost, Failed("its worker was lost", retry=True))
    study, drives = driving()
    with drives:
        running = ask(study)
    first, second, third = study.view.records()
    assert (first.state, first.values, first.attributes["checkpoint"]) == ("COMPLETE", (0.9, 0.5), "state")
    assert first.attributes["seconds"] == 12.345
    assert first.started == SPAN.started.astimezone().replace(tzinfo=None)
    assert (second.state, second.attributes["reason"]) == ("FAIL", "its worker was lost")
    assert (third.number, running.checkpoint, running.attempt, running.retry_of) == (2, "lost", 2, 1)
    assert study.view.reports() == [(0, 1, {"score": None, "cost": 0.5}), (0, 2, GOOD), (1, 1, GOOD)]
    assert not list((tmp_path / study.view.folder_name / "outbox").iterdir())


def test_what_the_store_has_already_is_told_no_second_time(
    driving: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    study, drives = driving()
    with drives:
        done, lost = ask(study), ask(study)
        study.keep(done, Report(1, GOOD))
        study.report(done, Report(1, GOOD))  # and killed before what was kept is removed
        for spec, outcome in ((done, Completed(GOOD)), (lost, Failed("gone", retry=True))):
            study.keep(spec, outcome, SPAN)
            study.tell(spec, outcome)
    before = study.view.records()
    study, drives = driving()
    with drives:
        records = study.view.records()
    assert caplog.messages == []
    assert [record.state for record in records] == ["COMPLETE", "FAIL", "WAITING"]
    assert replace(records[0], started=None, ended=None) == replace(before[0], started=None, ended=None)
    assert records[0].started == SPAN.started.astimezone().replace(tzinfo=None)
    assert study.outbox.folder is not None
    assert not list(study.outbox.folder.iterdir())


def test_what_another_driver_took_over_is_dropped_by_name(
    driving: Any, store: PatientStorage, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    study, drives = driving()
    with drives:
        spec = ask(study)
        study.keep(spec, Report(1, GOOD))
        study.keep(spec, Completed(GOOD))
    elsewhere = create_or_load(store, toy_config(trials=2))
    with elsewhere.driving(tmp_path / "another machine"):
        again = ask(elsewhere)
        elsewhere.tell(again, Completed({"score": 0.1, "cost": 0.1}))
    study, drives = driving()
    with drives:
        pass
    assert [message.split(":")[0] for message in caplog.messages] == [
        "epoch 1 of trial 0 is dropped",
        "the outcome of trial 0 is dropped",
    ]
    assert [record.values for record in study.view.records()] == [(), (0.1, 0.1)]
    assert study.view.reports() == []


def test_an_entry_of_another_driver_of_the_same_trial_is_dropped(
    driving: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A store put back from a backup may give a trial's number to other parameters."""
    study, drives = driving()
    with drives:
        spec = ask(study)
        study.outbox.put(Entry("from before the backup", spec, Completed(GOOD)))
    study, drives = driving()
    with drives:
        pass
    assert "dropped" in caplog.text
    assert [record.state for record in study.view.records()] == ["FAIL", "WAITING"]


def test_a_damaged_entry_is_set_aside_and_named(
    driving: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    study, drives = driving()
    with drives:
        spec = ask(study)
        for epoch in (1, 2):
            study.keep(spec, Report(epoch, GOOD))
    folder = tmp_path / study.view.folder_name / "outbox"
    damaged = min(folder.iterdir())
    damaged.write_bytes(damaged.read_bytes()[:50])
    (folder / ".00000003-killed.json").write_text("never renamed")
    study, drives = driving()
    with drives:
        assert str(study.outbox) == "no result waits"
    assert any(f"{damaged} cannot be read, and is left as" in message for message in caplog.messages)
    assert [path.name for path in folder.iterdir()] == [f"{damaged.name}.damaged"]
    assert study.view.reports() == [(0, 2, GOOD)]
