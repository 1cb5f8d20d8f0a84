"""A database that is away in the middle of a study: are the devices busy, and is every result stored once?"""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from benchmarks.databases import postgres_server
from benchmarks.scheduling import ours
from benchmarks.scheduling.contenders import scratch
from benchmarks.scheduling.occupancy import Occupancy
from tuner.store.database import make_engine, parse_url

_TRIALS = text(
    "SELECT t.number, t.state, "
    "(SELECT count(*) FROM trial_values v WHERE v.trial_id = t.trial_id) AS results, "
    "(SELECT count(*) FROM tuner_reports r WHERE r.trial_id = t.trial_id) AS reports FROM trials t"
)


@dataclass(frozen=True)
class Outage:
    """What became of a study whose database was away for a while.

    Attributes:
        busy_before, busy_during: the devices' busy share while the database was there, and while it was not.
        trained: how many trials were trained.
        faults: what is wrong in the store afterwards.
    """

    busy_before: float
    busy_during: float
    trained: int
    faults: list[str]


def measure(away_seconds: float, trial_seconds: float) -> Outage:
    """Stop a Postgres server in the middle of a study on four devices, and start it again."""
    lead_seconds = max(15.0, away_seconds / 4)
    trials = int(ours.DEVICES * (2 * lead_seconds + away_seconds) / trial_seconds)
    with scratch() as (folder, spans), postgres_server() as server:
        study = ours.study(trials, trial_seconds, spans)
        with ours.launched(ours.ROOT, server.url, study, folder) as process:
            _wait_until(lambda: any(spans.iterdir()), process)
            began = time.time()
            time.sleep(lead_seconds)
            stopped = time.time()
            server.stop()
            time.sleep(away_seconds)
            started = time.time()
            server.start()
            ours.wait(process, folder)
        occupancy = Occupancy.read(spans)
        return Outage(
            occupancy.busy(ours.DEVICES, (began, stopped)),
            occupancy.busy(ours.DEVICES, (stopped, started)),
            occupancy.trials,
            _faults(server.url, trials, occupancy.trials),
        )


def _wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not condition():
        if process.poll() is not None:
            raise RuntimeError("the launch ended before its first trial")
        time.sleep(0.1)


def _faults(url: str, budget: int, trained: int) -> list[str]:
    """What is wrong, if each of so many trials is to have exactly one result and one report."""
    engine = make_engine(parse_url(url))
    with engine.connect() as connection:
        stored = connection.execute(_TRIALS).all()
    engine.dispose()
    states = Counter(row.state for row in stored)
    faults = [f"trial {row.number}: {row.results} results" for row in stored if row.results != 1]
    faults += [f"trial {row.number}: {row.reports} reports" for row in stored if row.reports != 1]
    if states != {"COMPLETE": budget}:
        faults.append(f"the states are {dict(states)}, all of {budget} were to complete")
    if trained != budget:
        faults.append(f"{trained} trials were trained, {budget} asked for")
    return faults
