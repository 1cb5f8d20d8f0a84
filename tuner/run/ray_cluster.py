"""The machines: joins a Ray cluster or starts Ray here, and counts the devices that trials can have."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import ray

from tuner.config.study_sections import Resources
from tuner.errors import Unreachable, UsageError


@dataclass(frozen=True)
class Devices:
    """What each trial gets, and how many trials can run at once."""

    count: int
    cpus_per_trial: float
    gpus_per_trial: float


@contextmanager
def cluster(address: str | None) -> Iterator[None]:
    """Ray, joined or started, for as long as the block runs; a Ray that was there before stays.

    Raises:
        Unreachable: the cluster does not answer, or Ray does not start.
    """
    if ray.is_initialized():
        yield
        return
    logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # what it knows of trials, the store says better
    try:
        ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = f"the Ray cluster {address}" if address else "Ray on this machine"
        raise Unreachable(f"{where} cannot be reached: {str(error).splitlines()[0]}") from error
    try:
        yield
    finally:
        ray.shutdown()


def devices_for(resources: Resources) -> Devices:
    """What the cluster can give to trials: with `gpus: auto`, one GPU each where it has GPUs.

    Raises:
        UsageError: not even one trial fits.
    """
    total: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    gpus, cpus = total.get("GPU", 0.0), total.get("CPU", 0.0)
    gpus_per_trial = (1.0 if gpus else 0.0) if resources.gpus == "auto" else float(resources.gpus)
    count = int(cpus // resources.cpus)
    if gpus_per_trial:
        count = min(count, int(gpus // gpus_per_trial))
    if not count:
        raise UsageError(
            f"resources: a trial wants {resources.cpus:g} CPUs and {gpus_per_trial:g} GPUs; "
            f"the cluster has {cpus:g} and {gpus:g} in all"
        )
    return Devices(count, resources.cpus, gpus_per_trial)
