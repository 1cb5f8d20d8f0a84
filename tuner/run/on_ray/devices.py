"""The devices of trials: which one a worker has, what a trial gets of a node, how many the cluster has.

`runner.py` asks Ray for that share, and `dispatcher.py` gives the trials to the workers that have one.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable, Mapping
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

    def take_from(self, resources: dict[str, float]) -> None:
        """Subtract such a share from a node's resources."""
        for name, amount in (("CPU", self.cpus), ("GPU", self.gpus)):
            resources[name] = resources.get(name, 0.0) - amount


class Devices:
    """What the cluster's nodes have: they come and go while studies run.

    Args:
        nodes: returns the resources of each node that is there, by its id; asked at most once a second.
    """

    def __init__(self, nodes: Callable[[], Mapping[str, Mapping[str, float]]]) -> None:
        self._ask = nodes
        self._nodes: Mapping[str, Mapping[str, float]] = {}
        self._counts: dict[Share, dict[str, int]] = {}
        self._looked = float("-inf")

    def count(self, share: Share) -> int:
        """How many trials of this share can run at once."""
        return sum(self._on_nodes(share).values())

    def on_another_node(self, share: Share, node_id: str) -> bool:
        """Whether there are devices for such trials on another node than this one."""
        return any(count for node, count in self._on_nodes(share).items() if node != node_id)

    def have_room(self, share: Share, placed: Iterable[tuple[str | None, Share]]) -> bool:
        """Whether some node has room for this share beside those that are placed.

        Args:
            share: of one more worker.
            placed: the node's id and the share of each worker; None for one that waits for a device, which
                gets the first place that it fits into.
        """
        self._look()
        free = {node: dict(resources) for node, resources in self._nodes.items()}
        waiting = []
        for node, taken in placed:
            if node in free:
                taken.take_from(free[node])
            elif node is None:
                waiting.append(taken)
        for taken in waiting:
            for resources in free.values():
                if taken.fits(resources):
                    taken.take_from(resources)
                    break
        return any(share.fits(resources) for resources in free.values())

    def _on_nodes(self, share: Share) -> Mapping[str, int]:
        self._look()
        if share not in self._counts:
            self._counts[share] = {node: share.fits(has) for node, has in self._nodes.items()}
        return self._counts[share]

    def _look(self) -> None:
        if time.monotonic() - self._looked >= LOOK_AGAIN_SECONDS:
            self._nodes = self._ask()
            self._counts = {}
            self._looked = time.monotonic()


def share_for(resources: Resources, stop: StopSignal, *, wait_seconds: float = 0) -> Share:
    """What each trial of these resources gets: with `gpus: auto`, one GPU where there are GPUs.

    Args:
        resources: what the study asks for a trial.
        stop: ends the wait; then there may be no device yet.
        wait_seconds: how long nodes that are still starting are waited for.

    Raises:
        UsageError: not even one trial fits.
    """
    end = time.monotonic() + wait_seconds
    while True:
        share = share_now(resources)
        if stop.received or Devices(ray_nodes).count(share):
            return share
        if time.monotonic() >= end:
            total: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
            raise UsageError(
                f"resources: a trial wants {share} of one node; "
                f"the cluster has {total.get('CPU', 0):g} and {total.get('GPU', 0):g} in all"
            )
        time.sleep(_POLL_SECONDS)


def share_now(resources: Resources) -> Share:
    """What each trial of these resources gets of the cluster as it is now, whether or not a node has it."""
    total: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return Share.of(resources, total.get("GPU", 0.0))


def ray_nodes() -> dict[str, Mapping[str, float]]:
    """The resources of each node of the cluster that is there, by its id."""
    return {node["NodeID"]: node["Resources"] for node in alive_nodes()}


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
