"""Who runs the sleeping trials: we on each database, stock Ray Tune with a store and without."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.databases import POSTGRES, SQLITE, database
from benchmarks.scheduling import ours, stock
from benchmarks.scheduling.occupancy import Occupancy


@dataclass(frozen=True)
class Run:
    """One run of the trials: when the devices trained, and the driver's seconds of CPU time."""

    occupancy: Occupancy
    driver_seconds: float

    @property
    def driver_milliseconds(self) -> float:
        """The driver's milliseconds of CPU time a trial: what bounds how many devices it can feed."""
        return 1000 * self.driver_seconds / self.occupancy.trials


Contender = Callable[[int, float], Run]
"""Runs so many trials of so many seconds."""


def contenders(before: Path | None) -> Mapping[str, Contender]:
    """Return who is compared, by name.

    Args:
        before: another checkout of our program, which is run beside this one.
    """
    checkouts = {"ours": ours.ROOT, **({"before": before} if before else {})}
    ours_by_name: dict[str, Contender] = {
        f"{name}, {kind}": partial(_ours, code, kind)
        for name, code in checkouts.items()
        for kind in (SQLITE, POSTGRES)
    }
    return {
        **ours_by_name,
        "stock, SQLite": partial(_stock, SQLITE),
        "stock, no store": partial(_stock, None),
    }


@contextmanager
def scratch() -> Iterator[tuple[Path, Path]]:
    """A folder for a run, and one in it for what the sleepers note; gone afterwards."""
    # Ray's sockets need a short path.
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp", ignore_cleanup_errors=True) as name:
        spans = Path(name) / "spans"
        spans.mkdir()
        yield Path(name), spans


def _ours(code: Path, kind: str, trials: int, seconds: float) -> Run:
    with scratch() as (folder, spans), database(kind) as storage:
        with ours.launched(code, storage, ours.study(trials, seconds, spans), folder) as process:
            seconds = ours.wait(process, folder)
        return Run(Occupancy.read(spans), seconds)


def _stock(kind: str | None, trials: int, seconds: float) -> Run:
    with scratch() as (folder, spans), database(kind) if kind else nullcontext("") as storage:
        driver_seconds = stock.run(storage, trials, seconds, spans, folder)
        return Run(Occupancy.read(spans), driver_seconds)
