"""`python -m benchmarks dashboard`: large studies, one visitor and many of them, and a launch beside them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from benchmarks.dashboard import beside_launch, waiting
from benchmarks.databases import POSTGRES, SQLITE
from benchmarks.markdown import markdown

SIZES = (2_000, 10_000)


def main(
    visitors: Annotated[int, typer.Option(help="How many look at the same time.")] = 20,
    seconds: Annotated[float, typer.Option(help="For how long they poll.")] = 8,
    launched: Annotated[int, typer.Option(help="Trials of 1 s of the launch beside them.")] = 40,
    only: Annotated[list[str] | None, typer.Option(help="Only these stores, such as SQLite.")] = None,
) -> None:
    """Measure how long visitors of the dashboard wait, and what they cost a launch."""
    stores = [kind for kind in (SQLITE, POSTGRES) if not only or kind in only]
    found = []
    for kind in stores:
        for trials in SIZES:
            for row in waiting.rows(kind, trials, visitors, seconds):
                print(" | ".join(row), file=sys.stderr)
                found.append(row)
    print(markdown(waiting.HEAD, found))
    beside = []
    for kind in stores:
        for count in (0, visitors):
            beside.append(beside_launch.row(kind, launched, 1.0, count, max(SIZES)))
            print(" | ".join(beside[-1]), file=sys.stderr)
    print()
    print(markdown(beside_launch.HEAD, beside))
