"""Ray for a launch: joins a cluster, or starts Ray on this node."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError

from tuner.errors import Unreachable
from tuner.run.on_ray.environment import without_secrets
from tuner.run.on_ray.node_folder import node_folder
from tuner.run.on_ray.ray_internals import TEMPORARY_FOLDER, WORKER_SETTINGS
from tuner.run.on_ray.raylet import raylet


@contextmanager
def cluster(address: str | None, packages: Sequence[Path]) -> Iterator[None]:
    """Ray, joined or started, for as long as the block runs; a Ray that was there before stays.

    Args:
        address: the cluster's, or None to start Ray on this node.
        packages: the folders of the packages that workers of a cluster are sent.

    Raises:
        UsageError: the cluster refuses us.
        Unreachable: the cluster does not answer, or Ray does not start.
    """
    if ray.is_initialized():
        yield
        return
    logging.getLogger("ray.tune").setLevel(logging.CRITICAL)  # what it knows of trials, the store says better
    with ExitStack() as stack:
        folder = stack.enter_context(node_folder(os.environ.get(TEMPORARY_FOLDER)))
        with without_secrets():
            if address:
                stack.enter_context(raylet(address, folder))
            with _without_hangups():
                _init(address, folder, packages)
        stack.callback(ray.shutdown)
        yield


@contextmanager
def naming_lost_cluster() -> Iterator[None]:
    """Raise `Unreachable` in place of Ray's own error if the cluster goes away while the block runs."""
    try:
        yield
    except RayError as error:
        line = str(error).partition("\n")[0]
        raise Unreachable(f"the Ray cluster went away: {line}; see its head's log") from error


@contextmanager
def _without_hangups() -> Iterator[None]:
    """Keep SIGHUP from the processes that the block starts, which inherit this; this one gets it afterwards.

    A closed terminal sends it to all of them: it is for the driver, which still needs its Ray to end well.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _init(address: str | None, folder: Path, packages: Sequence[Path]) -> None:
    runtime_env: dict[str, Any] = {"env_vars": WORKER_SETTINGS}
    if packages:  # the cluster's nodes may have another version of this code, or none
        runtime_env["py_modules"] = [str(package) for package in packages]
    options: dict[str, Any] = {"runtime_env": runtime_env} if address else {}
    try:
        ray.init(
            address=address or "local",  # without one, Ray would join any cluster that runs on this node
            _temp_dir=str(folder),
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **options,
        )
    except Exception as error:  # Ray raises just that if the node is too busy for its start
        where = f"the Ray cluster {address}" if address else "Ray on this node"
        raise Unreachable(f"{where} cannot be reached: {str(error).splitlines()[0]}") from error
