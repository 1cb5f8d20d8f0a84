"""What a search reached, and at what cost."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.search.simulation import Array, Search
from benchmarks.search.task import Task
from tuner.study.pareto import hypervolume


def hypervolumes(task: Task, search: Search, *, with_stopped: bool) -> tuple[Array, Array]:
    """Return device-seconds and hypervolume after each trial that ended, `(trials,)` each.

    The hypervolume is that of the primary objective and the logarithm of labels, below 0 and all labels, as a
    share of the whole from 1 label on.

    Args:
        task: what was searched.
        search: how.
        with_stopped: whether trials that were stopped stand on the front too, with what they had reached.
    """
    whole = math.log(task.reference_labels)
    losses = np.array([[-each.reached.best, math.log(each.reached.labels)] for each in search.trials])
    counted = np.array([each.completed or with_stopped for each in search.trials])
    volumes = [
        hypervolume(losses[: until + 1][counted[: until + 1]], (0.0, whole)) / whole
        for until in range(len(search.trials))
    ]
    spent = [search.device_seconds(each.ended) for each in search.trials]
    return np.array(spent), np.array(volumes)


def seconds_until(spent: Array, volumes: Array, goal: float) -> float:
    """Return the device-seconds until a hypervolume was reached; infinite if it was not."""
    reached = np.flatnonzero(volumes >= goal)
    return float(spent[reached[0]]) if len(reached) else math.inf
