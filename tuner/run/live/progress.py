"""What a person sees of a running study: a live table in a terminal, plain lines elsewhere."""

from __future__ import annotations

import heapq
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from tuner.run.live.tally import Tally, word_of
from tuner.study.constraints import broken_bounds
from tuner.study.outcome import Completed, Outcome
from tuner.study.replicates import training_of
from tuner.study.trial import Report, TrialSpec
from tuner.terminal_text import one_line, printable

REFRESHES_PER_SECOND = 2
LINE_SECONDS = 60
"""How often a plain log says what is still waited for."""

_LINES_BESIDE_ROWS = 5  # title, borders, the row for those that have no room, the prompt


class Progress:
    """Shows on the console what happens to the trials of a launch."""

    def __init__(self, tally: Tally, console: Console) -> None:
        self._tally = tally
        self._devices = 1
        self._console = console
        self._running: dict[int, tuple[TrialSpec, Report | None]] = {}
        self._unsaved: set[int] = set()
        self._began = time.monotonic()
        self._done_before = tally.done
        self._live = None
        if console.is_terminal:
            # Its redirections would lead what the console writes to stderr back to the console, for ever.
            self._live = Live(
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
        self._drawn = 0.0
        self._awaited: str | None = None
        self._awaited_line_at = -float("inf")

    def __enter__(self) -> Progress:
        """Show the table, where there is a terminal."""
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        if self._live:
            self._live.stop()

    def sees(self, devices: int) -> None:
        """Note on how many devices trials can run now."""
        if devices != self._devices:
            self._devices = devices
            self._write(f"{devices} devices")

    def says(self, line: str) -> None:
        """Write a line."""
        self._write(line)

    def started(self, spec: TrialSpec) -> None:
        """Note that a device has taken a trial."""
        self._tally.trains(spec)
        self._running[spec.number] = spec, None
        self.refresh()

    def reported(self, spec: TrialSpec, report: Report) -> None:
        """Note that a trial has finished an epoch."""
        self._running[spec.number] = spec, report
        failed = report.facts.get("checkpoint_failed")
        if failed and spec.number not in self._unsaved:
            self._unsaved.add(spec.number)
            self._write(f"{spec.title} goes on without a checkpoint: {one_line(str(failed))}")
        self.refresh()

    def ended(self, spec: TrialSpec, outcome: Outcome, how: str = "") -> None:
        """Note that a trial has ended; `how` says in which unusual way."""
        self._running.pop(spec.number, None)
        self._tally.add(outcome)
        line = self._line(spec, outcome)
        self._write(f"{line}  ({how})" if how else line)
        self.refresh()

    def replicates(self, spec: TrialSpec) -> None:
        """Note that a trial has completed a training, and waits for this one."""
        self._running.pop(spec.number, None)
        self._tally.trains(spec)
        replicates = self._tally.config.replicates
        why = (
            "may stand on the front" if replicates and replicates.when == "front" else "completed a training"
        )
        self._write(f"trial {spec.number} {why}: {training_of(spec, replicates)} follows")
        self.refresh()

    def awaits(self, text: str | None) -> None:
        """Show what the store waits for, as often as it is called; None while it is there."""
        if text is None and self._awaited is None:
            return
        self._awaited = text
        now = time.monotonic()
        if text is None:
            self._write("the database is back")
            self._awaited_line_at = -float("inf")
        elif not self._live and now - self._awaited_line_at >= LINE_SECONDS:
            self._awaited_line_at = now
            self._write(text)
        self.refresh()

    def taken(self, spec: TrialSpec, instead_of: Outcome | None = None) -> None:
        """Note that another program has ended a trial; an outcome of its training that was noted is void."""
        self._running.pop(spec.number, None)
        if instead_of is not None:
            self._tally.take_back(instead_of)
        self._write(f"{spec.title}: another program ended it")
        self.refresh()

    def refresh(self) -> None:
        """Draw the table again if the last drawing is old enough."""
        now = time.monotonic()
        if self._live and now - self._drawn >= 1 / REFRESHES_PER_SECOND:
            self._drawn = now
            self._live.update(self._table(), refresh=True)

    def _write(self, line: str) -> None:
        self._console.print(printable(line), highlight=False, soft_wrap=True, markup=False)

    def _line(self, spec: TrialSpec, outcome: Outcome) -> str:
        if isinstance(outcome, Completed):
            result = "  ".join(
                f"{objective.metric} {outcome.metrics[objective.metric]:.4g}"
                for objective in self._tally.config.objectives
            )
            if broken := broken_bounds(self._tally.config.constraints, outcome.metrics):
                result = f"{result}  (infeasible: {', '.join(broken)})"
        else:
            result = one_line(outcome.reason)
        budget = self._tally.config.budget.trials
        return f"[{self._tally.done}/{budget}] {spec.title} {word_of(outcome)}: {result}"

    def _table(self) -> Table:
        tally = self._tally
        table = Table(title=Text(tally.title), show_header=False, title_justify="left")
        for index, (name, text) in enumerate(tally.rows()):
            table.add_row(Text(name), text)
            if not index:
                table.add_row("devices", f"{len(self._running)} of {self._devices} busy")
        table.add_row("time left", self._time_left())
        if self._awaited:
            table.add_row("database", Text(printable(self._awaited)))
        room = max(1, self._console.height - table.row_count - _LINES_BESIDE_ROWS)
        for number in heapq.nsmallest(room, self._running):  # to draw thousands would take seconds
            spec, report = self._running[number]
            table.add_row(spec.title, Text(_epoch(spec, report)))
        if len(self._running) > room:
            table.add_row("…", f"{len(self._running) - room} more")
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


def _epoch(spec: TrialSpec, report: Report | None) -> str:
    if report is None:
        return "starting"
    value = report.metrics.get(spec.metric)
    metric_text = "" if value is None else f", {spec.metric} {value:.4g}"
    return f"epoch {report.epoch} of {spec.epochs}{metric_text}"
