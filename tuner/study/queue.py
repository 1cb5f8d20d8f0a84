"""What is asked before the sampler proposes anything: the points of a grid, and trials that go on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import optuna


def queue_grid(study: optuna.Study, values: Mapping[str, Sequence[Any]]) -> None:
    """Queues each point of a grid that the study does not have yet, whatever became of it."""
    for point in itertools.product(*values.values()):
        study.enqueue_trial(dict(zip(values, point, strict=True)), skip_if_exists=True)


def queue_again(study: optuna.Study, number: int, attempt: int | None = None) -> None:
    """Queues a trial's parameters again, to go on from its last checkpoint; once, however often it is called.

    Args:
        study: the study.
        number: the trial, not yet ended: were it ended first, a driver killed in between would lose it.
        attempt: the number of the next attempt, if its machine is at fault; else it is the trial's.
    """
    trials = study.get_trials(deepcopy=False)
    trial = next(each for each in trials if each.number == number)
    attributes = trial.user_attrs
    # Until it has its config it has only what was queued, which may be a part of its parameters, or nothing.
    params = trial.params if "config" in attributes else trial.system_attrs.get("fixed_params", {})
    if not params and "config" not in attributes:
        return  # its driver was killed while asking for it: nobody has seen all its parameters
    if any(other.user_attrs.get("follows") == number for other in trials):
        return
    follows = {
        "follows": number,
        "retry_of": attributes.get("retry_of", number),
        "attempt": attempt or attributes.get("attempt", 1),
    }
    follows |= {name: attributes[name] for name in ("checkpoint", "epoch", "lost_on") if name in attributes}
    if attempt is not None and "node_id" in attributes:
        follows["lost_on"] = attributes["node_id"]
    study.enqueue_trial(params, user_attrs=follows)
