"""`status --watch` shows what happens until it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from tests.acceptance.command_line import command, environment, wait_until
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy


def test_a_terminal_shows_a_trial_that_comes_later(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=3), sqlite_url, tmp_path)
    leading, following = os.openpty()
    process = subprocess.Popen(
        command("status", "toy", "--watch"),
        env=environment(TUNER_STORAGE=sqlite_url, COLUMNS="120"),
        stdin=following,
        stdout=following,
        stderr=following,
    )
    os.close(following)
    os.set_blocking(leading, False)
    screen = bytearray()

    def shows(text: bytes) -> bool:
        with suppress(BlockingIOError):
            screen.extend(os.read(leading, 65_536))
        return text in screen

    try:
        wait_until(lambda: shows(b"its budget is met"))
        screen.clear()
        launch_toy(toy_config(trials=4), sqlite_url, tmp_path)
        wait_until(lambda: shows("│      4 │".encode()))
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.wait()
        os.close(leading)
