"""Studies that are held at a gate, so that a test waits for what happens and never for a time."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.acceptance.command_line import wait_until
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.errors import UsageError
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.study.trial_record import TrialRecord

Held = Callable[[], StudyView]


def running(url: str) -> list[TrialRecord]:
    """The running trials that are placed and have a checkpoint."""
    try:
        records = StudyStore.open(url).load("toy").records()
    except UsageError:  # no study yet
        return []
    running = [record for record in records if record.state == "RUNNING"]
    return [record for record in running if {"node_id", "checkpoint"} <= record.attributes.keys()]


def checkpointed(url: str) -> list[str]:
    """The nodes of the running trials that have a checkpoint."""
    return [record.attributes["node_id"] for record in running(url)]


@contextmanager
def held(
    url: str,
    folder: Path,
    at_once: int,
    cluster: str | None = None,
    said: io.StringIO | None = None,
    **changes: Any,
) -> Iterator[Held]:
    """A study whose first trials wait after a checkpoint, until so many run at once and the block ends."""
    gate = folder / "gate"
    config = toy_config(until=str(gate), **changes)
    with ThreadPoolExecutor(1) as thread:
        launched = thread.submit(launch_toy, config, url, folder, serial=False, said=said, cluster=cluster)
        try:
            wait_until(lambda: launched.done() or len(checkpointed(url)) == at_once)
            yield lambda: launched.result().study
        finally:
            gate.touch()
