"""SIGINT, SIGTERM, SIGHUP at every stage of a launch, once and twice, and where nothing but force helps."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.command_line import OWN_STUDY, ROOT, environment, tuner, tuner_in_background, wait_until
from tuner.errors import UsageError
from tuner.store.reading.reader import StudyStore
from tuner.study.trial_record import TrialRecord

pytestmark = pytest.mark.acceptance

LAUNCH = ("launch", "study.yaml", "--allow-code")
TRAINER = """
import ctypes
from pathlib import Path

def hang():
    "In a call that no signal interrupts."
    c, mutex = ctypes.CDLL(None), ctypes.create_string_buffer(64)
    c.pthread_mutex_lock(mutex)
    c.pthread_mutex_lock(mutex)

class Mine:
    metrics = ("score",)

    def train(self, config, run):
        for epoch in range(run.epochs_done + 1, run.epochs + 1):
            if epoch == 2 and Path("hangs").exists():
                hang()
            yield {"score": config["x"] * epoch}, b"state"
"""
# Runs the program; as it comes to the end of a function for the first time, it is sent a signal.
PROGRAM = """
import importlib, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell ignores for what it runs behind
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup ignores
from tuner.run.on_ray.environment import set_ray_environment
set_ray_environment(None)  # before anything imports Ray
module, _, path = os.environ["STAGE"].partition(":")
holder = importlib.import_module(module)
*classes, name = path.split(".")
for each in classes:
    holder = getattr(holder, each)
function = getattr(holder, name)
numbers = [int(os.environ["NUMBER"])]

def then_signalled(*arguments, **named):
    try:
        return function(*arguments, **named)
    finally:
        if numbers:
            os.kill(os.getpid(), numbers.pop())

setattr(holder, name, then_signalled)
from tuner.__main__ import main
main()
"""


@pytest.fixture(autouse=True)
def _study(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(OWN_STUDY)
    (tmp_path / "mine.py").write_text(TRAINER)


def records(folder: Path) -> list[TrialRecord]:
    try:
        return StudyStore.open(f"sqlite:///{folder}/tuner.db").load("own").records()
    except UsageError:  # no study yet
        return []


def goes_on_to_its_budget(folder: Path) -> None:
    done = tuner(*LAUNCH, "--serial", folder=folder)
    assert done.returncode == 0, done.stderr
    states = Counter(record.state for record in records(folder))
    assert states["COMPLETE"] == 2
    assert set(states) <= {"COMPLETE", "FAIL"}
    for record in records(folder):
        assert record.state == "FAIL" or record.values == (record.params["x"] * 2,)


@pytest.mark.parametrize(
    ("stage", "number", "options"),
    [
        ("tuner.run.node:write_into", signal.SIGINT, []),  # before the store is opened
        ("tuner.run.node:write_into", signal.SIGTERM, []),
        ("ray._private.utils:set_sigterm_handler", signal.SIGINT, []),  # while Ray starts
        ("ray._private.utils:set_sigterm_handler", signal.SIGTERM, []),
        ("tuner.run.on_ray.devices:share_for", signal.SIGTERM, []),
        ("tuner.study.study:Study.ask", signal.SIGTERM, []),
        ("tuner.study.study:Study.ask", signal.SIGINT, ["--serial"]),
        ("tuner.study.study:Study.report", signal.SIGTERM, ["--serial"]),
        ("tuner.study.study:Study.report", signal.SIGHUP, ["--serial"]),
        ("tuner.study.study:Study.tell", signal.SIGINT, ["--serial"]),
    ],
)
def test_a_signal_ends_a_launch_well_at_every_stage(
    stage: str, number: signal.Signals, options: list[str], tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *LAUNCH, *options],
        cwd=tmp_path,
        env=environment(STAGE=stage, NUMBER=str(int(number)), PYTHONPATH=f"{ROOT}:{tmp_path}"),
        capture_output=True,
        text=True,
        check=False,
    )
    # A shell says 128 + N of both.
    assert ended.returncode in (128 + number, -number), ended.stderr
    assert "Traceback" not in ended.stderr
    assert "RUNNING" not in {record.state for record in records(tmp_path)}
    if ended.returncode > 0 and (tmp_path / "tuner.db").exists():
        resume = shlex.join(["python", "-m", "tuner", "resume", *options, "--allow-code", "own"])
        assert f"{resume}  # interrupted by {number.name}" in ended.stderr
    goes_on_to_its_budget(tmp_path)


def test_a_training_that_hangs_is_ended_when_the_grace_is_over(tmp_path: Path) -> None:
    (tmp_path / "hangs").touch()
    driver = tuner_in_background(
        *LAUNCH, "--serial", "budget={trials: 2, epochs: 2, stop_grace_seconds: 5}", folder=tmp_path
    )
    wait_until(lambda: any("checkpoint" in record.attributes for record in records(tmp_path)))
    driver.terminate()
    assert driver.wait(120) == 128 + signal.SIGTERM
    said = (tmp_path / "said.txt").read_text()
    assert said.splitlines()[-1] == (
        "python -m tuner resume --serial --allow-code own  # interrupted by SIGTERM"
    )
    assert [record.state for record in records(tmp_path)] == ["FAIL", "WAITING"]
    (tmp_path / "hangs").unlink()
    goes_on_to_its_budget(tmp_path)


def test_a_second_signal_ends_a_launch_at_once(tmp_path: Path) -> None:
    (tmp_path / "hangs").touch()
    driver = tuner_in_background(
        *LAUNCH, "--serial", "budget={trials: 2, epochs: 2, stop_grace_seconds: 86400}", folder=tmp_path
    )
    wait_until(lambda: any("checkpoint" in record.attributes for record in records(tmp_path)))

    def ended() -> bool:
        driver.send_signal(signal.SIGINT)
        return driver.poll() is not None

    wait_until(ended)
    assert driver.returncode == 128 + signal.SIGINT
    (tmp_path / "hangs").unlink()
    goes_on_to_its_budget(tmp_path)


def test_a_hung_trial_of_a_serial_launch_ends_it_and_the_next_one_goes_on(tmp_path: Path) -> None:
    (tmp_path / "hangs").touch()
    stalled = "budget={trials: 2, epochs: 2, stall_minutes: 0.1}"
    ended = tuner(*LAUNCH, "--serial", stalled, folder=tmp_path)
    assert ended.returncode == 4, ended.stderr
    assert ended.stderr.splitlines()[-1] == (
        "trial 0 took too long, and with --serial it can only be ended with the launch; go on with the next "
        "one: python -m tuner resume --serial --allow-code own"
    )
    first, second = records(tmp_path)
    assert (first.state, second.state) == ("FAIL", "WAITING")
    assert first.attributes["reason"].startswith("stall_minutes: no report for the 0.1 minutes")
    assert second.attributes["attempt"] == 2
    (tmp_path / "hangs").unlink()
    goes_on_to_its_budget(tmp_path)
