"""A trial that was asked for, as what a worker needs to train it."""

from __future__ import annotations

from pathlib import Path

import optuna

from tuner.config.study_config import StudyConfig
from tuner.study.trial import TrialSpec


def spec_of(trial: optuna.Trial, config: StudyConfig, folder: Path) -> TrialSpec:
    """The trial with a value for each of its parameters, proposed here; its checkpoints go below `folder`."""
    filled = config.space.suggest(trial)
    attributes = trial.user_attrs
    origin = attributes.get("retry_of", trial.number)  # all attempts of a training share its folder
    return TrialSpec(
        number=trial.number,
        params=trial.params,
        config=filled,
        epochs=config.budget.epochs,
        metric=config.primary.metric,
        direction=config.primary.direction,
        cpus=config.resources.cpus,
        folder=str(folder / f"trial-{origin:05d}"),
        checkpoint=attributes.get("checkpoint"),
        reported=attributes.get("epoch", 0),
        attempt=attributes.get("attempt", 1),
        retry_of=attributes.get("retry_of"),
        lost_on=attributes.get("lost_on"),
    )
