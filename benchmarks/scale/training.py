"""The study that is simulated, and its trainings: minutes long, of ten epochs, each with its own speed."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.store.driven import METRICS, PLACE
from tuner.config.study_config import StudyConfig
from tuner.study.trial import Report, Span, TrialSpec

TRIAL_SECONDS, EPOCHS = 300.0, 10
_SPREAD = 0.3  # of the logarithm of a trial's speed


def config(trials: int, sampler: str, stopping: str = "none") -> StudyConfig:
    """Return a study of six parameters and two objectives."""
    unit = {"search": "float", "low": 0.0, "high": 1.0}
    rate = {"search": "float", "low": 1e-5, "high": 1e-1, "log": True}
    data = {
        "study": "scale",
        "objectives": [
            {"metric": "score", "direction": "maximize"},
            {"metric": "cost", "direction": "minimize"},
        ],
        "budget": {"trials": trials, "epochs": EPOCHS},
        "sampler": {"name": sampler, "seed": 0},
        "early_stopping": {"name": stopping},
        "train": {
            **{"margin": unit, "dropout": unit, "label_share": unit, "lr": rate, "weight_decay": rate},
            "lsdim": {"search": "categorical", "choices": [4, 16, 64]},
        },
    }
    return StudyConfig.from_json(json.dumps(data))


def training(spec: TrialSpec) -> Iterator[tuple[float, Report]]:
    """Yield what a trial reports, and after how many seconds; the last report comes at once, as on Ray."""
    chance = random.Random(spec.number)
    seconds = TRIAL_SECONDS / EPOCHS * math.exp(chance.gauss(0.0, _SPREAD))
    cost = float(spec.config["label_share"])
    best = math.sqrt(cost) - (spec.config["margin"] - 0.3) ** 2
    started, state = datetime.now(UTC), f"{spec.folder}/state.pt"
    metrics: dict[str, float] = {}
    for epoch in range(1, EPOCHS + 1):
        metrics = dict(zip(METRICS, (best * (1 - math.exp(-epoch / 3)), cost), strict=True))
        facts = PLACE if epoch == 1 else {}
        yield seconds, Report(epoch, metrics, state, facts=facts, span=Span(started, epoch * seconds))
    yield 0.0, Report(EPOCHS, {}, state, result=metrics, span=Span(started, EPOCHS * seconds))
