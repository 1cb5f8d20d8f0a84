"""What pseudo-images begin as, and how fast they move."""

from typing import Any

import pytest
import torch

from trainers.training.trainer import Trainer
from trainers.unsupervised.pseudo_input_prior import PseudoInputPrior

IMAGES = torch.randint(3, 253, (7, 1, 2, 2), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("count", [3, 7, 20])
def test_they_begin_as_training_images_each_as_often_as_any(count: int) -> None:
    prior = PseudoInputPrior(count, "data", 1.0, IMAGES)
    drawn = (prior.pseudo_inputs.sigmoid() * 255).round().to(torch.uint8).flatten(1).tolist()
    often = [drawn.count(image) for image in IMAGES.flatten(1).tolist()]
    assert sum(often) == count
    assert max(often) - min(often) <= 1


def test_black_and_white_are_within_reach_of_learning() -> None:
    prior = PseudoInputPrior(2, "data", 1.0, torch.tensor([0, 255], dtype=torch.uint8)[:, None, None, None])
    assert prior.pseudo_inputs.abs().max() < 5


def test_the_seed_picks_them(small: Any) -> None:
    def begin(seed: int) -> torch.Tensor:
        latent = {"name": "metric_vae", "pseudo_input_init": "data", "pseudo_inputs": 4}
        trainer = Trainer(small(unsupervised=latent, seed=seed))
        weights: torch.Tensor = trainer.learner.objective.latent.prior.pseudo_inputs
        return weights

    assert torch.equal(begin(0), begin(0))
    assert not torch.equal(begin(0), begin(1))


def test_their_learning_rate_is_a_multiple_of_the_optimizers(small: Any) -> None:
    latent = {"name": "metric_vae", "pseudo_input_lr_factor": 0.25}
    trainer = Trainer(small(unsupervised=latent, optimizer={"name": "adam", "lr": 0.01}))
    pseudo_inputs = trainer.learner.objective.latent.prior.pseudo_inputs
    rates = {
        id(weights): group["lr"]
        for group in trainer.learner.optimizer.param_groups
        for weights in group["params"]
    }
    assert rates.pop(id(pseudo_inputs)) == pytest.approx(0.0025)
    assert set(rates.values()) == {0.01}
