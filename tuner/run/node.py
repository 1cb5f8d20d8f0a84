"""What a node of the cluster says of itself; runs there, so it needs nothing of the driver's."""

from __future__ import annotations

import pickle
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuner.config.study_config import StudyConfig
from tuner.errors import TunerError
from tuner.versions import versions

LEAST_FREE_GIB = 1.0
"""Of free space where checkpoints go; with less, people are told before a disk is full."""


@dataclass(frozen=True)
class NodeQuestion:
    """What a node is asked before trials run there.

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
class NodeAnswer:
    """A node's answer.

    Attributes:
        hostname: its own name.
        clock: its time in seconds since 1970, when it was asked.
        versions: of Python and of the packages that a result depends on.
        free_gib: free space where checkpoints go, in GiB; None if it has no such folder.
        runs_folder: why the folder for checkpoints cannot serve, or None.
        code: why training's code cannot be imported, or None.
        data: why the data set cannot serve, or what else its check raised, or None.
    """

    hostname: str
    clock: float
    versions: Mapping[str, str]
    free_gib: float | None
    runs_folder: str | None
    code: str | None
    data: str | None


def this_node(question: NodeQuestion) -> NodeAnswer:
    """This node's answer."""
    clock = time.time()
    folder = Path(question.runs_folder)
    code, data = _prepare(question.prepare)
    return NodeAnswer(
        hostname=socket.gethostname(),
        clock=clock,
        versions=versions(),
        free_gib=free_gib(folder),
        runs_folder=_runs_folder(folder, question.marker),
        code=code,
        data=data,
    )


def prepare_all(prepare: Callable[..., None], config: StudyConfig) -> None:
    """Whether what any trial of the study reads is there, on the node where this is called.

    Raises:
        UsageError: what `prepare` misses for some corner of the search space.
    """
    prepare_each(prepare, config.space.corners(), config)


def prepare_each(
    prepare: Callable[..., None], trains: Iterable[Mapping[str, Any]], config: StudyConfig
) -> None:
    """Whether what these filled training configs of the study read is there.

    Raises:
        UsageError: what `prepare` misses for one of them.
    """
    for train in trains:
        prepare(train, config)


def write_into(folder: Path) -> None:
    """Writes a file into the folder, and removes it.

    Raises:
        OSError: the folder cannot be written to.
    """
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(bytes(1024))


def _prepare(call: bytes) -> tuple[str | None, str | None]:
    try:
        pickle.loads(call)()
    except ImportError as error:
        return str(error), None
    except TunerError as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001 - trials would meet it too, so it is part of the answer
        return None, f"the check of what trials read raised {type(error).__name__}: {error}; fix that there"
    return None, None


def free_gib(folder: Path) -> float | None:
    """The free space in a folder, in GiB; None if there is no such folder."""
    with suppress(OSError):  # why there is no such folder is said by the check of it
        return shutil.disk_usage(folder).free / 2**30
    return None


def _runs_folder(folder: Path, marker: str) -> str | None:
    try:
        if not folder.is_dir():
            return "there is no such folder"
        if not (folder / marker).exists():
            return "it is another folder than the driver's"
        write_into(folder)
    except OSError as error:
        return f"it cannot be written to: {error.strerror}"
    return None
