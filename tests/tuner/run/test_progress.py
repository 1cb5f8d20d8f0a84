"""What a person sees while a study runs."""

from __future__ import annotations

import io

from rich.console import Console

from tests.tuner.configs import toy_config
from tuner.run.progress import Progress, Tally
from tuner.study.record import TrialRecord
from tuner.study.trial import Completed, Failed, Report, Stopped, TrialSpec


def spec(number: int) -> TrialSpec:
    return TrialSpec(number, {}, {}, 4, "score", "maximize", 1, "runs")


def shown(terminal: bool) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    before = TrialRecord(0, "COMPLETE", {}, (0.5, 0.5), {}, None, None)
    tally = Tally.of(toy_config(trials=6), [before])
    with Progress(tally, console) as progress:
        progress.sees(2)
        progress.started(spec(1))
        progress.ended(spec(1), Completed({"score": 0.9, "cost": 0.25}))
        progress.ended(spec(2), Stopped({}, 1, "asha: place 2 of 2"))
        progress.ended(spec(3), Failed("Traceback\nValueError: [no]"))
        progress.started(spec(4))
        progress.started(spec(5))
        progress.reported(spec(4), Report(2, {"score": 0.4321}))
        progress._shown = 0
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
        "1 trials, hypervolume 0.1",  # between the front (0.9, 0.25) and the worst of both, (0.5, 0.5)
        "time left",
        "trial 4",
        "epoch 2 of 4, score 0.4321",
        "trial 5",
        "starting",
    ):
        assert line in table
