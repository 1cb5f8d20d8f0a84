"""What a person sees while a study runs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO, cast

import pytest
from rich.console import Console

from tests.tuner.configs import toy_config
from tuner.output import MessageStream
from tuner.run.live import progress as progress_module
from tuner.run.live.progress import Progress
from tuner.run.live.tally import Tally
from tuner.study.outcome import Completed, Failed, Stopped
from tuner.study.trial import Report, TrialSpec


def spec(number: int) -> TrialSpec:
    return TrialSpec(number, {}, {}, 4, "score", "maximize", 1, "runs")


def shown(terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    tally = Tally(toy_config(trials=6))
    tally.add(Completed({"score": 0.5, "cost": 0.5}))
    with Progress(tally, console) as progress:
        progress.sees(2)
        progress.started(spec(1))
        progress.ended(spec(1), Completed({"score": 0.9, "cost": 0.25}))
        progress.ended(spec(2), Stopped({}, 1, "asha: place 2 of 2"))
        progress.ended(spec(3), Failed("Traceback (most recent call last):\n  File\nValueError: [no]"))
        progress.started(spec(4))
        progress.started(spec(5))
        progress.reported(spec(4), Report(2, {"score": 0.4321}))
        progress._drawn = 0
        progress.refresh()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_plain_lines_where_there_is_no_terminal() -> None:
    assert shown(terminal=False).splitlines() == [
        "2 devices",
        "[2/6] trial 1 completed: score 0.9  cost 0.25",
        "[3/6] trial 2 stopped: asha: place 2 of 2",
        "[3/6] trial 3 failed: ValueError: [no]",
    ]


def test_a_table_in_a_terminal() -> None:
    table = shown(terminal=True)
    for line in (
        "3 of 6: 2 completed, 1 stopped, 1 failed",
        "2 of 2 busy",
        "best score",
        "0.9",
        "best cost",
        "0.25",
        "1 trial, hypervolume 0.1",  # between the front (0.9, 0.25) and the worst of both, (0.5, 0.5)
        "time left",
        "trial 4",
        "epoch 2 of 4, score 0.4321",
        "trial 5",
        "starting",
    ):
        assert line in table


def test_the_table_fits_into_the_terminal_whatever_the_number_of_devices() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=20, color_system=None)
    with Progress(Tally(toy_config()), console) as progress:
        for number in range(1_000):
            progress.started(spec(number))
        table = progress._table()
    assert table.row_count < 20
    shown_numbers = [number for number in range(1_000) if f"trial {number}" in table.columns[0]._cells]
    assert shown_numbers == list(range(len(shown_numbers)))
    assert table.columns[1]._cells[-1] == f"{1_000 - len(shown_numbers)} more"


AWAITED = (
    "waiting for the database postgresql://host/db (for 3 s): no answer; 2 results wait in runs/x/outbox"
)


def awaiting(terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120, color_system=None)
    with Progress(Tally(toy_config()), console) as progress:
        for _ in range(50):
            progress._drawn = 0
            progress.awaits(AWAITED)
        progress.awaits(None)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_what_is_awaited_is_said_once_in_a_plain_log() -> None:
    assert awaiting(terminal=False).splitlines() == [AWAITED, "the database is back"]


def test_what_is_awaited_is_said_again_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "LINE_SECONDS", 0)
    assert awaiting(terminal=False).splitlines() == [*[AWAITED] * 50, "the database is back"]


def test_what_is_awaited_stands_in_the_table() -> None:
    assert "waiting for the database postgresql://host/db (for 3 s): no answer; 2 results" in awaiting(
        terminal=True
    )


HOSTILE = "\x1b]0;title\x07\x1b[2J\x1b[31mred\r\x00"


@pytest.mark.parametrize("terminal", [False, True])
def test_nothing_that_a_terminal_would_act_on_is_shown(terminal: bool) -> None:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=200, color_system=None)
    with Progress(Tally(toy_config()), console) as progress:
        progress.started(spec(1))
        progress.reported(spec(1), Report(1, {}, facts={"checkpoint_failed": f"{HOSTILE}\nno room"}))
        progress.ended(spec(1), Failed(f"Traceback (most recent call last):\n  File\nValueError: {HOSTILE}"))
        progress.ended(spec(2), Stopped({}, 1, f"{HOSTILE}\nsecond line"))
        progress._drawn = 0
        progress.awaits(HOSTILE)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert not any(each in text for each in ("\x1b]", "\x1b[2J", "\x1b[31m", "\x00", "\x07"))
    assert "trial 1 failed: ValueError: red" in text
    assert "trial 2 stopped: red" in text
    assert "second line" not in text


def test_it_is_drawn_in_a_terminal_as_the_program_writes_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    leading, following = os.openpty()
    with os.fdopen(leading, "rb", buffering=0) as screen:
        with os.fdopen(following, "w") as terminal:
            monkeypatch.setattr(sys, "stderr", terminal)
            console = Console(file=cast(TextIO, MessageStream()), width=80)
            with Progress(Tally(toy_config()), console) as progress:
                progress.started(spec(1))
                progress.ended(spec(1), Stopped({}, 1, "it was bad"))
            monkeypatch.undo()
        drawn = b"".join(_until_closed(screen)).decode()
    assert "trial 1" in drawn
    assert "[1/6] trial 1 stopped: it was bad" in drawn


def _until_closed(screen: io.FileIO) -> Iterator[bytes]:
    """What was written to a terminal, until all who write to it have closed it."""
    with suppress(OSError):  # which is how Linux says so
        while text := screen.read(65_536):
            yield text
