"""When a training is evaluated, and when clusters are looked for."""

from pathlib import Path
from typing import Any

import pytest

from tests.trainers.training.test_trainer import timeless
from trainers.evaluation.metrics import CLUSTER_METRICS
from trainers.training.judging import judge, result
from trainers.training.trainer import Trainer

PRIOR = {"name": "unit_prior"}


def ending(trainer: Trainer, folder: Path) -> dict[str, float]:
    list(trainer.fit())
    trainer.save(folder)
    return result(trainer, folder)


@pytest.mark.parametrize(("every", "epochs"), [(1, [1, 2, 3, 4, 5]), (2, [2, 4, 5]), (5, [5]), (9, [5])])
def test_the_epochs_that_are_evaluated(small: Any, every: int, epochs: list[int]) -> None:
    plain, trainer = Trainer(small(epochs=5)), Trainer(small(epochs=5, evaluation={"every": every}))
    list(plain.fit()), list(trainer.fit())
    assert [each.epoch for each in trainer.history] == epochs
    other = timeless(plain.history)
    for epoch, metrics in zip(epochs, timeless(trainer.history), strict=True):
        changes = {name for name in metrics if metrics[name] != other[epoch - 1][name]}
        assert changes <= {"loss_decay"}  # of more than one epoch


def test_a_training_with_few_evaluations_resumes_bit_for_bit(small: Any, tmp_path: Path) -> None:
    config = small(epochs=5, evaluation={"every": 2})
    straight, first, second = (Trainer(config) for _ in range(3))
    list(straight.fit())
    next(first.fit())
    second.restore(first.save(tmp_path))
    assert second.epoch == 2
    list(second.fit())
    assert timeless(second.history) == timeless(straight.history)


def test_patience_counts_epochs(small: Any) -> None:
    worst_first = {"metric": "train_seconds", "direction": "minimize"}  # the first evaluation stays the best
    trainer = Trainer(small(epochs=9, patience=3, evaluation={"every": 2}, monitor=worst_first))
    assert [each.epoch for each in trainer.fit()] == [2, 4, 6]


@pytest.mark.parametrize("unsupervised", [None, PRIOR], ids=["points", "samples"])
def test_clusters_at_the_best_epochs_or_at_the_end_are_those_of_every_epoch(
    small: Any, tmp_path: Path, unsupervised: Any
) -> None:
    point = {"point": ["mean", "sample"]} if unsupervised else {}
    found = {
        when: Trainer(small(epochs=4, unsupervised=unsupervised, evaluation={"clustering": when, **point}))
        for when in ("every", "best", "last")
    }
    results = {when: ending(trainer, tmp_path / when) for when, trainer in found.items()}
    names = found["every"].config.evaluation.of_clusters
    assert set(names) >= set(CLUSTER_METRICS)
    assert len(names) == (5 if unsupervised else 3)
    for when in ("best", "last"):
        assert set(results[when]) == set(results["every"])
        for name in {*names, "map_at_r", "loss"}:
            assert results[when][name] == pytest.approx(results["every"][name], abs=1e-12), (when, name)
    best = 0.0
    for evaluation in found["best"].history:
        surpasses = evaluation.metrics["map_at_r"] > best
        best = max(best, evaluation.metrics["map_at_r"])
        assert all((name in evaluation.metrics) == surpasses for name in names)
    assert not any(name in each.metrics for each in found["last"].history for name in names)


def test_the_test_split_always_has_clusters(small: Any, tmp_path: Path) -> None:
    trainer = Trainer(small(epochs=1, evaluation={"clustering": "last"}))
    ending(trainer, tmp_path)
    assert set(CLUSTER_METRICS) <= set(judge(trainer, tmp_path))


@pytest.mark.parametrize("when", ["best", "last"])
def test_a_metric_that_every_evaluation_needs_is_refused_with_the_remedy(small: Any, when: str) -> None:
    with pytest.raises(
        ValueError, match=rf"metric ari is needed at every evaluation.*clustering: {when}; write every"
    ):
        small(evaluation={"clustering": when}, monitor={"metric": "ari"})
    assert small(evaluation={"clustering": when}).lacking("ari") is None
