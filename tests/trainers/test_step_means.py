"""What the steps of an epoch say, averaged over those that say it."""

from typing import Any

import pytest
import torch

from trainers.config import TrainConfig
from trainers.diagnostics.trajectory import loss_decay
from trainers.evaluation.metrics import METRICS, OF_METRIC_LOSS
from trainers.training.objective import STEP_METRICS, epoch_means
from trainers.training.trainer import Trainer

PRIOR = {"name": "unit_prior", "alpha": 0.2}
BATCHES = PRIOR | {"schedule": "alternate_batches"}
EPOCHS = PRIOR | {"schedule": "alternate_epochs"}
ALONE = PRIOR | {"alpha": 1.0}


def recorded(trainer: Trainer, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, float]]:
    """Record what every step says, as it is trained."""
    step, rows = trainer.learner.step, list[dict[str, float]]()

    def recording(*arguments: Any) -> torch.Tensor:
        numbers = step(*arguments)
        rows.append(dict(zip((*STEP_METRICS, "metric_losses"), numbers.tolist(), strict=True)))
        return numbers

    monkeypatch.setattr(trainer.learner, "step", recording)
    return rows


@pytest.mark.parametrize("latent", [None, PRIOR, BATCHES], ids=["alone", "joint", "alternate_batches"])
def test_the_metric_loss_is_averaged_over_the_steps_that_had_one(
    latent: Any, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer(small(loss={"name": "contrastive", "neg_margin": 1.0}, unsupervised=latent, epochs=1))
    rows = recorded(trainer, monkeypatch)
    (evaluation,) = trainer.fit()
    with_loss = [row for row in rows if row["metric_losses"]]
    assert (len(rows), len(with_loss)) == (3, 2 if latent == BATCHES else 3)
    for name in STEP_METRICS:
        counted = with_loss if name in OF_METRIC_LOSS else rows
        expected = sum(row[name] for row in counted) / len(counted)
        assert evaluation.metrics[name] == pytest.approx(expected, rel=1e-6), name
    assert all(evaluation.metrics[name] > 0 for name in OF_METRIC_LOSS)


def test_an_epoch_without_a_metric_loss_has_none_of_its_numbers(small: Any) -> None:
    trainer = Trainer(small(unsupervised=EPOCHS, epochs=4))
    losses = [(evaluation.metrics, set(evaluation.metrics)) for evaluation in trainer.fit()]
    always = set(trainer.config.metrics)
    assert [found - always for _, found in losses] == [set(OF_METRIC_LOSS), set()] * 2
    assert all(always <= found for _, found in losses)
    decays = [metrics["loss_decay"] for metrics, _ in losses]
    first, second, third, fourth = (metrics["loss"] for metrics, _ in losses)
    assert decays == [0, 0, loss_decay(third, first), loss_decay(fourth, second)]


def test_sums_without_a_metric_loss_have_no_mean_of_it() -> None:
    sums = torch.arange(len(STEP_METRICS) + 1.0)
    sums[-1] = 0
    found = epoch_means(sums, 4)
    assert found.keys() == set(STEP_METRICS) - set(OF_METRIC_LOSS)
    assert found["parameter_gradient_norm"] == (len(STEP_METRICS) - 1) / 4


@pytest.mark.parametrize("metric", OF_METRIC_LOSS)
@pytest.mark.parametrize("latent", [EPOCHS, ALONE], ids=["alternate_epochs", "alpha 1"])
def test_what_some_epochs_lack_is_no_metric_to_go_by(metric: str, latent: Any, small: Any) -> None:
    assert metric in METRICS
    assert metric in small(unsupervised=PRIOR).metrics
    config: TrainConfig = small(unsupervised=latent)
    assert metric not in config.metrics
    with pytest.raises(
        ValueError, match=f"metric {metric} is not measured in epochs without the metric loss"
    ):
        small(unsupervised=latent, monitor={"metric": metric})
