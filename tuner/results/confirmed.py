"""What trials promised on the validation split, beside what was found on the test split with fresh seeds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from tuner.results.fitted_table import FittedTable
from tuner.results.front import SIGNS, front_object, shown
from tuner.results.intervals import Interval
from tuner.results.rows import columns
from tuner.store.confirmations.confirmation import Confirmation
from tuner.store.reading.study_view import StudyView
from tuner.study.trial import mean_of
from tuner.study.trial_record import TrialRecord, best_first


@dataclass(frozen=True)
class Found:
    """What one trial's trainings found, with the study's own split, or over so many folds.

    Attributes:
        folds: how many; 0 for the study's own split.
        seeds: those of which all trainings completed; a measurement is the mean over the folds of a seed.
        test: each metric on the test split.
        validation: each metric on the validation splits of the same trainings.
    """

    folds: int
    seeds: Sequence[int]
    test: Mapping[str, Interval]
    validation: Mapping[str, Interval]


def found(confirmations: Iterable[Confirmation]) -> dict[int, list[Found]]:
    """Return what was found of each trial, by its number; of the study's own split first."""
    groups: defaultdict[tuple[int, int], defaultdict[int, list[Confirmation]]]
    groups = defaultdict(lambda: defaultdict(list))
    for each in confirmations:
        if each.state == "COMPLETE":
            groups[each.job.trial, each.job.folds][each.job.seed].append(each)
    by_trial: defaultdict[int, list[Found]] = defaultdict(list)
    for (trial, folds), of_seed in sorted(groups.items()):
        whole = {seed: each for seed, each in sorted(of_seed.items()) if len(each) == (folds or 1)}
        if whole:
            test = [mean_of([each.test for each in trainings]) for trainings in whole.values()]
            validation = [mean_of([each.validation for each in trainings]) for trainings in whole.values()]
            by_trial[trial].append(Found(folds, list(whole), _intervals(test), _intervals(validation)))
    return dict(by_trial)


def _intervals(seeds: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    names = dict.fromkeys(name for each in seeds for name in each)
    return {name: Interval.of([each[name] for each in seeds if name in each]) for name in names}


def confirmed_table(
    study: StudyView, title: str, records: Sequence[TrialRecord], confirmations: Iterable[Confirmation]
) -> FittedTable:
    """Return a table of these trials, the best promise in the primary objective first.

    An objective of which everything promised was found, since it is known before training, has one column.
    """
    by_trial = found(confirmations)
    ordered = best_first(records, study.objectives[0].direction)
    known = _known(study, ordered, by_trial)
    rows = [
        row | {name: record.params[name] for name in varying(records) if name in record.params}
        for record in ordered
        for row in _rows(study, record, by_trial.get(record.number, []), known)
    ]
    names = columns(rows) or ["trial"]
    return FittedTable(title, names, [[shown(row.get(name)) for name in names] for row in rows])


def _rows(
    study: StudyView, record: TrialRecord, of_trial: Sequence[Found], known: Collection[str]
) -> Iterator[dict[str, Any]]:
    nothing: list[Found | None] = [None]
    for each in of_trial or nothing:
        row: dict[str, Any] = {"trial": record.number}
        for objective, promised in zip(study.objectives, record.values, strict=True):
            interval = each and each.test.get(objective.metric)
            name = f"{objective.metric} {SIGNS[objective.direction]}"
            if objective.metric in known:
                row[name] = promised
            else:
                row[f"{name} validation"] = promised
                row[f"{name} test"] = str(interval) if interval else None
        row["seeds"] = len(each.seeds) if each else 0
        if each and each.folds:
            row["folds"] = each.folds
        yield row


def _known(
    study: StudyView, records: Iterable[TrialRecord], by_trial: Mapping[int, Sequence[Found]]
) -> set[str]:
    """Return the objectives of which every training found exactly what was promised."""
    metrics = [objective.metric for objective in study.objectives]
    known = set(metrics)
    confirmed = [record for record in records if record.number in by_trial]
    for record in confirmed:
        promised = dict(zip(metrics, record.values, strict=True))
        for each in by_trial[record.number]:
            known = {name for name in known if _is_exactly(promised[name], each.test.get(name))}
    return known if confirmed else set()


def _is_exactly(value: float, interval: Interval | None) -> bool:
    return interval is not None and interval.mean == value and interval.half_width in (0, inf)


def varying(records: Sequence[TrialRecord]) -> list[str]:
    """Return the parameters in which these trials differ; all if there is one trial."""
    names = list(dict.fromkeys(name for record in records for name in record.params))
    if len(records) == 1:
        return names
    return [name for name in names if len({repr(record.params.get(name)) for record in records}) > 1]


def confirmed_columns(of_trial: Iterable[Found]) -> dict[str, Any]:
    """Return what an exported row has of a trial's confirmations.

    `confirmed.seeds`, and of each metric on the test split `confirmed.METRIC` (its mean) and
    `confirmed.METRIC.half_width`; `confirmed_4_folds.…` of what was trained over four folds.
    """
    row: dict[str, Any] = {}
    for each in of_trial:
        name = f"confirmed_{each.folds}_folds" if each.folds else "confirmed"
        row[f"{name}.seeds"] = len(each.seeds)
        for metric, interval in each.test.items():
            row[f"{name}.{metric}"] = interval.mean
            row[f"{name}.{metric}.half_width"] = interval.as_json()["half_width"]
    return row


def confirmed_json(
    study: StudyView, records: Sequence[TrialRecord], confirmations: Iterable[Confirmation]
) -> str:
    """Return the trials as `front_json` has them, each with a list `confirmed` of what was found."""
    by_trial = found(confirmations)
    listed = [
        front_object(study, record) | {"confirmed": _objects(by_trial.get(record.number, ()))}
        for record in records
    ]
    return json.dumps(listed, indent=2)


def confirmed_objects(confirmations: Iterable[Confirmation], trial: int) -> list[dict[str, Any]]:
    """Return what was found of one trial as JSON can hold it; of the study's own split first."""
    return _objects(found(confirmations).get(trial, ()))


def _objects(of_trial: Iterable[Found]) -> list[dict[str, Any]]:
    return [
        {
            "folds": each.folds or None,
            "seeds": list(each.seeds),
            "test": {name: interval.as_json() for name, interval in each.test.items()},
            "validation": {name: interval.as_json() for name, interval in each.validation.items()},
        }
        for each in of_trial
    ]


def unfinished_lines(confirmations: Iterable[Confirmation]) -> list[str]:
    """Return a line for each training that was stopped or failed, and why."""
    words = {"PRUNED": "stopped", "FAIL": "failed"}
    return [
        f"{each.job.title} {words[each.state]}: {each.reason}"
        for each in confirmations
        if each.state in words
    ]
