"""The devices of trials: which one a worker has, what a trial gets of a node, how many the cluster has.

`runner.py` asks Ray for that share, and `dispatcher.py` gives the trials to the workers that have one.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ray

from formats.messages import counted
from tuner.config.sections import Resources
from tuner.errors import UsageError
from tuner.run.on_ray.ray_internals import RESOURCE_STEP
from tuner.run.signals import StopSignal

LOOK_AGAIN_SECONDS = 1.0
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Share:
    """What each trial gets of a node; a share of a GPU lies on one GPU."""

    cpus: float
    gpus: float

    def __str__(self) -> str:
        return f"{counted(self.cpus, 'CPU')} and {counted(self.gpus, 'GPU')}"

    @classmethod
    def of(cls, resources: Resources, gpus: float) -> Share:
        """What each trial gets where there are so many GPUs: with `gpus: auto` one, if there is one."""
        return cls(resources.cpus, float(gpus > 0) if resources.gpus == "auto" else resources.gpus)

    def fits(self, resources: Mapping[str, float]) -> int:
        """How many such shares a node with these resources holds."""
        by_cpus = _times(self.cpus, resources.get("CPU", 0.0))
        gpus = resources.get("GPU", 0.0)
        if not self.gpus:
            return by_cpus
        by_gpus = _times(self.gpus, gpus) if self.gpus >= 1 else int(gpus) * _times(self.gpus, 1)
        return min(by_cpus, by_gpus)


class Devices:
    """How many trials the cluster can run at once: nodes come and go while a study runs."""

    def __init__(self, share: Share) -> None:
        self.share = share
        self._on_node: dict[str, int] = {}
        self._looked = float("-inf")

    @property
    def count(self) -> int:
        """The devices there are."""
        return sum(self._seen().values())

    def on_another_node(self, node_id: str) -> bool:
        """Whether there are devices on another node than this one."""
        return any(count for node, count in self._seen().items() if node != node_id)

    def _seen(self) -> dict[str, int]:
        """The devices of each node, asked of the cluster at most once a second."""
        if time.monotonic() - self._looked >= LOOK_AGAIN_SECONDS:
            self._on_node = {node["NodeID"]: self.share.fits(node["Resources"]) for node in alive_nodes()}
            self._looked = time.monotonic()
        return self._on_node


def devices_for(resources: Resources, stop: StopSignal, *, wait_seconds: float = 0) -> Devices:
    """The devices for trials of these resources: with `gpus: auto`, one GPU each where there are GPUs.

    Args:
        resources: what the study asks for a trial.
        stop: ends the wait; then there may be no device yet.
        wait_seconds: how long nodes that are still starting are waited for.

    Raises:
        UsageError: not even one trial fits.
    """
    end = time.monotonic() + wait_seconds
    while True:
        total: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        devices = Devices(Share.of(resources, total.get("GPU", 0.0)))
        if devices.count or stop.received:
            return devices
        if time.monotonic() >= end:
            share = devices.share
            raise UsageError(
                f"resources: a trial wants {share} of one node; "
                f"the cluster has {total.get('CPU', 0):g} and {total.get('GPU', 0):g} in all"
            )
        time.sleep(_POLL_SECONDS)


def this_device() -> dict[str, str]:
    """Where this worker's trials run: its host, Ray's node on it, and the GPUs that Ray gave to it alone."""
    gpus = ray.get_gpu_ids()
    return {
        "node": socket.gethostname(),
        "node_id": ray.get_runtime_context().get_node_id(),
        "device": "gpu:" + ",".join(str(gpu) for gpu in gpus) if gpus else f"cpu:{os.getpid()}",
    }


def _times(share: float, whole: float) -> int:
    """How often a share goes into the whole, as Ray counts: in steps, since 1 // 0.2 is 4."""
    return round(whole / RESOURCE_STEP) // max(1, round(share / RESOURCE_STEP))


def alive_nodes() -> list[dict[str, Any]]:
    """Ray's records of the nodes that are there."""
    return [node for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
