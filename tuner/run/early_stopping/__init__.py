"""Which running trials to stop before their last epoch; one file a rule."""

from __future__ import annotations

from tuner.config.study_config import StudyConfig
from tuner.run.early_stopping.asha import Asha
from tuner.run.early_stopping.median import MedianRule
from tuner.run.early_stopping.rule import EarlyStopping, NeverStop


def early_stopping_of(config: StudyConfig) -> EarlyStopping:
    """The rule that a study's config names."""
    rule = config.early_stopping
    epochs, grace_epochs = config.budget.epochs, config.budget.grace_epochs
    if rule.name == "asha":
        return Asha(epochs=epochs, grace_epochs=grace_epochs, reduction_factor=rule.reduction_factor)
    if rule.name == "median":
        return MedianRule(epochs=epochs, grace_epochs=grace_epochs, startup_trials=rule.startup_trials)
    return NeverStop()
