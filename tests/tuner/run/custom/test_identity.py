"""What is noted of a user's own code, and what a launch says of code that was changed."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.own import import_from
from tuner.errors import UsageError
from tuner.run.custom.identity import identity_of
from tuner.run.custom.loading import trainable_of
from tuner.run.ended import Launched
from tuner.run.launch import launch
from tuner.settings import Settings

SOURCE = """
class Mine:
    metrics = ("score",)

    def train(self, config, run):
        yield {"score": SCORE}
"""


def git(folder: Path, *words: str) -> str:
    named = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", "-C", folder, *named, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_the_hash_is_of_all_names_and_contents(tmp_path: Path) -> None:
    package = tmp_path / "mine"
    (package / "inner").mkdir(parents=True)
    (package / "inner" / "a.py").write_text("1")
    first = identity_of(package)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.pyc").write_bytes(b"made")
    assert identity_of(package) == first
    (package / "inner" / "a.py").rename(package / "inner" / "b.py")
    renamed = identity_of(package)
    (package / "inner" / "b.py").write_text("2")
    assert len({each["code_hash"] for each in (first, renamed, identity_of(package))}) == 3
    assert identity_of(package / "inner" / "b.py").keys() == {"code_hash"}
    assert identity_of(None) == {}


def test_a_name_that_is_no_utf_8_is_a_name(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).touch()
    first = identity_of(tmp_path)
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).rename(tmp_path / os.fsdecode(b"caf\xe8.txt"))
    assert identity_of(tmp_path) != first


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "memory").symlink_to("/proc/self/mem")
    with pytest.raises(UsageError, match=rf"^{tmp_path}/memory cannot be read: .*; workers would lack it: "):
        identity_of(tmp_path)


def launch_mine(trials: int, folder: Path) -> tuple[list[str], Launched]:
    same = {"search": "categorical", "choices": [0.5]}
    train = {"seed": 0, "x": same}
    config = toy_config(trials=trials, train=train, objectives=SINGLE, trainable="mine:Mine")
    said = io.StringIO()
    settings = Settings(storage=f"sqlite:///{folder}/tuner.db", runs_folder=folder / "runs", ray_address=None)
    launched = launch(
        config, trainable_of(config, allow_code=True), settings, Console(file=said), serial=True
    )
    return said.getvalue().splitlines(), launched


def test_code_that_was_changed_is_said_and_its_trials_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "mine.py"
    code.write_text(SOURCE.replace("SCORE", "0.1"))
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "mine.py")
    git(tmp_path, "commit", "-q", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    import_from(tmp_path, monkeypatch)
    said, _ = launch_mine(2, tmp_path)
    assert not any("code" in line for line in said)
    code.write_text(SOURCE.replace("SCORE", "0.25"))
    import_from(tmp_path, monkeypatch)
    said, launched = launch_mine(4, tmp_path)
    records = launched.study.records()
    first, _, second, _ = hashes = [record.attributes["code_hash"] for record in records]
    assert hashes == [first, first, second, second]
    assert first != second
    assert [record.values for record in records] == [(0.1,), (0.1,), (0.25,), (0.25,)]
    assert [record.attributes.get("same_as") for record in records] == [None, 0, None, 2]
    assert {record.attributes["code_commit"].rstrip("+") for record in records} == {commit}
    line = f"study toy: the code of mine:Mine is {second} (commit {commit[:9]}"
    assert any(each.startswith(line) for each in said)
    assert any(f", and was {first} (commit {commit[:9]}) in 2 trials: their results" in each for each in said)
