"""How long visitors of a study wait, beside optuna-dashboard alone, which has to show the same front."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager

from optuna.trial import FrozenTrial, TrialState

from benchmarks.dashboard.served import OURS, THEIRS, Served, serving
from benchmarks.dashboard.visitors import Visits, trials_ending, visit
from benchmarks.databases import database
from benchmarks.filled_store import THREE, fill
from tuner.store.database import parse_url
from tuner.store.tables.creation import optuna_storage

HEAD = (
    "store",
    "trials",
    "front",
    "who",
    "visitors",
    "first answer",
    "of it CPU",
    "median poll",
    "peak memory",
    "aim",
    "met",
)
AIMS = {2_000: 2.0, 10_000: 5.0}
"""Seconds that an answer may take, by the number of trials."""

PEERS_SIZE = 2_000
"""The size at which optuna-dashboard alone is measured; larger ones take minutes a poll."""


@contextmanager
def filled(kind: str, trials: int) -> Iterator[str]:
    """The URL of a store with one study of three objectives."""
    with database(kind) as url:
        fill(url, trials, objectives=THREE)
        yield url


def rows(kind: str, trials: int, visitors: int, seconds: float) -> Iterator[list[str]]:
    """Yield what ours takes for one visitor and for several, and what optuna-dashboard takes for one."""
    with filled(kind, trials) as url:
        front = _front(OURS, url)
        contenders = [(OURS, 1), (OURS, visitors)]
        if trials == PEERS_SIZE:
            assert front == _front(THEIRS, url), "the fronts differ"
            contenders.append((THEIRS, 1))
        for who, count in contenders:
            visits, gigabytes = _visited(url, who, count, trials, seconds)
            cells = [kind, f"{trials:,}", str(len(front)), who, str(count)]
            times = [f"{visits.first:.2f} s", f"{visits.first_cpu:.2f} s", f"{visits.poll:.2f} s"]
            aim = AIMS.get(trials) if who == OURS else None
            met = [f"< {aim:g} s", _met(visits, aim)] if aim else ["", ""]
            yield [*cells, *times, f"{gigabytes:.2f} GB", *met]


def _met(visits: Visits, aim: float) -> str:
    """Tell whether the median poll meets the aim, and the first answer."""
    if visits.poll >= aim:
        return "**no**"
    return "yes" if visits.first < aim else "poll yes, first answer **no**"


def _visited(url: str, who: str, visitors: int, trials: int, seconds: float) -> tuple[Visits, float]:
    storage = optuna_storage(parse_url(url))
    try:
        with serving(who, url) as served, trials_ending(storage, _dominated()):
            visits = visit(served, visitors, trials, seconds)
            return visits, served.gigabytes()
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _dominated() -> FrozenTrial:
    from optuna.trial import create_trial  # noqa: PLC0415

    return create_trial(state=TrialState.COMPLETE, values=[0.0, 1e6, 0.0])


def _front(who: str, url: str) -> set[int]:
    with serving(who, url) as served:
        return {trial["number"] for trial in _study(served)["best_trials"]}


def _study(served: Served) -> dict[str, list[dict[str, int]]]:
    _, body = served.ask("/api/studies/1")
    plain = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    study: dict[str, list[dict[str, int]]] = json.loads(plain)
    return study
