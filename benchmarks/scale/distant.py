"""A database at the end of a line: what the writer takes, what a launch waits for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks.databases import postgres_server
from benchmarks.filled_store import fill
from benchmarks.scale.line import line_to
from benchmarks.scale.training import TRIAL_SECONDS
from benchmarks.scale.writing import EVENTS_OF_A_TRIAL, Seconds, seconds_of_a_trial, seconds_of_events
from benchmarks.scheduling import ours
from benchmarks.scheduling.contenders import scratch
from benchmarks.scheduling.occupancy import Occupancy
from tuner.store.database import make_engine, parse_url
from tuner.store.open_study import driving
from tuner.store.reading.reader import StudyStore

LINES = {"Postgres here": 0.0, "Postgres, 10 ms away": 0.005}
"""Names of databases, and the seconds to them one way."""

HEAD = (
    "database",
    "round trip",
    "an event",
    "events/s",
    "devices it keeps up with, 5 min of 10 epochs",
    "begin with 1,000 trials",
    "median gap",
    "busy",
    "after the last trial",
)
_FINISHED, _SHORT_TRIALS, _SHORT_DEVICES, _SHORT_SECONDS = 1_000, 160, 16, 1.0


@dataclass(frozen=True)
class Distant:
    """What a database at the end of a line does.

    Attributes:
        round_trip: seconds.
        taken: what the writer takes for events.
        begin_seconds: until a study of 1,000 finished trials can be driven on.
        occupancy: of 16 devices with trials of a second.
        after_seconds: from the end of the last of those trials to that of the command.
    """

    name: str
    round_trip: float
    taken: Seconds
    begin_seconds: float
    occupancy: Occupancy
    after_seconds: float

    @property
    def cells(self) -> list[str]:
        """The row of a table."""
        of_a_trial = seconds_of_a_trial(self.taken)
        return [
            self.name,
            f"{1000 * self.round_trip:.1f} ms",
            f"{1000 * of_a_trial / EVENTS_OF_A_TRIAL:.1f} ms",
            f"{EVENTS_OF_A_TRIAL / of_a_trial:.0f}",
            f"{TRIAL_SECONDS / of_a_trial:,.0f}",
            f"{self.begin_seconds:.1f} s",
            f"{1000 * self.occupancy.median_gap:.0f} ms",
            f"{self.occupancy.busy(_SHORT_DEVICES):.1%}",
            f"{self.after_seconds:.1f} s",
        ]


@contextmanager
def distant(one_way_seconds: float) -> Iterator[str]:
    """The URL of an empty Postgres database, at the end of a line if it is any distance away."""
    with postgres_server() as server:
        if not one_way_seconds:
            yield server.url
            return
        with line_to(server.url, one_way_seconds) as url:
            yield url


def seconds_by_database(folder: Path) -> Mapping[str, Seconds]:
    """Return what the writer takes for events, by the name of a database."""
    taken = {"SQLite": seconds_of_events(f"sqlite:///{folder}/store.db", folder / "SQLite")}
    for name, one_way_seconds in LINES.items():
        with distant(one_way_seconds) as url:
            taken[name] = seconds_of_events(url, folder / name)
    return taken


def measure(name: str, taken: Seconds) -> Distant:
    """Return what the database of this name does."""
    with distant(LINES[name]) as url, scratch() as (folder, spans):
        round_trip = _round_trip(url)
        begin_seconds = _begin_seconds(url, folder)
        study = ours.study(_SHORT_TRIALS, _SHORT_SECONDS, spans, devices=_SHORT_DEVICES)
        with ours.launched(ours.ROOT, url, study, folder) as process:
            ours.wait(process, folder)
        ended, occupancy = time.time(), Occupancy.read(spans)
    return Distant(name, round_trip, taken, begin_seconds, occupancy, ended - occupancy.period[1])


def _round_trip(url: str) -> float:
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        began = time.perf_counter()
        for _ in range(20):
            connection.execute(text("SELECT 1"))
        seconds = (time.perf_counter() - began) / 20
    engine.dispose()
    return seconds


def _begin_seconds(url: str, folder: Path) -> float:
    config = fill(url, _FINISHED)
    began = time.perf_counter()
    engine = make_engine(parse_url(url))
    view = StudyStore(engine.url, engine).load(config.study)
    with driving(view, config, folder / "filled"):
        seconds = time.perf_counter() - began
    engine.dispose()
    return seconds
