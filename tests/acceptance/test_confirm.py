"""A confirmation that is killed loses nothing: the same command ends it, with the same numbers."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.acceptance.command_line import DR_TRIPLET, tuner, tuner_in_background, wait_until
from tuner.run import trainable
from tuner.run.confirm.jobs import spec_of
from tuner.store.confirmations.confirmation import Confirmation
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.reading.reader import StudyStore
from tuner.store.reading.study_view import StudyView

pytestmark = pytest.mark.acceptance

STUDY = "dr-triplet-digits"
TIMINGS = {"train_seconds", "embed_ms_per_image"}


def undisturbed(view: StudyView, confirmation: Confirmation, folder: Path) -> dict[str, float]:
    (record,) = view.records([confirmation.job.trial])
    spec = spec_of(0, confirmation.job, record, view.config, str(folder / "reference"))
    *_, last = trainable.train(spec)
    assert last.result is not None
    return {name: value for name, value in last.result.items() if name not in TIMINGS}


def test_kill_it_and_run_the_same_command_again(tmp_path: Path) -> None:
    study = ("budget={trials: 1, epochs: 8}", "keep={checkpoint_seconds: 0}")
    launched = tuner("launch", DR_TRIPLET, *study, "--serial", folder=tmp_path)
    assert launched.returncode == 0, launched.stderr
    view = StudyStore.open(f"sqlite:///{tmp_path}/tuner.db").load(STUDY)
    folder = tmp_path / "runs" / view.folder_name / "confirm"
    confirm = ("confirm", STUDY, "--seeds", "2", "--serial")
    running = tuner_in_background(*confirm, folder=tmp_path)
    # A job's state is there before its row is: it is killed between, in the first or in the second.
    wait_until(lambda: list(folder.glob("*/state.before.safetensors")), 60)
    running.send_signal(signal.SIGKILL)
    running.wait()
    left = confirmations_of(view)
    assert len(left) < 2
    done = tuner(*confirm, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    rows = confirmations_of(view)
    assert [(each.job.seed, each.state) for each in rows] == [(1000, "COMPLETE"), (1001, "COMPLETE")]
    assert rows[: len(left)] == left
    for row in rows:
        expected = undisturbed(view, row, tmp_path / str(row.job.seed))
        assert {name: row.test[name] for name in expected} == expected
    again = tuner(*confirm, folder=tmp_path)
    assert (again.returncode, again.stdout) == (0, done.stdout)
    assert confirmations_of(view) == rows
