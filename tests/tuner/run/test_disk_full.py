"""A runs folder whose disk is full: the study goes on, and says what it cannot keep."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rich.console import Console

from tests.full_disk import disk_full_above
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.run import trainable
from tuner.run.launch import launch
from tuner.settings import Settings

TRAIN: dict[str, Any] = {
    "dataset": {"name": "digits"},
    "backbone": {"name": "mlp", "hidden": [16]},
    "lsdim": 4,
    "loss": {"name": "triplet", "margin": {"search": "float", "low": 0.1, "high": 0.3}},
    "batch": {"classes": 4, "per_class": 4, "steps_per_epoch": 1},
    "device": "cpu",
}
STUDY = {
    "objectives": [{"metric": "recall_at_1", "direction": "maximize"}],
    "trials": 2,
    "epochs": 2,
    "keep": {"checkpoint_seconds": 0},
}
EMPTY_PROBE_BYTES = 1024


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_study_completes_without_checkpoints(postgres_url: str, tmp_path: Path) -> None:
    said = io.StringIO()
    settings = Settings(storage=postgres_url, runs_folder=tmp_path / "runs", ray_address=None)
    config = toy_config(train=TRAIN, **STUDY)
    with disk_full_above(EMPTY_PROBE_BYTES):
        launched = launch(config, trainable, settings, Console(file=said), serial=True)
    records = launched.study.records()
    assert [record.state for record in records] == ["COMPLETE"] * 2
    for record in records:
        assert record.attributes["checkpoint_failed"] == "epoch 2: [Errno 27] File too large"
        assert "checkpoint" not in record.attributes
    lines = said.getvalue().splitlines()
    for number in (0, 1):
        warned = f"trial {number} goes on without a checkpoint: epoch 1: [Errno 27] File too large"
        assert lines.count(warned) == 1


def test_little_room_is_told_before_the_first_trial(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(2**40, 2**40 - 2**29, 2**29))
    said = io.StringIO()
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path, said=said)
    runs = tmp_path / "runs"
    first = said.getvalue().splitlines()[0]
    assert first == f"TUNER_RUNS: only 0.5 GiB are free in {runs}; make room for checkpoints"
