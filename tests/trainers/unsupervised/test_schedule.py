"""When each of the two losses is minimised, and how the KL term grows."""

import pytest
import torch

from trainers.unsupervised import Reconstruction
from trainers.unsupervised.objective import KLTerm, Moment, Weights

BOTH, ALONE = Weights(supervised=1.5, unsupervised=0.25), Weights(supervised=0.0, unsupervised=0.25)


@pytest.mark.parametrize(
    ("schedule", "epoch", "step", "weights"),
    [
        ("joint", 2, 2, BOTH),
        ("alternate_epochs", 1, 2, BOTH),
        ("alternate_epochs", 2, 1, ALONE),
        ("alternate_batches", 2, 1, BOTH),
        ("alternate_batches", 1, 2, ALONE),
    ],
)
def test_weights(schedule: str, epoch: int, step: int, weights: Weights) -> None:
    spec = Reconstruction.model_validate({"alpha": 0.25, "supervised_scale": 2, "schedule": schedule})
    assert spec.weights(Moment(epoch, step, steps=4)) == weights


@pytest.mark.parametrize("alpha", [0.25, 1.0])
def test_the_metric_loss_is_alone_in_the_first_stage(alpha: float) -> None:
    spec = Reconstruction(alpha=alpha, supervised_scale=2, schedule="staged", metric_epochs=3)
    assert spec.weights(Moment(3, 4, steps=4)) == Weights(supervised=2.0, unsupervised=0.0)
    assert spec.weights(Moment(4, 1, steps=4)) == Weights(2 * (1 - alpha), alpha)
    assert spec.in_force(Moment(3, 4, steps=4)) is None
    assert spec.in_force(Moment(5, 2, steps=4)) == Moment(2, 2, steps=4)  # what warms up counts from there
    assert Reconstruction().in_force(Moment(1, 1, steps=4)) == Moment(1, 1, steps=4)


def test_the_warm_up_grows_step_by_step() -> None:
    term = KLTerm(warm_up_epochs=2)
    ramps = [term.ramp(Moment(epoch, step, steps=4)) for epoch in (1, 2, 3) for step in (1, 2, 3, 4)]
    assert ramps == [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1, 1, 1, 1]
    assert KLTerm().ramp(Moment(1, 1, 4)) == 1


def test_free_bits_are_free_in_every_dimension() -> None:
    divergence = torch.tensor([[0.1, 1.0], [0.3, 3.0]], requires_grad=True)
    value = KLTerm(weight=2, free_bits=0.5).value(divergence, Moment(1, 1, 1))
    assert value.item() == pytest.approx(2 * (0.5 + 2.0))
    value.backward()
    assert divergence.grad is not None
    assert divergence.grad.tolist() == [[0, 1], [0, 1]]
