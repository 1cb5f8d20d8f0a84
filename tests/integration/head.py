"""A real head of a Ray cluster, in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.command_line import environment


@contextmanager
def started(**authentication: str) -> Iterator[str]:
    """The address of a head with one CPU."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tempfile.mkdtemp(prefix="rd-", dir="/tmp")  # Ray's sockets need a short path
    words = f"start --head --port={port} --num-cpus=1 --num-gpus=0"
    words += " --include-dashboard=false --object-store-memory=100000000 --disable-usage-stats --block"
    with (Path(folder) / "said.txt").open("w+") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "ray.scripts.scripts", *words.split()],
            env=environment(RAY_TMPDIR=folder, **authentication),
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            start_new_session=True,
        )
        try:
            assert process.stdout is not None
            assert any("Ray runtime started" in line for line in process.stdout)
            yield f"127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # asked to end, it would wait for its nodes
            process.communicate()
            shutil.rmtree(folder, ignore_errors=True)
