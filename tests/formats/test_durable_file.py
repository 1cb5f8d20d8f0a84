"""A file that is replaced is whole whenever its writer is killed or fails."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from formats.durable_file import before, replace_file

OLDER, OLD, NEW = (bytes([value]) * 100_000 for value in range(3))

KILLED_AT_A_LINE = """
import os, signal, sys
from pathlib import Path
from formats import durable_file

path, line, has_links = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "links"
passed = 0

def refused(*_):
    raise PermissionError(1, "no hard links here")

def trace(frame, event, _):
    global passed
    if frame.f_code.co_filename != durable_file.__file__:
        return None
    passed += event == "line"
    if passed == line:
        os.kill(os.getpid(), signal.SIGKILL)
    return trace

if not has_links:
    os.link = refused
sys.settrace(trace)
durable_file.replace_file(path, bytes([2]) * 100_000, keep_before=True)
"""


def killed_at(line: int, path: Path, links: str) -> bool:
    """Runs a writer that is killed before it executes line number `line`; False if it finished before."""
    command = [sys.executable, "-c", KILLED_AT_A_LINE, str(path), str(line), links]
    code = subprocess.run(command, check=False).returncode
    assert code in (0, -signal.SIGKILL)
    return code != 0


@pytest.mark.parametrize("links", ["links", "no_links"])
def test_a_killed_writer_leaves_a_whole_file(tmp_path: Path, links: str) -> None:
    states, line = [], 1
    while True:
        path = tmp_path / str(line) / "state.bin"
        path.parent.mkdir()
        replace_file(path, OLDER)
        replace_file(path, OLD, keep_before=True)
        killed = killed_at(line, path, links)
        assert path.read_bytes() in (OLD, NEW)
        assert before(path).read_bytes() in (OLDER, OLD)
        states.append((path.read_bytes(), before(path).read_bytes()))
        if not killed:
            break
        replace_file(path, NEW, keep_before=True)  # whatever was left behind is no hindrance
        assert (path.read_bytes(), before(path).read_bytes()) in ((NEW, OLD), (NEW, NEW))
        line += 1
    assert line > 15
    assert list(dict.fromkeys(states)) == [(OLD, OLDER), (OLD, OLD), (NEW, OLD)]


def test_only_the_file_and_the_one_before_stay(tmp_path: Path) -> None:
    path = tmp_path / "state.bin"
    for content in (OLDER, OLD, NEW):
        replace_file(path, content, keep_before=True)
    assert (path.read_bytes(), before(path).read_bytes()) == (NEW, OLD)
    assert set(tmp_path.iterdir()) == {path, before(path)}
    replace_file(path, OLDER)
    assert (path.read_bytes(), before(path).read_bytes()) == (OLDER, OLD)


@pytest.mark.parametrize("code", [errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_hard_links_is_served(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.link", failing(code))
    test_only_the_file_and_the_one_before_stay(tmp_path)


@pytest.mark.parametrize("function", ["fsync", "link", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    function: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.bin"
    replace_file(path, OLD)
    monkeypatch.setattr(f"os.{function}", failing(errno.ENOSPC))
    with pytest.raises(OSError, match="No space left"):
        replace_file(path, NEW, keep_before=True)
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_synced_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def only_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr("os.fsync", only_files)
    replace_file(tmp_path / "state.bin", NEW)
    assert (tmp_path / "state.bin").read_bytes() == NEW


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail
