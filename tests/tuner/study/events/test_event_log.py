"""A driver's events outlive it, in order, in a file, until the store has them."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuner.study.events import event_log
from tuner.study.events.event import Asked, Ended, Event, Placed, Queued, Reported, from_json, to_json
from tuner.study.events.event_log import EventLog, read_log

words = st.text()
counts = st.integers(0, 10**9)
numbers = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    words | st.integers() | numbers | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
attributes = st.dictionaries(words, values, max_size=3)
rows = st.none() | counts
queued = st.builds(Queued, counts, attributes, attributes)
params = st.dictionaries(words, st.lists(numbers | words, min_size=2, max_size=2), max_size=3)
metrics = st.dictionaries(words, st.none() | numbers, max_size=3)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        Asked, counts, words, params, attributes, attributes, attributes, was_queued=st.booleans(), row=rows
    ),
    st.builds(Placed, counts, attributes),
    st.builds(Reported, counts, counts, words, metrics, attributes, st.none() | numbers),
    st.builds(
        Ended,
        counts,
        words,
        words,
        attributes,
        st.lists(numbers, max_size=3),
        attributes,
        attributes,
        started=st.none() | words,
        again=st.none() | queued,
        row=rows,
    ),
)


@given(events)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    line = to_json(event)
    json.loads(line, parse_constant=pytest.fail)  # JSON has no NaN and no infinity
    assert "\n" not in line
    assert from_json(line) == event


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", "1", "{}", '{"kind": "Bribed"}', '{"kind": "Placed"}', '{"kind": "Placed", "x": 1}'],
)
def test_another_text_is_no_event(line: str) -> None:
    with pytest.raises(ValueError, match=r"it is no event|Expecting"):
        from_json(line)


def report(epoch: int) -> Reported:
    return Reported(3, epoch, "2026-01-02T03:04:05+00:00", {"score": 0.5}, {})


def epochs(log: Path) -> list[tuple[int, int | None]]:
    """Of each event in a file its number and its epoch."""
    return [(number, event.epoch if isinstance(event, Reported) else None) for number, event in read_log(log)]


@settings(max_examples=20)
@given(st.lists(events, max_size=5))
def test_a_file_has_all_events_in_order(tmp_path_factory: pytest.TempPathFactory, told: list[Event]) -> None:
    file = tmp_path_factory.mktemp("log") / "events" / "one.log"
    log = EventLog(file)
    for event in told:
        log.append(event)
    assert list(read_log(file)) == list(enumerate(told, 1))


def test_events_wait_in_order_until_the_store_has_them(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "events" / "one.log")
    assert (str(log), log.first(0)) == ("no result waits", None)
    for epoch in (1, 2, 3):
        log.append(report(epoch))
    assert str(log) == f"3 results wait in {tmp_path}/events"
    for number in (1, 2):
        assert log.first(0) == (number, report(number))
        log.applied()
    assert (len(log), log.wait_until_empty(0)) == (1, False)
    log.close()
    assert epochs(tmp_path / "events" / "one.log")[-1] == (3, 3)  # the next driver knows what was applied


def test_a_file_goes_once_the_store_has_everything(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "one.log")
    log.append(report(1))
    log.applied()
    assert log.wait_until_empty(0)
    log.close()
    assert list(tmp_path.iterdir()) == []


def test_without_a_file_events_are_in_memory_only() -> None:
    log = EventLog(None)
    log.append(report(1))
    assert str(log) == "1 result waits in memory"
    assert log.first(0) == (1, report(1))
    log.close()


def refuse(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_is_said_once_and_nothing_in_the_file_has_one_missing_before_it(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "one.log"
    log = EventLog(file)
    log.append(report(1))
    with monkeypatch.context() as full:
        full.setattr(os, call, refuse)
        log.append(report(2))
        log.append(report(3))
    (warning,) = caplog.messages
    assert "No space left on device; they wait in memory" in warning
    log.append(report(4))  # there is room, but the file lacks the second and the third
    assert str(log) == "4 results wait in memory"
    assert epochs(file) == [(1, 1)]
    for number in (1, 2, 3, 4):
        assert log.first(0) == (number, report(number))
        log.applied()
    log.append(report(5))  # the store has all that the file lacks
    assert str(log) == f"1 result waits in {tmp_path}"
    assert epochs(file) == [(1, 1), (5, 5)]
    with monkeypatch.context() as full:
        full.setattr(os, call, refuse)
        log.append(report(6))
    assert len(caplog.messages) == 2
    log.close()


def test_a_line_that_was_written_in_part_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, write = EventLog(tmp_path / "one.log"), os.write
    log.append(report(1))
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda stream, line: write(stream, line[:20]))
        log.append(report(2))
    assert epochs(tmp_path / "one.log") == [(1, 1)]
    assert str(log) == "2 results wait in memory"


def test_a_folder_that_cannot_be_made_is_said_and_events_wait_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "events").write_text("no folder")
    log = EventLog(tmp_path / "events" / "one.log")
    log.append(report(1))
    assert str(log) == "1 result waits in memory"
    (warning,) = caplog.messages
    assert "results cannot be written to" in warning


def test_a_large_file_is_emptied_as_soon_as_the_store_has_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "COMPACT_BYTES", 200)
    file = tmp_path / "one.log"
    log = EventLog(file)
    for epoch in (1, 2, 3):
        log.append(report(epoch))
    log.applied()
    log.applied()
    assert epochs(file) == [(1, 1), (2, 2), (3, 3)]
    log.applied()
    assert file.read_bytes() == b""
    log.append(report(4))
    assert epochs(file) == [(4, 4)]


@pytest.mark.parametrize("left", [0, 5, 40, -1])
def test_a_last_line_that_was_not_finished_is_left_out(left: int, tmp_path: Path) -> None:
    file = written(tmp_path / "one.log", 3)
    *lines, last = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines) + last[:left])
    assert epochs(file) == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: line.replace(b"score", b"scorn"),
        lambda line: line[:30] + b"\n",
        lambda line: b"\xff" * 50 + b"\n",
        lambda _: b"\n",
    ],
)
@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_damaged_line_keeps_its_place(damage: Callable[[bytes], bytes], index: int, tmp_path: Path) -> None:
    file = written(tmp_path / "one.log", 3)
    lines = file.read_bytes().splitlines(keepends=True)
    lines[index] = damage(lines[index])
    file.write_bytes(b"".join(lines))
    assert epochs(file) == [(number, None if number == index + 1 else number) for number in (1, 2, 3)]


def written(file: Path, count: int) -> Path:
    log = EventLog(file)
    for epoch in range(1, count + 1):
        log.append(report(epoch))
    return file
