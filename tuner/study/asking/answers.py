"""Trials whose configuration has been trained before: they have its result, and are not trained again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from tuner.config.study_config import StudyConfig
from tuner.study.asking.queue import key_of
from tuner.study.history import History, results_in
from tuner.study.trial import TrialSpec


@dataclass(frozen=True)
class Answered:
    """How a trial ends that is not trained.

    Attributes:
        same_as: the number of the trial whose result it has.
        values: one an objective.
        constraints: how far it is beyond each bound, by the constraint's key.
        attributes: what is known of it beside what the other's attributes say.
    """

    same_as: int
    values: Sequence[float]
    constraints: Mapping[str, float]
    attributes: dict[str, Any]

    def metrics(self, config: StudyConfig) -> dict[str, float]:
        """Return what was measured of the study's objectives and constraints."""
        measured = {each.metric: each.measured(self.constraints[each.key]) for each in config.constraints}
        names = (objective.metric for objective in config.objectives)
        return measured | dict(zip(names, self.values, strict=True))


class Answers:
    """The completed trials of a study, by what was trained.

    In one study equal parameters give equal configs, and with as many epochs the same training. A user's own
    trainer may draw at random unless its config has a seed, and its code may change: then nothing is known.

    Args:
        config: the study's.
        history: its trials.
        code_hash: what `code_hash` of trials has to be: that of the user's own code, if there is such.
    """

    def __init__(self, config: StudyConfig, history: History, code_hash: str | None = None) -> None:
        self._code_hash = code_hash
        self._epochs = config.budget.epochs
        self._repeatable = config.trainable is None or "seed" in config.train
        self._trials: dict[frozenset[tuple[str, str]], FrozenTrial] = {}
        for trial in history.trials(TrialState.COMPLETE):
            self.add(trial)

    def add(self, trial: FrozenTrial) -> None:
        """Note a trial that has completed."""
        trained = trial.user_attrs.get("epochs"), trial.user_attrs.get("code_hash")
        if self._repeatable and trained == (self._epochs, self._code_hash):
            self._trials.setdefault(key_of(trial.params), trial)

    def discard(self, number: int) -> None:
        """Forget a trial: another program deleted it, or it did not complete after all."""
        self._trials = {key: trial for key, trial in self._trials.items() if trial.number != number}

    def of(self, spec: TrialSpec) -> Answered | None:
        """Return the result of a trial that is to be trained; None if it is not known."""
        trial = None if spec.retry_of is not None else self._trials.get(key_of(spec.params))
        if trial is None:
            return None
        attributes = {"same_as": trial.number, "seconds": 0.0, **results_in(trial.user_attrs)}
        return Answered(trial.number, trial.values, trial.constraints, attributes)
