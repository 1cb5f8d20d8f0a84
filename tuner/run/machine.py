"""What one machine of the cluster says of itself; runs there, so it needs nothing of the driver's."""

from __future__ import annotations

import pickle
import shutil
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tuner.config.study_config import StudyConfig
from tuner.errors import TunerError
from tuner.study.versions import versions


@dataclass(frozen=True)
class Question:
    """What a machine is asked before trials run there.

    Attributes:
        runs_folder: the folder for checkpoints.
        marker: the name of a file that the driver has just written there.
        prepare: a pickled call that raises if a trial's data is not there; pickled apart, because to
            unpickle it is to import what training needs.
    """

    runs_folder: str
    marker: str
    prepare: bytes


@dataclass(frozen=True)
class Machine:
    """A machine's answer.

    Attributes:
        hostname: its own name.
        clock: its time in seconds since 1970, when it was asked.
        versions: of Python and of the packages that a result depends on.
        free_gib: free space where checkpoints go, in GiB; None if it has no such folder.
        runs_folder: why the folder for checkpoints cannot serve, or None.
        code: why training's code cannot be imported, or None.
        data: why the data set cannot serve, or None.
    """

    hostname: str
    clock: float
    versions: Mapping[str, str]
    free_gib: float | None
    runs_folder: str | None
    code: str | None
    data: str | None


def this_machine(question: Question) -> Machine:
    """This machine's answer."""
    clock = time.time()
    folder = Path(question.runs_folder)
    code, data = _prepare(question.prepare)
    return Machine(
        hostname=socket.gethostname(),
        clock=clock,
        versions=versions(),
        free_gib=shutil.disk_usage(folder).free / 2**30 if folder.is_dir() else None,
        runs_folder=_runs_folder(folder, question.marker),
        code=code,
        data=data,
    )


def prepare_all(prepare: Callable[..., None], config: StudyConfig) -> None:
    """Whether what any trial of the study reads is there, on the machine where this is called.

    Raises:
        UsageError: what `prepare` misses for some corner of the search space.
    """
    for train in config.space.corners():
        prepare(train, config)


def _prepare(call: bytes) -> tuple[str | None, str | None]:
    try:
        prepare = pickle.loads(call)
    except ImportError as error:
        return str(error), None
    try:
        prepare()
    except TunerError as error:
        return None, str(error)
    except ImportError as error:
        return str(error), None
    return None, None


def _runs_folder(folder: Path, marker: str) -> str | None:
    if not folder.is_dir():
        return "there is no such folder"
    if not (folder / marker).exists():
        return "it is another folder than the driver's"
    probe = folder / f"{marker}.{socket.gethostname()}"
    try:
        probe.write_bytes(bytes(1024))
        probe.unlink()
    except OSError as error:
        return f"it cannot be written to: {error.strerror}"
    return None
