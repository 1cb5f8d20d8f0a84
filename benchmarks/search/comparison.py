"""Every contender on the same surrogate, seed by seed, and what that comes to."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from typing import Any

import numpy as np
import torch

from benchmarks.search.contenders import ENTRIES, STOCK
from benchmarks.search.curves import Array, Curves
from benchmarks.search.scores import hypervolumes, seconds_until
from benchmarks.search.simulation import Training, simulate
from benchmarks.search.surrogate import Surrogate
from benchmarks.search.task import TASKS


@dataclass(frozen=True)
class Case:
    """What every contender of a table has in common."""

    task: str
    devices: int
    trials: int


@dataclass(frozen=True)
class Run:
    """One contender's search with one seed.

    Attributes:
        spent: device-seconds until each trial ended.
        volumes: the hypervolume then, by the contender's own rule of what stands on its front.
        completed_volume: the final hypervolume of its completed trials alone.
        epochs, completed: how many were trained, and trials trained to their end.
        ask_seconds: CPU seconds of a proposal, the median.
    """

    spent: Array
    volumes: Array
    completed_volume: float
    epochs: int
    completed: int
    ask_seconds: float


Results = Mapping[str, Sequence[Run]]
"""By contender, a run a seed."""


def compare(case: Case, names: Sequence[str], seeds: int, jobs: int) -> Results:
    """Return the runs of every contender; each seed is a process's, with one thread."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_prepare) as pool:
        runs = {name: pool.map(partial(run, case, name), range(seeds)) for name in names}
        return {name: list(each) for name, each in runs.items()}


def run(case: Case, name: str, seed: int) -> Run:
    """Run one search."""
    entry, task = ENTRIES[name], TASKS[case.task]
    trials = min(case.trials, entry.most_trials or case.trials)
    surrogate = _surrogate(case.task)

    def training_of(params: Mapping[str, Any]) -> Training:
        training = surrogate.training(params)
        return training if entry.patience is None else training.with_patience(entry.patience)

    search = simulate(entry.make(task, trials, seed), training_of, case.devices)
    spent, volumes = hypervolumes(task, search, with_stopped=not entry.is_ours)
    completed = hypervolumes(task, search, with_stopped=False)[1][-1]
    asking = float(np.median(search.ask_seconds))
    return Run(spent, volumes, float(completed), search.epochs, search.completed, asking)


HEAD = (
    "contender",
    "hypervolume (10–90 %)",
    "completed alone",
    "epochs",
    "completed",
    "device-seconds",
    "CPU ms a proposal",
    "until stock's",
    "until the best rival's",
)


def rows(results: Results, rivals: Iterable[str]) -> list[list[str]]:
    """Return a row a contender, its numbers medians over seeds.

    Args:
        results: of a case; the stock contender's among them.
        rivals: the names of those of which the best one's hypervolume is the second goal.
    """
    best = max((name for name in rivals if name in results), key=lambda name: _final(results[name]))
    goals = [results[STOCK], results[best]]
    return [
        [name, *_figures(runs), *(_until(runs, goal) for goal in goals)] for name, runs in results.items()
    ]


def _final(runs: Sequence[Run]) -> float:
    return _median([run.volumes[-1] for run in runs])


def _figures(runs: Sequence[Run]) -> list[str]:
    low, high = np.quantile([run.volumes[-1] for run in runs], (0.1, 0.9))
    return [
        f"{_final(runs):.4f} ({low:.3f}–{high:.3f})",
        f"{_median([run.completed_volume for run in runs]):.4f}",
        f"{_median([run.epochs for run in runs]):,.0f}",
        f"{_median([run.completed for run in runs]):.0f}",
        f"{_median([run.spent[-1] for run in runs]):,.0f}",
        f"{1000 * _median([run.ask_seconds for run in runs]):.1f}",
    ]


def _until(runs: Sequence[Run], goal: Sequence[Run]) -> str:
    """Say how long it took to reach another's final hypervolume, and what share of its time that is."""
    seconds = [seconds_until(run.spent, run.volumes, _final(goal)) for run in runs]
    never = f"never {np.isinf(seconds).sum()} of {len(runs)}"
    middle, whole = _median(seconds), _median([run.spent[-1] for run in goal])
    return f"{middle:,.0f} ({middle / whole:.0%}); {never}" if np.isfinite(middle) else never


def _median(values: Sequence[float]) -> float:
    return float(np.median(values))


@cache
def _surrogate(task: str) -> Surrogate:
    return Surrogate(TASKS[task], Curves.load(TASKS[task].packed))


def _prepare() -> None:
    """One thread, and no word of Optuna's and Ray's."""
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
