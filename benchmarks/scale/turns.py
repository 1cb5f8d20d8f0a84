"""What Ray Tune's one thread takes for a result, by how many workers there are."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

ROUNDS = 30
BASE_SECONDS = 0.002
"""The same for a few workers: the driver's CPU time for a report, less what is ours of it (docs/scale.md)."""


def wait_seconds(workers: Sequence[int]) -> Mapping[int, float]:
    """Return how long Tune takes to find the next result among those of so many workers.

    As `RayActorManager.next` does it: the calls that run are listed, shuffled, and Ray is asked for one that
    is done. The calls are real; they are of one actor, which answers none.
    """
    import ray  # noqa: PLC0415 - it takes seconds

    os.environ["RAY_AUTH_MODE"] = "disabled"  # nobody else can reach it, and it leaves no token behind
    ray.init("local", num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        silent: Any = ray.remote(_Silent).options(num_cpus=0).remote()
        running: list[Any] = []
        found = {}
        for count in sorted(workers):
            running += [silent.answer.remote() for _ in range(count - len(running))]
            found[count] = median(_seconds(running) for _ in range(ROUNDS))
        return found
    finally:
        ray.shutdown()


class _Silent:
    """An actor whose first call never ends, so that no other begins."""

    def answer(self) -> None:
        time.sleep(86_400)


def _seconds(running: Sequence[Any]) -> float:
    import ray  # noqa: PLC0415

    done = ray.put(None)
    began = time.perf_counter()
    shuffled = [*running[1:], done]
    random.shuffle(shuffled)
    ready, _ = ray.wait(shuffled, num_returns=1, timeout=0.1)
    assert ready == [done]
    return time.perf_counter() - began
