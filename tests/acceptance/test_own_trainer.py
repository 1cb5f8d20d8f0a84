"""A user's own trainer, exactly as docs/own_trainer.md shows it: run, killed, and gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import tuner, tuner_in_background, wait_until
from tests.acceptance.test_interruptions import reports
from tests.tuner.own import write_example
from tuner.run.custom.trainable import CustomTrainable
from tuner.store.reading.reader import StudyStore
from tuner.study.trial import TrialSpec
from tuner.study.trial_record import TrialRecord

pytestmark = pytest.mark.acceptance

STUDY, TRIALS, EPOCHS = "nca-wine", 6, 60
BUDGET = f"budget={{trials: {TRIALS}, epochs: {EPOCHS}, grace_epochs: 20}}"
TWO_AT_ONCE = f"resources={{gpus: 0, cpus: {len(os.sched_getaffinity(0)) / 2}}}"


def records(folder: Path) -> list[TrialRecord]:
    return StudyStore.open(f"sqlite:///{folder}/tuner.db").load(STUDY).records()


def undisturbed(record: TrialRecord, folder: Path) -> dict[str, float]:
    spec = TrialSpec(
        0, {}, record.attributes["config"], EPOCHS, "recall_at_1", "maximize", 1, str(folder / "reference")
    )
    reported = list(CustomTrainable.named("nca:Nca").train(spec))
    if record.state == "COMPLETE":
        assert reported[-1].result is not None
        return dict(reported[-1].result)
    return dict(reported[record.attributes["epoch"] - 1].metrics)


def has_stopped_in_a_trial(driver: subprocess.Popen[str], folder: Path) -> bool:
    """Stop the driver for the moment, if a trial runs that has reported an epoch; it has two checkpoints."""
    driver.send_signal(signal.SIGSTOP)
    if list(folder.glob("runs/*/trial-*/state.before.bin")):
        return True
    driver.send_signal(signal.SIGCONT)
    return False


@pytest.mark.parametrize("where", [["--serial"], [TWO_AT_ONCE]], ids=["serial", "ray"])
def test_the_documented_trainer_is_killed_and_goes_on(
    where: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = "keep={checkpoint_seconds: 0}"
    launch: tuple[Any, ...] = ("launch", write_example(tmp_path), BUDGET, keep, *where, "--allow-code")
    driver = tuner_in_background(*launch, folder=tmp_path)
    wait_until(lambda: reports(f"sqlite:///{tmp_path}/tuner.db") >= 25)
    wait_until(lambda: has_stopped_in_a_trial(driver, tmp_path))
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    done = tuner(*launch, folder=tmp_path)
    assert done.returncode == 0, done.stderr

    trials = records(tmp_path)
    ended = [trial for trial in trials if trial.state in ("COMPLETE", "PRUNED")]
    assert len(ended) == TRIALS
    resumed = [trial for trial in ended if "retry_of" in trial.attributes]
    # The one that was being asked for when the driver was killed was nobody's yet, and is proposed anew.
    lost = [trial for trial in trials if trial.state == "FAIL" and "config" in trial.attributes]
    assert len(resumed) == len(lost) > 0
    assert any("checkpoint" in trials[trial.attributes["retry_of"]].attributes for trial in resumed)
    assert not any("checkpoint_lost" in trial.attributes for trial in trials)
    if TWO_AT_ONCE in where:
        assert len({trial.attributes["device"] for trial in ended}) >= 2

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "nca", raising=False)
    for trial in ended:
        expected = undisturbed(trial, tmp_path)
        assert {name: trial.attributes[name] for name in expected} == expected


def test_the_documented_study_finds_a_good_embedding(tmp_path: Path) -> None:
    done = tuner("launch", write_example(tmp_path), "--serial", "--allow-code", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert max(trial.values[0] for trial in records(tmp_path) if trial.state == "COMPLETE") > 0.9
