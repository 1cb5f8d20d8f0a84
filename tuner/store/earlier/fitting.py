"""Which results of an earlier study are results of a new one: those of the same trainings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from formats.messages import format_value
from tuner.config.differences import difference_lines
from tuner.config.roots import with_absolute_roots
from tuner.config.space.holes import Hole
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.study.trial_record import TrialRecord

_ABSENT = object()


class Unfit(Exception):  # noqa: N818 - nothing went wrong: it says why a trial is left out
    """Why a trial is no trial of the new study."""


def refuse_unlike(earlier: StudyConfig, config: StudyConfig) -> None:
    """Return if trainings of one study can be trainings of the other.

    Raises:
        UsageError: they differ in what decides the result of every training.
    """
    differing = {
        "trainable": (earlier.trainable, config.trainable),
        "budget.epochs": (earlier.budget.epochs, config.budget.epochs),
        "the first of objectives": (earlier.primary, config.primary),
        "replicates": (earlier.replicates, config.replicates),
    }
    for name, (before, now) in differing.items():
        if before != now:
            raise UsageError(
                f"study {earlier.study!r} has another {name} than {config.study!r}: none of its trials fits; "
                "give both the same, or leave out --from"
            )


def params_in(config: StudyConfig, record: TrialRecord, earlier: StudyConfig) -> dict[str, Any]:
    """Return the parameters under which the new study would have trained an earlier trial.

    Args:
        config: the new study's.
        record: a trial that completed or was stopped.
        earlier: the config of its study.

    Raises:
        Unfit: the new study would not have trained it, or it lacks a metric of an objective or a constraint.
    """
    if "same_as" in record.attributes:
        raise Unfit("the same training as another trial")
    epochs = record.attributes.get("epochs", config.budget.epochs)
    if epochs != config.budget.epochs:  # the budget of its study was changed on the way
        raise Unfit(f"trained with budget.epochs {epochs}")
    rule = earlier.early_stopping
    if rule != config.early_stopping and str(record.attributes.get("reason")).startswith(f"{rule.name}: "):
        raise Unfit(f"stopped by {rule.name}, which is not this study's early_stopping")
    if record.state == "COMPLETE":
        for metric in config.metrics:
            value = record.attributes.get(metric)
            if not isinstance(value, int | float) or not math.isfinite(value):
                raise Unfit(f"no {metric}")
    trained = with_absolute_roots({"train": earlier.space.fill(record.params)})["train"]
    params: dict[str, Any] = {}

    def known(name: str, hole: Hole) -> Any:
        value = record.params.get(name, _ABSENT)
        value = _at(trained, name) if value is _ABSENT else value
        if value is _ABSENT or isinstance(value, dict | list):
            raise Unfit(f"no value for {name}")
        if not hole.holds(value):
            raise Unfit(f"{name} outside of the search space")
        params[name] = value
        return value

    differences = difference_lines(trained, config.space.choose(known))
    if differences:
        raise Unfit(f"another train.{differences[0].partition(':')[0]}")
    return params


def points_in(config: StudyConfig, record: TrialRecord) -> tuple[dict[str, Any], list[str]]:
    """Return those parameters of a trial that the study's search space holds, and a line for each other."""
    problems = config.space.problems_of(record.params)
    held = {name: value for name, value in record.params.items() if name not in problems}
    known = config.space.names
    return held, [
        f"{name} {format_value(record.params[name]) if name in known else '(not searched)'}"
        for name in problems
    ]


def _at(tree: Mapping[str, Any], name: str) -> Any:
    """Return the value at a dotted path of a config, if it is there."""
    node: Any = tree
    for step in name.split("."):
        if not isinstance(node, Mapping) or step not in node:
            return _ABSENT
        node = node[step]
    return node
