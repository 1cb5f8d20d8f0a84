"""Tables of measured figures, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Aim:
    """A bound that a figure has to keep: at most so much, or at least.

    Attributes:
        value: the bound.
        at_least: whether more is better.
    """

    value: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}"

    def is_met(self, figure: float) -> bool:
        """Return whether the figure keeps the bound."""
        return figure >= self.value if self.at_least else figure <= self.value


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    Attributes:
        what: what was measured, with its unit.
        now: the figure.
        before: that of another checkout, if it was measured too.
        aim: what it is to be, if there is such a bound.
        note: what else is worth knowing of it.
    """

    what: str
    now: float
    before: float | None = None
    aim: Aim | None = None
    note: str = ""

    @property
    def cells(self) -> list[str]:
        """The row of a table."""
        before = "" if self.before is None else f"{self.before:.3g}"
        aim = "" if self.aim is None else str(self.aim)
        met = "" if self.aim is None else ("yes" if self.aim.is_met(self.now) else "**no**")
        return [self.what, before, f"{self.now:.3g}", aim, met, self.note]


def table(figures: Sequence[Figure]) -> str:
    """Return a table with a row a figure."""
    return markdown(
        ["what", "before", "now", "aim", "met", "note"],
        [figure.cells for figure in figures],
    )


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of these cells."""
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)
