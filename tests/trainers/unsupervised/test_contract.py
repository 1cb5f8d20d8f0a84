"""What every latent objective in the union has to keep, whatever it computes."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from torch import Tensor

from tests.trainers.unsupervised.variants import CONFIGS
from trainers.errors import ConfigError
from trainers.training.trainer import Trainer
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.objective import Moment
from trainers.unsupervised.posterior import Posterior

NOW = Moment(epoch=1, step=1, steps=4)
LSDIM = 3
IMAGES = torch.randint(0, 256, (40, 1, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def encode_pixels(pixels: Tensor) -> Posterior:
    """Stands in for the encoder: the first pixels of an image are its posterior."""
    flat = pixels.flatten(1)
    return Posterior(flat[:, :LSDIM], flat[:, LSDIM : 2 * LSDIM])


@pytest.fixture(params=CONFIGS)
def spec(request: pytest.FixtureRequest) -> Any:
    return TypeAdapter(Unsupervised).validate_python(request.param)


@pytest.fixture
def objective(spec: Any) -> Any:
    torch.manual_seed(0)
    built = spec.build(lsdim=LSDIM, images=IMAGES)
    if spec.fits_latents:
        built.fit(torch.randn(40, LSDIM), 0)
    return built


@pytest.fixture
def features(spec: Any) -> Tensor:
    chance = torch.Generator().manual_seed(0)
    return torch.randn(6, spec.features(LSDIM), generator=chance).requires_grad_()


def posterior_of(features: Tensor) -> Posterior:
    rest = features[:, LSDIM:]
    return Posterior(features[:, :LSDIM], rest if rest.shape[1] else None)


def test_its_config_survives_json(spec: Any) -> None:
    again: Any = TypeAdapter(Unsupervised).validate_json(spec.model_dump_json())
    assert again == spec
    assert again.model_dump_json() == spec.model_dump_json()
    assert hash(again) == hash(spec)


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
    sharp[:, LSDIM:] = -60  # so sharp that a sample is the mean
    before = objective(posterior_of(sharp), pixels, encode_pixels, NOW)
    after = objective(posterior_of(sharp[order]), pixels[order], encode_pixels, NOW)
    torch.testing.assert_close(before, after)


def test_with_alpha_1_no_label_is_looked_at(unsupervised_type: Any, small: Any) -> None:
    config = small(unsupervised=unsupervised_type(alpha=1.0).model_dump(), epochs=1)
    one, other = Trainer(config), Trainer(config)
    other.task = replace(other.task, targets=other.task.targets.flip(0))
    list(one.fit()), list(other.fit())
    assert one.history[-1].metrics["loss"] == other.history[-1].metrics["loss"]
    assert "active_ratio" not in one.history[-1].metrics


def test_vectors_are_refused(spec: Any, small: Any) -> None:
    config = small(unsupervised=spec.model_dump(), dataset={"name": "synthetic"})
    with pytest.raises(ConfigError, match=r"^unsupervised: wants images in pixels"):
        Trainer(config)
