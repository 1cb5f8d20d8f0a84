"""A trainable without torch: a score that grows with the epochs, and every way to end a training."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from formats.problems import ConfigProblems, Problem
from tuner.config.study_config import StudyConfig
from tuner.study.trial import Report, TrialSpec

metrics = ("score", "cost")
BEHAVIOURS = (
    "good",
    "raises",
    "silent",
    "stops_short",
    "not_a_number",
    "lacks_cost",
    "diverges",
    "dies",
    "dies_once",
)


def check(train: Mapping[str, Any], study: StudyConfig) -> None:
    if train.get("behaviour", "good") not in BEHAVIOURS:
        raise ConfigProblems([Problem(("behaviour",), f"unknown; allowed: {', '.join(BEHAVIOURS)}")])


def prepare(train: Mapping[str, Any], study: StudyConfig) -> None:
    pass


def score(x: float, epoch: int) -> float:
    return (1 - (x - 0.3) ** 2) * (1 - 0.5**epoch)


def facts() -> dict[str, str | None]:
    seen = {"gpus_seen": "CUDA_VISIBLE_DEVICES", "threads": "OMP_NUM_THREADS"}
    found = {"split_hash": "toy", "folder": str(Path.cwd())}
    return found | {name: os.environ.get(variable) for name, variable in seen.items()}


def hang(how: str) -> None:
    """For ever: in a step that other threads can interrupt, or in one of C's that lets nobody in."""
    while how == "asleep":
        time.sleep(1)
    if how == "in_c":
        re.match(r"(a+)+$", "a" * 64 + "b")


def train(spec: TrialSpec) -> Iterator[Report]:
    x, behaviour = float(spec.config["x"]), spec.config.get("behaviour", "good")
    state = Path(spec.folder) / "state.safetensors"
    begun = json.loads(Path(spec.checkpoint).read_text())["epoch"] if spec.checkpoint else 0
    if behaviour == "silent":
        return
    for epoch in range(spec.reported + 1, begun + 1):
        yield Report(epoch, {"score": score(x, epoch), "cost": x}, str(state))
    for epoch in range(begun + 1, spec.epochs + 1):
        time.sleep(spec.config.get("epoch_seconds", 0))
        while epoch == 2 and "until" in spec.config and not Path(spec.config["until"]).exists():
            time.sleep(0.05)
        if epoch == 2 and spec.attempt == 1 and "hangs" in spec.config:
            hang(spec.config["hangs"])
        if behaviour == "raises":
            raise RuntimeError("the trainer broke")
        if epoch == 2 and (behaviour == "dies" or (behaviour == "dies_once" and spec.attempt == 1)):
            os.kill(os.getpid(), signal.SIGKILL)
        measured = {"score": float("nan") if behaviour == "not_a_number" else score(x, epoch), "cost": x}
        if behaviour == "lacks_cost":
            del measured["cost"]
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(json.dumps({"epoch": epoch}))
        if behaviour == "diverges" and epoch == 2:
            yield Report(
                epoch, {"score": float("inf"), "cost": x}, stopped="diverged: loss is inf at epoch 2"
            )
            return
        if behaviour == "stops_short" and epoch == 2:
            return
        result = measured if epoch == spec.epochs else None
        yield Report(epoch, measured, str(state), result, facts=facts())
