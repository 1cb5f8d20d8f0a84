"""Study configs for the toy trainable."""

from __future__ import annotations

import json
from typing import Any

from tuner.config.sections import Budget
from tuner.config.study_config import StudyConfig

RANGE = {"search": "float", "low": 0.0, "high": 1.0}


def toy_config(**changes: Any) -> StudyConfig:
    """A small study of the toy; `trials`, `epochs`, … go to the budget, `behaviour` to the trainable."""
    budget = {"trials": 6, "epochs": 4, "grace_epochs": 1, "failures": 10, "failures_in_a_row": None}
    budget |= {key: changes.pop(key) for key in list(changes) if key in Budget.model_fields}
    train = {"x": RANGE}
    of_train = ("behaviour", "epoch_seconds", "until", "x", "kind", "hangs")
    train |= {key: changes.pop(key) for key in list(changes) if key in of_train}
    data: dict[str, Any] = {
        "study": "toy",
        "objectives": [
            {"metric": "score", "direction": "maximize"},
            {"metric": "cost", "direction": "minimize"},
        ],
        "budget": budget,
        "sampler": {"name": "tpe", "seed": 0},
        "early_stopping": {"name": "none"},
        "train": train,
    }
    return StudyConfig.from_json(json.dumps(data | changes))


SINGLE = [{"metric": "score", "direction": "maximize"}]
