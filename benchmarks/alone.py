"""Measurements in processes of their own, so that one's memory and warm caches are not another's."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from statistics import median

from benchmarks.memory import peak_gigabytes


@dataclass(frozen=True)
class Measured:
    """What one call took in a process of its own, or several runs of it.

    Attributes:
        value: what it returned; contenders in one comparison have to return the same.
        seconds: by the clock; the median of several runs.
        gigabytes: by how much the process's memory grew at its peak; the most of several runs.
    """

    value: float
    seconds: float
    gigabytes: float


def alternate(
    contenders: Mapping[str, Callable[[], Callable[[], float]]], rounds: int, tolerance: float
) -> dict[str, Measured]:
    """Return what each contender took, after ``rounds`` runs each, in turn.

    Args:
        contenders: by name, what makes ready (imports, data, a first small call) and returns the call that is
            measured. It has to be picklable: a function of a module, or a ``functools.partial`` of one.
        rounds: how often each is run.
        tolerance: by how much their values may differ.

    Raises:
        AssertionError: they do not return the same.
    """
    found: dict[str, list[Measured]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            found[name].append(alone(contender))
    values = {name: listed[0].value for name, listed in found.items()}
    assert max(values.values()) - min(values.values()) <= tolerance, f"values differ: {values}"
    return {name: _compared(listed) for name, listed in found.items()}


def _compared(listed: Sequence[Measured]) -> Measured:
    seconds = median(each.seconds for each in listed)
    return Measured(listed[0].value, seconds, max(each.gigabytes for each in listed))


def alone(contender: Callable[[], Callable[[], float]]) -> Measured:
    """Return what a contender took in a new process."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(_measure, contender).result()


def _measure(contender: Callable[[], Callable[[], float]]) -> Measured:
    call = contender()
    before = peak_gigabytes()
    began = time.perf_counter()
    value = call()
    seconds = time.perf_counter() - began
    return Measured(value, seconds, peak_gigabytes() - before)
