"""`python -m benchmarks scale`: what one driver feeds, and which limit comes first."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from enum import StrEnum, auto
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.databases import SQLITE
from benchmarks.markdown import markdown
from benchmarks.scale import distant, launched, simulated, turns
from benchmarks.scale.writing import Seconds

TRIALS, ALL_TRIALS = 1_000, 10_000
SEARCHES = (("auto", "none"), ("tpe", "none"), ("tpe", "asha"), ("random", "none"))


class Part(StrEnum):
    """What is measured."""

    SIMULATED = auto()
    LAUNCHED = auto()
    LINE = auto()


def main(
    parts: Annotated[
        list[Part] | None, typer.Option("--only", help="Only this part; may be repeated.")
    ] = None,
    devices: Annotated[list[int] | None, typer.Option(help="So many simulated devices.")] = None,
    full: Annotated[bool, typer.Option("--full", help="10,000 real trials of a second: 11 minutes.")] = False,
    sampler: Annotated[str, typer.Option(help="Of the real launch; Ray's own test has random.")] = "random",
    seconds: Annotated[float, typer.Option(help="After which a simulation is cut off.")] = 12.0,
) -> None:
    """Measure how far one driver goes: on simulated devices, with short real trials, with a far database."""
    wanted = parts or list(Part)
    if Part.LAUNCHED in wanted:
        run = launched.measure(ALL_TRIALS if full else TRIALS, sampler, SQLITE)
        _print(f"Trials of a second on {launched.DEVICES} devices", launched.HEAD, [run.cells])
        reports = launched.measure_reports(SQLITE)
        _print("Reports without a pause", launched.REPORTS_HEAD, [reports.report_cells])
    if Part.SIMULATED in wanted or Part.LINE in wanted:
        with tempfile.TemporaryDirectory() as folder:
            taken = distant.seconds_by_database(Path(folder))
    if Part.LINE in wanted:
        rows = [distant.measure(name, taken[name]).cells for name in distant.LINES]
        _print("A database at the end of a line", distant.HEAD, rows)
    if Part.SIMULATED in wanted:
        _simulate(devices or [10, 100, 1_000, 10_000], taken, seconds)


def _simulate(devices: list[int], taken: Mapping[str, Seconds], seconds: float) -> None:
    waits = turns.wait_seconds(devices)
    rows = []
    for count in devices:
        for sampler, stopping in SEARCHES:
            case = simulated.Case(count, sampler, stopping)
            seen = simulated.simulate(case, taken, turns.BASE_SECONDS + waits[count], seconds)
            rows.append(seen.cells)
            print(f"{count:,} devices, {sampler}, {stopping}: {seen.busy:.1%} busy", file=sys.stderr)
    _print("Simulated devices", simulated.head(taken), rows)


def _print(title: str, head: tuple[str, ...], rows: list[list[str]]) -> None:
    load = os.getloadavg()[0]
    print(f"\n{title} (load of the machine now: {load:.1f})\n\n{markdown(head, rows)}", flush=True)
