"""Output that nobody can take: messages are dropped and the study goes on, lost results are one line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.command_line import OWN_STUDY, command, environment, tuner

pytestmark = pytest.mark.acceptance

TRAINER = """
class Mine:
    metrics = ("score",)

    def train(self, config, run):
        for _ in range(run.epochs):
            yield {"score": config["x"]}
"""
TRIALS = 6
FULL = "stdout cannot be written to: No space left on device"
CLOSED = "stdout is closed; the result could not be written"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.py").write_text(TRAINER)
    (tmp_path / "own.yaml").write_text(OWN_STUDY)
    return tmp_path


def in_shell(verb: str, folder: Path, redirections: str = "", **changes: str) -> tuple[int, str, str]:
    """Run the program in bash, with redirections of it; its own exit code, and what was left to read."""
    words = " ".join(command(*verb.split()))
    done = subprocess.run(
        ["bash", "-c", f"{words} {redirections}; exit ${{PIPESTATUS[0]}}"],
        cwd=folder,
        env=environment(**changes),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def launch(folder: Path, redirections: str, **changes: str) -> tuple[int, str, str]:
    return in_shell(
        f"launch own.yaml budget.trials={TRIALS} --serial --allow-code", folder, redirections, **changes
    )


def completed(folder: Path) -> int:
    (status,) = json.loads(tuner("status", "--json", folder=folder).stdout)
    return int(status["completed"])


@pytest.mark.parametrize("redirections", ["2>/dev/full", "2>&-"])
def test_messages_that_nobody_can_read_are_dropped(folder: Path, redirections: str) -> None:
    exit_code, result, _ = launch(folder, redirections)
    assert (exit_code, completed(folder)) == (0, TRIALS)
    assert "front of own" in result


def test_a_reader_that_left_a_pipe_has_seen_enough(folder: Path) -> None:
    exit_code, result, messages = launch(folder, "2>&1 | head -1")
    assert (exit_code, completed(folder), messages) == (0, TRIALS, "")
    assert len(result.splitlines()) == 1
    assert in_shell("export own", folder, "| head -c 9") == (0, "trial,sta", "")


@pytest.mark.parametrize(("redirection", "line"), [(">/dev/full", FULL), (">&-", CLOSED)])
def test_a_result_that_is_lost_is_one_line(folder: Path, redirection: str, line: str) -> None:
    exit_code, _, messages = launch(folder, redirection)
    assert (exit_code, completed(folder)) == (1, TRIALS)
    lines = messages.splitlines()
    assert lines[TRIALS - 1].startswith(f"[{TRIALS}/{TRIALS}] trial ")
    assert "python -m tuner status own" in messages
    assert lines[-1] == line
    for verb in ("front own", "export own"):
        assert in_shell(verb, folder, redirection) == (1, "", f"{line}\n")


def test_characters_that_an_encoding_lacks_are_replaced(folder: Path) -> None:
    exit_code, result, messages = launch(folder, "", PYTHONIOENCODING="ascii")
    assert exit_code == 0
    assert "score ?" in result
    assert "Traceback" not in messages
