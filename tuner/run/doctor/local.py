"""Whether this node can serve: its folder for checkpoints, its code and data, its devices."""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from formats.messages import counted
from tuner.checks import CheckResult
from tuner.config.sections import Resources
from tuner.run.doctor.node import node_checks
from tuner.run.node import NodeQuestion, this_node, write_into
from tuner.run.on_ray.devices import Share

_NVIDIA_SECONDS = 30


@contextmanager
def lent_folder(folder: Path) -> Iterator[str | None]:
    """The folder, made for as long as the block runs if need be; gives why it cannot serve, or None."""
    missing: list[Path] = []
    try:
        try:
            missing += [path for path in (folder, *folder.parents) if not path.exists()]
            folder.mkdir(parents=True, exist_ok=True)
            write_into(folder)
        except OSError as error:
            yield f"TUNER_RUNS: {folder} cannot be written to: {error.strerror}; name another folder"
        else:
            yield None
    finally:
        for path in missing:
            with suppress(OSError):  # it was not made, or holds somebody's file by now
                path.rmdir()


def local_checks(prepare: Callable[[], Any], runs_folder: Path | None) -> Iterator[CheckResult]:
    """Of this node: what trials need and room for checkpoints; as `node_checks`."""
    name = f"this node ({socket.gethostname()})"
    with (
        tempfile.TemporaryDirectory() as stand_in,
        tempfile.NamedTemporaryFile(dir=runs_folder or stand_in, prefix=".tuner-") as marker,
    ):
        folder = Path(marker.name).parent
        answer = this_node(NodeQuestion(str(folder), Path(marker.name).name, pickle.dumps(prepare)))
    yield from node_checks(name, answer, runs_folder)


def device_check(resources: Resources) -> CheckResult:
    """How many trials fit on this node's devices at once."""
    available = {"CPU": float(_cpus()), "GPU": float(_gpus())}
    share = Share.of(resources, available["GPU"])
    return devices_check(share, share.fits(available), "this node", available)


def devices_check(share: Share, trials: int, where: str, available: Mapping[str, float]) -> CheckResult:
    """How many trials with such a share fit on the devices of this node or the cluster."""
    if trials:
        return CheckResult.fine(
            "devices", f"{where} has room for {counted(trials, 'trial')} at once, each with {share}"
        )
    return CheckResult.wrong(
        "devices",
        f"a trial wants {share}, and {where} has {available['CPU']:g} and {available['GPU']:g}; "
        "start a node that has them, or ask for less in the file's resources",
    )


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _gpus() -> int:
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    try:
        listed = subprocess.run(
            [program, "-L"], capture_output=True, text=True, timeout=_NVIDIA_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
