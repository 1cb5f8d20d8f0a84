"""A small study that is driven without training: two parameters, two objectives, TPE."""

from __future__ import annotations

import json
from pathlib import Path

from tuner.config.study_config import StudyConfig
from tuner.study.outcome import Completed
from tuner.study.study import Study
from tuner.study.trial import TrialSpec

METRICS = ("score", "cost")
PLACE = {"node": "a", "node_id": "b", "device": "gpu:0", "seed": 0, "seconds": 1.0}
"""Facts such as a first report has."""


def config(name: str, trials: int, epochs: int = 1) -> StudyConfig:
    """Return the study of this name."""
    unit = {"search": "float", "low": 0.0, "high": 1.0}
    data = {
        "study": name,
        "objectives": [
            {"metric": "score", "direction": "maximize"},
            {"metric": "cost", "direction": "minimize"},
        ],
        "budget": {"trials": trials, "epochs": epochs},
        "sampler": {"name": "tpe", "seed": 0},
        "early_stopping": {"name": "none"},
        "train": {"x": unit, "y": unit},
    }
    return StudyConfig.from_json(json.dumps(data))


def ask(study: Study, folder: Path) -> TrialSpec:
    """Return the next trial of a study that has one."""
    spec = study.ask(folder, {"node": "a", "device": "gpu:0"})
    assert spec is not None
    return spec


def finished(spec: TrialSpec) -> Completed:
    """Return what the trial completes with."""
    x, y = spec.config["x"], spec.config["y"]
    return Completed({"score": 1 - (x - 0.3) ** 2, "cost": x + y})
