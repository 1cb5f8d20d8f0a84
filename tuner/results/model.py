"""Writes the models of a study's trials: which trials, where their weights lie, what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from formats.durable_folder import new_folder, require_free
from tuner.errors import UsageError
from tuner.results.confirmed import confirmed_objects
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.reading.study_view import StudyView
from tuner.study.replicates import trial_folder_of
from tuner.study.trial_record import TrialRecord

WriteModel = Callable[[Path, Path, Mapping[str, Any]], Mapping[str, float]]
"""From the folder of a training, the folder of its model and where it comes from to the metrics it has."""

MODEL = "model.safetensors"
_KNOWN = ("device_name", "versions", "git_commit")


def chosen(view: StudyView, trial: int | None, *, front: bool) -> list[TrialRecord]:
    """Return the trials whose models are wanted, the best of the first objective first.

    Args:
        view: the study.
        trial: the number of one; the best on the front if none is named.
        front: all of the front instead.

    Raises:
        UsageError: there is none, it did not complete, or the study trains with code of its own.
    """
    if view.config.trainable is not None:
        raise UsageError(
            f"study {view.name!r} trains with code of its own, {view.config.trainable}, whose models are "
            "its own; only trainings of this project can be written as models"
        )
    if trial is not None:
        if front:
            raise UsageError(f"--front: asks for other trials than {trial}; leave one of the two out")
        return [_completed(view, trial)]
    records = view.front()
    if not records:
        raise UsageError(
            f"study {view.name!r} has no front yet, so there is no best trial; name one, or wait"
        )
    return records if front else records[:1]


def _completed(view: StudyView, number: int) -> TrialRecord:
    words = {"RUNNING": "runs", "WAITING": "waits", "PRUNED": "was stopped", "FAIL": "failed"}
    records = view.records([number])
    state = records[0].state if records else None
    if state != "COMPLETE":
        why = f"trial {number} {words[state]}" if state else f"there is no trial {number}"
        raise UsageError(
            f"study {view.name!r}: {why}; only a completed trial has a model; see `tuner front` or `export`"
        )
    return records[0]


def write_models(
    view: StudyView, records: Sequence[TrialRecord], to: Path, runs: Path, write: WriteModel, *, each: bool
) -> list[str]:
    """Write the models into a new folder, all of them or none; return a line for each.

    Args:
        view: the study.
        records: completed trials.
        to: the folder, new or empty.
        runs: where the folders of studies lie on this machine.
        write: writes one model.
        each: whether each has a folder of its own there, such as ``trial-00032``.

    Raises:
        UsageError: weights are not here, or the folder cannot be written.
    """
    found = [(record, model_folder(view, record, runs)) for record in records]
    try:
        with new_folder(to) as new:
            for record, training in found:
                place = new / _name(record) if each else new
                _check_worth(view, record, write(training, place, _origin(view, record)))
    except OSError as error:
        raise UsageError(f"--to: {to} cannot be written: {error.strerror}; name a new folder") from error
    return [f"trial {record.number}: {to / _name(record) if each else to}" for record, _ in found]


def check_free(to: Path) -> None:
    """Look whether models can be written there, before anything is read.

    Raises:
        UsageError: something stands there already.
    """
    try:
        require_free(to.absolute())
    except OSError as error:
        raise UsageError(f"--to: {to} cannot be written: {error.strerror}; name a new folder") from error


def _name(record: TrialRecord) -> str:
    return f"trial-{record.number:05d}"


def model_folder(view: StudyView, record: TrialRecord, runs: Path) -> Path:
    """Return the folder of a trial's first training: where the store says, or below the runs folder here.

    A trial that has the result of another, or of an earlier study's, names the folder of that one.

    Raises:
        UsageError: no model of it is there.
    """
    checkpoint = record.attributes.get("checkpoint")
    if checkpoint is None:
        raise UsageError(f"study {view.name!r}: no weights of trial {record.number} could be saved")
    named = trial_folder_of(Path(checkpoint).parent)
    moved = runs.joinpath(*named.parts[-2:])
    for folder in (named, moved):
        if (folder / MODEL).is_file():
            return folder
    advice = "run this where it was trained, or set TUNER_RUNS"
    if view.config.keep.models == "front" and record.number not in view.summary().front():
        advice = "it is not on the front, and only `keep: {models: all}` keeps the models of such trials"
    raise UsageError(
        f"study {view.name!r}: the model of trial {record.number} is not on this machine, as "
        f"{' or '.join(dict.fromkeys(str(each / MODEL) for each in (named, moved)))}; {advice}"
    )


def _check_worth(view: StudyView, record: TrialRecord, metrics: Mapping[str, float]) -> None:
    """Whether the weights are worth what the store says: those of the best epoch may not have been saved."""
    metric = view.objectives[0].metric
    promised = (record.attributes.get("results") or [record.attributes])[0].get(metric)
    if metrics.get(metric) != promised:
        raise UsageError(
            f"study {view.name!r}: the weights of trial {record.number} have {metric} {metrics.get(metric)}, "
            f"and its best epoch had {promised}: they could not be saved; see its `checkpoint_failed`"
        )


def _origin(view: StudyView, record: TrialRecord) -> dict[str, Any]:
    attributes = record.attributes
    known = {name: attributes[name] for name in _KNOWN if attributes.get(name) is not None}
    return {
        "source": f"trial {record.number} of study {view.name}",
        "params": dict(record.params),
        "trainings": len(attributes.get("results") or (None,)),
        "confirmed": confirmed_objects(confirmations_of(view), record.number),
        **known,
    }
