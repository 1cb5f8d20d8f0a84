"""A trial as what a worker needs to train it, and what one attempt hands on to the next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial

from tuner.config.study_config import StudyConfig
from tuner.study.replicates import OF_CONFIG, config_of, folder_of, label_of
from tuner.study.trial import IN_DRIVER, MAX_ATTEMPTS, TrialSpec
from tuner.versions import git_commit, versions

_HANDED_ON = ("checkpoint", "epoch", "lost_on", "results")


def spec_of(trial: optuna.Trial, config: StudyConfig, folder: Path) -> TrialSpec:
    """Return the trial with a value for each of its parameters, proposed here.

    Args:
        trial: the trial, just asked for.
        config: the study's.
        folder: the study's; all attempts of a training share a folder below it.
    """
    filled = config.space.suggest(trial)
    attributes = trial.user_attrs
    origin = attributes.get("retry_of", trial.number)
    results = attributes.get("results", ())
    return TrialSpec(
        number=trial.number,
        params=trial.params,
        config=config_of(filled, config.replicates, len(results)),
        epochs=config.budget.epochs,
        metric=config.primary.metric,
        direction=config.primary.direction,
        cpus=config.resources.cpus,
        checkpoint_seconds=config.keep.checkpoint_seconds,
        folder=folder_of(str(trial_folder(folder, origin)), len(results)),
        checkpoint=attributes.get("checkpoint"),
        reported=attributes.get("epoch", 0),
        attempt=attributes.get("attempt", 1),
        retry_of=attributes.get("retry_of"),
        lost_on=attributes.get("lost_on"),
        results=results,
        label=label_of(trial.number, len(results), config.replicates),
    )


def trial_folder(folder: Path, origin: int) -> Path:
    """Return the folder of all attempts at a trial, in that of its study, by the number of the first."""
    return folder / f"trial-{origin:05d}"


def attributes_of_ask(spec: TrialSpec, driver: str, place: Mapping[str, str]) -> dict[str, Any]:
    """Return what the store keeps of a trial from the moment it is asked for.

    Args:
        spec: the trial.
        driver: the token of the driver that asks.
        place: where the trial will run, if that is known, and by which code beside this project's.
    """
    return {
        "asked_by": driver,
        "attempt": spec.attempt,
        "epochs": spec.epochs,
        "from_epoch": spec.reported,
        **({"from_training": len(spec.results)} if spec.results else {}),
        "versions": versions(),
        "git_commit": git_commit(),
        **({} if spec.results else {"config": spec.config}),  # else it is handed on
        **place,
    }


def next_attempt(trial: FrozenTrial, *, lost: bool) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the parameters and attributes of a trial's next attempt; None if it cannot have one.

    Args:
        trial: the trial, still running.
        lost: whether this attempt is used up: its machine is at fault, not its driver.
    """
    attributes = trial.user_attrs
    if not trial.params and "config" not in attributes:
        return None  # its driver was killed while asking for it: nobody has seen its parameters
    used_up = lost or _died_with_its_driver(attributes)
    attempt = attributes.get("attempt", 1) + used_up
    if attempt > MAX_ATTEMPTS:
        return None
    follows = {
        "follows": trial.number,
        "retry_of": attributes.get("retry_of", trial.number),
        "attempt": attempt,
    }
    handed_on = (*_HANDED_ON, *(OF_CONFIG if "results" in attributes else ()))
    follows |= {name: attributes[name] for name in handed_on if name in attributes}
    if lost and "node_id" in attributes:
        follows["lost_on"] = attributes["node_id"]
    return dict(trial.params), follows


def _died_with_its_driver(attributes: Mapping[str, Any]) -> bool:
    """Whether a trial that trained in its driver's process may have ended it.

    Nobody can tell it from a driver that was killed, so it counts as an attempt unless it got further than
    the one before.
    """
    in_driver = str(attributes.get("device", "")).startswith(IN_DRIVER)
    reached = len(attributes.get("results", ())), attributes.get("epoch", 0)
    return in_driver and reached <= (attributes.get("from_training", 0), attributes.get("from_epoch", 0))
