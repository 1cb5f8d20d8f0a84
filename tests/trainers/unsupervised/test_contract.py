"""What every latent objective in the union has to keep, whatever it computes."""

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.trainers.conftest import by_name
from trainers.errors import ConfigError
from trainers.posterior import Posterior
from trainers.trainer import Trainer
from trainers.unsupervised.objective import Moment

NOW = Moment(epoch=1, step=1, steps=4)
LSDIM = 3


def encode_pixels(pixels: Tensor) -> Posterior:
    """Stands in for the encoder: the first pixels of an image are its posterior."""
    flat = pixels.flatten(1)
    return Posterior(flat[:, :LSDIM], flat[:, LSDIM : 2 * LSDIM])


@pytest.fixture
def objective(unsupervised_type: Any) -> Any:
    torch.manual_seed(0)
    return unsupervised_type().build(lsdim=LSDIM, image_shape=(1, 8, 8))


@pytest.fixture
def features(unsupervised_type: Any) -> Tensor:
    chance = torch.Generator().manual_seed(0)
    return torch.randn(6, unsupervised_type().features(LSDIM), generator=chance).requires_grad_()


def posterior_of(features: Tensor) -> Posterior:
    rest = features[:, LSDIM:]
    return Posterior(features[:, :LSDIM], rest if rest.shape[1] else None)


def test_is_a_finite_scalar_whose_gradient_reaches_every_output(objective: Any, features: Tensor) -> None:
    value = objective(posterior_of(features), torch.rand(6, 1, 8, 8), encode_pixels, NOW)
    assert value.shape == ()
    assert value.isfinite()
    value.backward()
    assert features.grad is not None
    assert features.grad.isfinite().all()
    assert (features.grad.abs() > 0).all()
    assert all(parameter.grad is not None for parameter in objective.parameters())


def test_does_not_see_the_order_of_the_batch(objective: Any, features: Tensor) -> None:
    pixels = torch.rand(6, 1, 8, 8)
    order = torch.randperm(6)
    sharp = features.detach().clone()
    sharp[:, LSDIM:] = -40  # so sharp that a sample is the mean
    before = objective(posterior_of(sharp), pixels, encode_pixels, NOW)
    after = objective(posterior_of(sharp[order]), pixels[order], encode_pixels, NOW)
    torch.testing.assert_close(before, after)


def test_a_training_resumes_bit_for_bit(unsupervised_type: Any, small: Any, tmp_path: Any) -> None:
    config = small(unsupervised={"name": by_name(unsupervised_type)}, epochs=4, label_percent=10)
    straight, first, second = (Trainer(config) for _ in range(3))
    list(straight.fit())
    step = first.fit()
    next(step), next(step)
    second.restore(first.save(tmp_path))
    torch.rand(11)
    list(second.fit())
    ours, theirs = second.learner.objective.state_dict(), straight.learner.objective.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert all(
        torch.equal(one, other)
        for one, other in zip(
            second.learner.model.parameters(), straight.learner.model.parameters(), strict=True
        )
    )
    last = straight.history[-1].metrics
    assert last["unsupervised_loss"] > 0
    assert (last["posterior_std"] > 0) == (unsupervised_type().features(1) == 2)


def test_with_alpha_1_no_label_is_looked_at(unsupervised_type: Any, small: Any) -> None:
    config = small(unsupervised={"name": by_name(unsupervised_type), "alpha": 1.0}, epochs=1)
    one, other = Trainer(config), Trainer(config)
    other.targets = other.targets.flip(0)
    list(one.fit()), list(other.fit())
    assert one.history[-1].metrics["loss"] == other.history[-1].metrics["loss"]
    assert one.history[-1].metrics["active_ratio"] == 0


def test_vectors_are_refused(unsupervised_type: Any, small: Any) -> None:
    config = small(unsupervised={"name": by_name(unsupervised_type)}, dataset={"name": "synthetic"})
    with pytest.raises(ConfigError, match=r"^unsupervised: wants images in pixels"):
        Trainer(config)
