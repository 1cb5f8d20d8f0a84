"""A new folder stands under its name whole, or not at all, whenever its writer is killed or fails."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from formats.durable_folder import new_folder

KILLED_AT_A_LINE = """
import os, signal, sys
from pathlib import Path
from formats import durable_folder

path, line = Path(sys.argv[1]), int(sys.argv[2])
passed = 0

def trace(frame, event, _):
    global passed
    if frame.f_code.co_filename != durable_folder.__file__:
        return None
    passed += event == "line"
    if passed == line:
        os.kill(os.getpid(), signal.SIGKILL)
    return trace

sys.settrace(trace)
with durable_folder.new_folder(path) as new:
    (new / "a").write_text("a")
    (new / "below").mkdir()
    (new / "below" / "b").write_text("b")
"""
WHOLE = {"a", "below", "below/b"}


def below(path: Path) -> set[str]:
    return {str(each.relative_to(path)) for each in path.rglob("*")}


def test_a_killed_writer_leaves_nothing_or_all_under_the_name(tmp_path: Path) -> None:
    left, line, code = [], 1, -signal.SIGKILL
    while code:
        path = tmp_path / str(line) / "model"
        command = [sys.executable, "-c", KILLED_AT_A_LINE, str(path), str(line)]
        code = subprocess.run(command, check=False).returncode
        assert code in (0, -signal.SIGKILL)
        left.append(below(path) if path.exists() else None)
        line += 1
    assert None in left
    assert [each for each in left if each not in (None, WHOLE)] == []
    assert left[-1] == WHOLE


def test_what_fails_inside_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_folder(tmp_path / "above" / "model") as new:
        (new / "a").write_text((new / "b").read_text())
    assert below(tmp_path) == {"above"}


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with new_folder(tmp_path / "model") as new:
        (new / "a").write_text("a")
    assert below(tmp_path) == {"model", "model/a"}


def test_what_a_killed_writer_of_the_same_process_id_left_is_removed(tmp_path: Path) -> None:
    left = tmp_path / f".model.{os.getpid()}"
    left.mkdir()
    (left / "old").write_text("old")
    with new_folder(tmp_path / "model") as new:
        (new / "a").write_text("a")
    assert below(tmp_path) == {"model", "model/a"}


@pytest.mark.parametrize(
    ("taken", "said"),
    [("full", "it is not empty"), ("file", "it exists, and is no folder"), (".", "it is the current folder")],
)
def test_what_stands_there_is_left_alone(
    taken: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    before = below(tmp_path)
    path = Path(taken) if taken == "." else tmp_path / taken
    with pytest.raises(OSError, match=re.escape(said)), new_folder(path):
        raise AssertionError("the block was entered")
    assert below(tmp_path) == before
