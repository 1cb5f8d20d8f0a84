"""Trainings that were resumed, beside the same trainings undisturbed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from benchmarks.chaos.violation import Violation
from trainers.config import TrainConfig
from trainers.training.saving.history import Evaluation
from trainers.training.seeding import set_threads
from trainers.training.trainer import Trainer

TIMINGS = frozenset({"train_seconds", "embed_ms_per_image"})
_ATTEMPTS = """
SELECT t.number, COALESCE((a.all_of ->> 'retry_of')::int, t.number) AS origin, t.state::text, a.all_of,
  COALESCE((SELECT json_agg(json_build_array(r.epoch, r.metrics) ORDER BY r.epoch)
            FROM tuner_reports r WHERE r.trial_id = t.trial_id), '[]')
FROM trials t JOIN studies s USING (study_id)
JOIN (SELECT trial_id, json_object_agg(key, value_json::json) AS all_of
      FROM trial_user_attributes GROUP BY trial_id) a USING (trial_id)
WHERE s.study_name = %s ORDER BY origin, t.number
"""


@dataclass(frozen=True)
class Attempt:
    """One attempt of a training as the store has it: its attributes, and (epoch, metrics) of its reports."""

    number: int
    origin: int
    state: str
    attributes: Mapping[str, Any]
    reports: Sequence[tuple[int, Mapping[str, float | None]]]


def differences(connection: Any, study: str) -> tuple[int, list[Violation]]:
    """How many trainings of several attempts were compared, and where they are not as undisturbed.

    Every epoch that the store has of any attempt is compared, bit for bit, and the metrics of a completed
    trial with those of the undisturbed training's best epoch.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ATTEMPTS, [study])
        attempts = [Attempt(*row) for row in cursor.fetchall()]
    trainings = [list(each) for _, each in groupby(attempts, lambda attempt: attempt.origin)]
    resumed = [each for each in trainings if len(each) > 1 and any(attempt.reports for attempt in each)]
    return len(resumed), [found for training in resumed for found in _differences(training)]


def _differences(training: Sequence[Attempt]) -> Iterator[Violation]:
    configs = [attempt.attributes["config"] for attempt in training if attempt.reports]
    if any(config != configs[0] for config in configs):
        yield Violation("metrics", f"the attempts of trial {training[0].origin} have several configs")
    config = TrainConfig.model_validate(configs[0])
    last = max(epoch for attempt in training for epoch, _ in attempt.reports)
    undisturbed, best = _trained(config, last)
    for attempt in training:
        for epoch, metrics in attempt.reports:
            yield from _unequal(attempt.number, f"epoch {epoch}", undisturbed[epoch - 1].metrics, metrics)
        if attempt.state == "COMPLETE":
            yield from _unequal(attempt.number, "result", best.metrics, attempt.attributes)


def _trained(config: TrainConfig, epochs: int) -> tuple[list[Evaluation], Evaluation]:
    set_threads(1)
    trainer = Trainer(config)
    for evaluation in trainer.fit():
        if evaluation.epoch == epochs:
            break
    return trainer.history, trainer.best


def _unequal(
    number: int, where: str, right: Mapping[str, float], stored: Mapping[str, Any]
) -> Iterator[Violation]:
    wrong = [name for name in right if name not in TIMINGS and stored.get(name) != right[name]]
    if wrong:
        name = wrong[0]
        yield Violation(
            "metrics",
            f"trial {number}, {where}: {len(wrong)} metrics are not those of the undisturbed training, "
            f"such as {name} {stored.get(name)}, not {right[name]}",
        )
