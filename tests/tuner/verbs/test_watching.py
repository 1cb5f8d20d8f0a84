"""`status --watch` goes on showing where studies stand, until it is interrupted or nobody reads it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.acceptance.command_line import ROOT, environment, wait_until
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.postgres_server import a_server
from tests.tuner.test_cli import run

# As a shell starts it in the foreground: SIGINT is not ignored, whoever runs the tests.
PROGRAM = """
import signal
from tuner.__main__ import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
WATCH = ("status", "toy", "--watch", "--every", "0.1")


@contextmanager
def watching(url: str, *words: str, out: int) -> Iterator[subprocess.Popen[bytes]]:
    """The program with what it writes to stdout led to a descriptor; it is killed at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        env=environment(TUNER_STORAGE=url, TERM="xterm", PYTHONPATH=str(ROOT)),
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def reader(descriptor: int) -> Callable[[str], bool]:
    """What tells whether a text has come from a descriptor since it was found the last time."""
    os.set_blocking(descriptor, False)
    seen = bytearray()

    def comes(text: str) -> bool:
        with suppress(OSError):  # there is nothing now, or a terminal's other end is closed
            while chunk := os.read(descriptor, 65_536):
                seen.extend(chunk)
        place = seen.find(text.encode())
        if place < 0:
            return False
        del seen[: place + len(text)]
        return True

    return comes


@pytest.mark.parametrize("size", [(24, 80), (0, 0)])
def test_a_terminal_is_drawn_anew_until_it_is_interrupted(
    size: tuple[int, int], sqlite_url: str, tmp_path: Path
) -> None:
    launch_toy(toy_config(trials=3), sqlite_url, tmp_path)
    leading, following = os.openpty()
    fcntl.ioctl(following, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    with watching(sqlite_url, *WATCH, out=following) as process:
        os.close(following)
        shows = reader(leading)
        wait_until(lambda: shows("trials  3 of 3: 3 completed"))
        launch_toy(toy_config(trials=4), sqlite_url, tmp_path)
        wait_until(lambda: shows("\x1b[1A"))  # the cursor goes up: it is drawn in place
        wait_until(lambda: shows("trials  4 of 4: 4 completed"))
        process.send_signal(signal.SIGINT)
        wait_until(lambda: shows("\x1b[?25h"))  # the cursor is shown again
        assert (process.wait(30), process.stderr and process.stderr.read()) == (130, b"")
    os.close(leading)


def test_a_pipe_gets_a_block_or_a_line_of_json_for_each_change(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=3), sqlite_url, tmp_path)
    with (
        watching(sqlite_url, *WATCH, out=subprocess.PIPE) as blocks,
        watching(sqlite_url, *WATCH, "--json", out=subprocess.PIPE) as lines,
    ):
        assert lines.stdout
        assert blocks.stdout
        assert json.loads(lines.stdout.readline())[0]["completed"] == 3
        text = [blocks.stdout.readline() for _ in range(3)]
        assert (text[1], text[2]) == (b"study   toy\n", b"trials  3 of 3: 3 completed\n")
        launch_toy(toy_config(trials=4), sqlite_url, tmp_path)
        read = (json.loads(line)[0] for line in iter(lines.stdout.readline, b""))
        now = next(each for each in read if not each["remaining"] and each["budget"] == 4)
        assert (now["completed"], len(now["trials"])) == (4, 4)
        assert b"trials  4 of 4: 4 completed\n" in iter(blocks.stdout.readline, b"")
        for process, number in ((blocks, signal.SIGINT), (lines, signal.SIGTERM)):
            process.send_signal(number)
            _, said = process.communicate(timeout=30)
            assert (process.returncode, said) == (128 + number, b"")


def test_it_ends_when_its_reader_has_left_though_nothing_changes(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path)
    with watching(sqlite_url, "status", "--watch", out=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr
        assert process.stderr.read() == b""


def test_a_database_that_goes_away_is_told_and_waited_for(tmp_path: Path) -> None:
    with a_server() as server:
        server.execute("CREATE DATABASE watched")
        url = server.url("watched")
        launch_toy(toy_config(trials=3), url, tmp_path)
        with watching(url, *WATCH, out=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stderr
            blocks, said = reader(process.stdout.fileno()), reader(process.stderr.fileno())
            wait_until(lambda: blocks("trials  3 of 3: 3 completed"))
            server.stop()
            wait_until(lambda: said("cannot be used: "))
            server.start()
            launch_toy(toy_config(trials=4), url, tmp_path)
            wait_until(lambda: blocks("trials  4 of 4: 4 completed"))
            assert process.poll() is None


def test_every_needs_watch(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status", "--every", "5", monkeypatch=monkeypatch) == 2
    assert capsys.readouterr().err == "--every says how often --watch looks; add --watch, or leave it out\n"
