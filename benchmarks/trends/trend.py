"""What a trend is: trainings that differ in one thing, and what their study says about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.trends.table import Table


@dataclass(frozen=True)
class Row:
    """One training of a trend.

    Attributes:
        name: what stands in the table.
        config: the training's config, without its seed and without the folder of the data.
        model: ``trained``; or what costs no training: the ``untrained`` network, or the ``raw_pixels``.
    """

    name: str
    config: Mapping[str, Any]
    model: Literal["trained", "untrained", "raw_pixels"] = "trained"


@dataclass(frozen=True)
class Claim:
    """Something that a trend should show, with the figures, and whether it did."""

    text: str
    holds: bool

    def __str__(self) -> str:
        return f"- {'holds' if self.holds else '**does not hold**'}: {self.text}"


@dataclass(frozen=True)
class Trend:
    """A table that shows an effect.

    Attributes:
        title: what is compared.
        columns: the metrics shown, those of the last epoch; ``health`` is the verdict.
        rows: the trainings.
        claims: what to look for in the table.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    claims: Callable[[Table], list[Claim]]


def above(table: Table, row: str, metric: str, least: float) -> Claim:
    """Claim that the mean of a row is at least ``least``."""
    mean = table.mean(row, metric)
    return Claim(f"{row}: {metric} {mean:.3f}, at least {least:g} expected", mean >= least)


def below(table: Table, row: str, metric: str, most: float) -> Claim:
    """Claim that the mean of a row is at most ``most``."""
    mean = table.mean(row, metric)
    return Claim(f"{row}: {metric} {mean:.3f}, at most {most:g} expected", mean <= most)


def beats(table: Table, better: str, worse: str, metric: str, by: float = 0.0) -> Claim:
    """Claim that the mean of one row is above that of another by at least ``by``."""
    gain = table.mean(better, metric) - table.mean(worse, metric)
    return Claim(f"{better} over {worse}: {metric} {gain:+.3f}, at least {by:+g} expected", gain >= by)


def always(table: Table, row: str, verdict: str) -> Claim:
    """Claim that every seed of a row ends with one verdict on its health."""
    return Claim(f"{row}: {table.verdicts(row)}, {verdict} expected", table.has_verdict(row, verdict))
