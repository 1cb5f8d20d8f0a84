"""Ray: joins a cluster, or starts one on this machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import ray

from tuner.errors import Unreachable
from tuner.run.on_ray.environment import WORKER_SETTINGS, without_secrets
from tuner.run.on_ray.raylet import raylet


@contextmanager
def cluster(address: str | None, packages: Sequence[Path]) -> Iterator[None]:
    """Ray, joined or started, for as long as the block runs; a Ray that was there before stays.

    Args:
        address: the cluster's, or None to start Ray on this machine.
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
        with without_secrets():
            folder = stack.enter_context(raylet(address)) if address else None
            _init(address, folder, packages)
        stack.callback(ray.shutdown)
        yield


def _init(address: str | None, folder: Path | None, packages: Sequence[Path]) -> None:
    shipped: dict[str, Any] = {"env_vars": WORKER_SETTINGS}
    if packages:  # the cluster's machines may have another version of this code, or none
        shipped["py_modules"] = [str(package) for package in packages]
    options: dict[str, Any] = {"runtime_env": shipped} if address else {}
    try:
        ray.init(
            address=address or "local",  # without one, Ray would join any cluster that runs on this machine
            _temp_dir=str(folder) if folder else None,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            **options,
        )
    except Exception as error:  # Ray raises just that if the machine is too busy for its start
        where = f"the Ray cluster {address}" if address else "Ray on this machine"
        raise Unreachable(f"{where} cannot be reached: {str(error).splitlines()[0]}") from error
