"""Whether a cluster can serve: who may join it, which devices it has, what each node says of itself."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from tuner.checks import CheckResult
from tuner.config.sections import Resources
from tuner.errors import TunerError
from tuner.run.doctor.local import devices_check
from tuner.run.doctor.node import node_checks, versions_check
from tuner.run.node import NodeAnswer
from tuner.run.on_ray.auth import HINT, OPEN, is_open
from tuner.run.on_ray.cluster import cluster, naming_lost_cluster
from tuner.run.on_ray.devices import Share, alive_nodes
from tuner.run.on_ray.nodes import ask_nodes
from tuner.store.reading.checks import clock_check, skew_of
from tuner.versions import versions

_ANY_SHARE = Share(cpus=1e-3, gpus=0.0)


def cluster_checks(
    address: str,
    packages: Sequence[Path],
    resources: Resources,
    prepare: Callable[[], None],
    runs_folder: Path | None,
) -> Iterator[CheckResult]:
    """Of the cluster at this address: whether it lets us in, and nobody else; its devices; each node.

    Args:
        address: the head's.
        packages: the folders of the packages that nodes are sent.
        resources: what a trial wants.
        prepare: raises if what trials read is not there; called on each node.
        runs_folder: the folder for checkpoints; None if it cannot serve even here.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(cluster(address, packages))
        except TunerError as error:
            yield CheckResult.wrong("cluster", str(error))
            return
        yield CheckResult.fine("cluster", f"{address} lets us in")
        insecure = os.environ.get("RAY_AUTH_MODE") == "disabled"
        yield token_check(open_to_all=is_open(address), insecure=insecure)
        try:
            with naming_lost_cluster():
                share, result = _devices(resources)
                yield result
                yield from _nodes_checks(_ANY_SHARE if result.problem else share, prepare, runs_folder)
        except TunerError as error:
            yield CheckResult.wrong("cluster", str(error))


def _devices(resources: Resources) -> tuple[Share, CheckResult]:
    """What each trial gets, and how many fit."""
    nodes = [node["Resources"] for node in alive_nodes()]
    available = {kind: sum(node.get(kind, 0.0) for node in nodes) for kind in ("CPU", "GPU")}
    share = Share.of(resources, available["GPU"])
    return share, devices_check(share, sum(map(share.fits, nodes)), "the cluster", available)


def token_check(*, open_to_all: bool, insecure: bool) -> CheckResult:
    """Whether a cluster keeps strangers out.

    Args:
        open_to_all: whether it answers those who have no token.
        insecure: whether the user allows that.
    """
    if not open_to_all:
        return CheckResult.fine("token", "the cluster refuses whoever has none")
    message = f"the cluster {OPEN}"
    if insecure:
        return CheckResult.fine("token", f"{message}, as --insecure allows")
    return CheckResult.wrong("token", f"{message}; {HINT}")


def _nodes_checks(
    share: Share, prepare: Callable[[], None], runs_folder: Path | None
) -> Iterator[CheckResult]:
    with tempfile.TemporaryDirectory() as stand_in:
        folder = runs_folder or Path(stand_in)
        answers = ask_nodes(share, prepare, folder)
        # The nodes' workers are warm by now, so that the answer is quick and its time is known well.
        asked = time.time()
        clocks = ask_nodes(share, lambda: None, folder)
        answered = time.time()
    for name, answer in answers.items():
        yield from node_checks(name, answer, runs_folder)
        if isinstance(answer, NodeAnswer):
            yield versions_check(name, answer.versions, versions())
        clock = clocks.get(name)
        if isinstance(clock, NodeAnswer):
            yield clock_check(name, skew_of(clock.clock, asked, answered))
