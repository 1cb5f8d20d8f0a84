"""Who runs the sleeping trials: we on each database, stock Ray Tune with a store and without."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.databases import POSTGRES, SQLITE, database
from benchmarks.scheduling import ours, stock
from benchmarks.scheduling.occupancy import Occupancy

Contender = Callable[[int, float], Occupancy]
"""Runs so many trials of so many seconds."""


def contenders(before: Path | None) -> Mapping[str, Contender]:
    """Return who is compared, by name.

    Args:
        before: another checkout of our program, which is run beside this one.
    """
    checkouts = {"ours": ours.ROOT, **({"before": before} if before else {})}
    found: dict[str, Contender] = {
        f"{name}, {kind}": partial(_ours, code, kind)
        for name, code in checkouts.items()
        for kind in (SQLITE, POSTGRES)
    }
    return {**found, "stock, SQLite": partial(_stock, SQLITE), "stock, no store": partial(_stock, None)}


@contextmanager
def scratch() -> Iterator[tuple[Path, Path]]:
    """A folder for a run, and one in it for what the sleepers note; gone afterwards."""
    # Ray's sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp", ignore_cleanup_errors=True) as name:
        spans = Path(name) / "spans"
        spans.mkdir()
        yield Path(name), spans


def _ours(code: Path, kind: str, trials: int, seconds: float) -> Occupancy:
    with scratch() as (folder, spans), database(kind) as storage:
        with ours.launched(code, storage, ours.study(trials, seconds, spans), folder) as process:
            ours.wait(process, folder)
        return Occupancy.read(spans)


def _stock(kind: str | None, trials: int, seconds: float) -> Occupancy:
    with scratch() as (folder, spans):
        if kind is None:
            stock.run("", trials, seconds, spans, folder)
        else:
            with database(kind) as storage:
                stock.run(storage, trials, seconds, spans, folder)
        return Occupancy.read(spans)
