"""What a person sees of a running study: a live table in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tuner.config.study_config import StudyConfig
from tuner.study.pareto import as_losses, hypervolume, non_dominated
from tuner.study.store.trial_record import TrialRecord
from tuner.study.trial import Completed, Failed, Outcome, Report, Stopped, TrialSpec

_WORD_OF = {"COMPLETE": "completed", "PRUNED": "stopped", "FAIL": "failed"}
_WORD_OF_OUTCOME = {Completed: "completed", Stopped: "stopped", Failed: "failed"}
REFRESHES_PER_SECOND = 2
LINE_SECONDS = 60
"""How often a plain log says what is still waited for."""


@dataclass
class Tally:
    """What is known of a study's trials: how they ended, and the values of the completed ones."""

    config: StudyConfig
    ended: Counter[str] = field(default_factory=Counter)
    values: list[Sequence[float]] = field(default_factory=list)

    @classmethod
    def of(cls, config: StudyConfig, records: Sequence[TrialRecord]) -> Tally:
        """The tally of what the store has."""
        tally = cls(config)
        for record in records:
            if record.state in _WORD_OF:
                tally.ended[_WORD_OF[record.state]] += 1
            if record.values:
                tally.values.append(record.values)
        return tally

    @property
    def done(self) -> int:
        """How many trials count towards the budget."""
        return self.ended["completed"] + self.ended["stopped"]

    def add(self, outcome: Outcome) -> None:
        """Counts one more trial."""
        self.ended[_WORD_OF_OUTCOME[type(outcome)]] += 1
        if isinstance(outcome, Completed):
            self.values.append([outcome.metrics[objective.metric] for objective in self.config.objectives])

    def take_back(self, outcome: Outcome) -> None:
        """Counts one trial less, which `add` had counted."""
        self.ended[_WORD_OF_OUTCOME[type(outcome)]] -= 1
        if isinstance(outcome, Completed):
            self.values.remove([outcome.metrics[objective.metric] for objective in self.config.objectives])

    def best(self) -> dict[str, float]:
        """The best value of each objective, by its metric; empty until a trial has completed."""
        if not self.values:
            return {}
        columns = zip(*self.values, strict=True)
        return {
            objective.metric: (max if objective.direction == "maximize" else min)(column)
            for objective, column in zip(self.config.objectives, columns, strict=True)
        }

    def front(self) -> tuple[int, float]:
        """The size of the front, and the hypervolume between it and the worst value of each objective."""
        if not self.values:
            return 0, 0.0
        losses = as_losses(self.values, [objective.direction for objective in self.config.objectives])
        return int(non_dominated(losses).sum()), hypervolume(losses, losses.max(axis=0))


class Progress:
    """Told by the session and the runner what happens; shows it on the console."""

    def __init__(self, tally: Tally, console: Console) -> None:
        self._tally = tally
        self._devices = 1
        self._console = console
        self._running: dict[int, Report | None] = {}
        self._unsaved: set[int] = set()
        self._began = time.monotonic()
        self._done_before = tally.done
        self._live = (
            Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        )
        self._shown = 0.0
        self._awaited: str | None = None
        self._awaited_line_at = -float("inf")

    def __enter__(self) -> Progress:
        """Shows the table, where there is a terminal."""
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves the terminal as it was."""
        if self._live:
            self._live.stop()

    def sees(self, devices: int) -> None:
        """Trials can run on so many devices now."""
        if devices != self._devices:
            self._devices = devices
            self._console.print(f"{devices} devices", highlight=False)

    def started(self, spec: TrialSpec) -> None:
        """A device has taken a trial."""
        self._running[spec.number] = None
        self.refresh()

    def waits(self, spec: TrialSpec) -> None:
        """A device was given back without an epoch."""
        del self._running[spec.number]
        self.refresh()

    def reported(self, spec: TrialSpec, report: Report) -> None:
        """A trial has finished an epoch."""
        self._running[spec.number] = report
        failed = report.facts.get("checkpoint_failed")
        if failed and spec.number not in self._unsaved:
            self._unsaved.add(spec.number)
            said = f"trial {spec.number} goes on without a checkpoint: {failed}"
            self._console.print(said, highlight=False, soft_wrap=True, markup=False)
        self.refresh()

    def ended(self, spec: TrialSpec, outcome: Outcome) -> None:
        """A trial has ended."""
        self._running.pop(spec.number, None)
        self._tally.add(outcome)
        self._console.print(self._line(spec, outcome), highlight=False, soft_wrap=True, markup=False)
        self.refresh()

    def awaits(self, what: str | None) -> None:
        """Says what the store waits for, as often as it is told; None once it is there."""
        self._awaited = what
        now = time.monotonic()
        if what is None:
            self._console.print("the database is back", highlight=False)
            self._awaited_line_at = -float("inf")
        elif not self._live and now - self._awaited_line_at >= LINE_SECONDS:
            self._awaited_line_at = now
            self._console.print(what, highlight=False, soft_wrap=True, markup=False)
        self.refresh()

    def taken(self, spec: TrialSpec, instead_of: Outcome | None = None) -> None:
        """Another program has ended a trial; how its training ended, if it was told, does not count."""
        self._running.pop(spec.number, None)
        if instead_of is not None:
            self._tally.take_back(instead_of)
        said = f"trial {spec.number}: another program ended it"
        self._console.print(said, highlight=False, soft_wrap=True, markup=False)
        self.refresh()

    def refresh(self) -> None:
        """Draws the table again if the last drawing is old enough."""
        now = time.monotonic()
        if self._live and now - self._shown >= 1 / REFRESHES_PER_SECOND:
            self._shown = now
            self._live.update(self._table(), refresh=True)

    def _line(self, spec: TrialSpec, outcome: Outcome) -> str:
        if isinstance(outcome, Completed):
            said = "  ".join(
                f"{objective.metric} {outcome.metrics[objective.metric]:.4g}"
                for objective in self._tally.config.objectives
            )
        else:
            said = (outcome.reason.strip().splitlines() or ["no reason given"])[-1].strip()
        budget = self._tally.config.budget.trials
        word = _WORD_OF_OUTCOME[type(outcome)]
        return f"[{self._tally.done}/{budget}] trial {spec.number} {word}: {said}"

    def _table(self) -> Table:
        tally = self._tally
        table = Table(title=Text(tally.config.study), show_header=False, title_justify="left")
        states = [f"{tally.ended[word]} {word}" for word in ("completed", "stopped", "failed")]
        table.add_row("trials", f"{tally.done} of {tally.config.budget.trials}: {', '.join(states)}")
        table.add_row("devices", f"{len(self._running)} of {self._devices} busy")
        for metric, value in tally.best().items():
            table.add_row(Text(f"best {metric}"), f"{value:.4g}")
        size, volume = tally.front()
        table.add_row("front", f"{size} trials, hypervolume {volume:.4g}")
        table.add_row("time left", self._time_left())
        if self._awaited:
            table.add_row("database", self._awaited)
        for number, report in sorted(self._running.items()):
            table.add_row(f"trial {number}", Text(_epoch(report, tally.config)))
        return table

    def _time_left(self) -> str:
        done = self._tally.done - self._done_before
        if not done:
            return "not known yet"
        seconds = (
            (time.monotonic() - self._began) / done * (self._tally.config.budget.trials - self._tally.done)
        )
        minutes, seconds = divmod(round(max(seconds, 0)), 60)
        return f"about {minutes} min {seconds:02d} s"


def _epoch(report: Report | None, config: StudyConfig) -> str:
    if report is None:
        return "starting"
    value = report.metrics.get(config.primary.metric)
    said = "" if value is None else f", {config.primary.metric} {value:.4g}"
    return f"epoch {report.epoch} of {config.budget.epochs}{said}"
