"""The mixture that is fitted to the latents: its density, when it is fitted, and to what."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.mixture import GaussianMixture
from torch import Tensor

from trainers.errors import ConfigError, TrainingStopped
from trainers.training.trainer import Trainer
from trainers.unsupervised import MetricVAE
from trainers.unsupervised.fitted_mixture import LEAST_VARIANCE, FittedMixture
from trainers.unsupervised.posterior import Posterior

IMAGES = torch.zeros(50, 1, 2, 2, dtype=torch.uint8)
FITTED = {"prior": "fitted_mixture", "schedule": "staged", "metric_epochs": 1}


def latents(count: int = 300, seed: int = 0, dimensions: int = 2) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    centers = 4 * torch.randn(4, dimensions, dtype=torch.float64, generator=chance)
    noise = torch.randn(count, dimensions, dtype=torch.float64, generator=chance)
    return centers[torch.arange(count) % 4] + noise


def encode(pixels: Tensor) -> Posterior:
    raise AssertionError("this prior encodes nothing")


def fitted(components: int, points: Tensor, seed: int = 0) -> FittedMixture:
    mixture = FittedMixture(components, points.shape[1], IMAGES).double()
    mixture.fit(points, seed)
    return mixture


@settings(max_examples=25, deadline=None)
@given(components=st.integers(1, 6), seed=st.integers(0, 1000), dimensions=st.integers(1, 5))
def test_its_density_is_that_of_scikit_learn(components: int, seed: int, dimensions: int) -> None:
    points = latents(seed=seed, dimensions=dimensions)
    oracle = GaussianMixture(
        components, covariance_type="diag", reg_covar=LEAST_VARIANCE, random_state=seed, max_iter=500
    )
    oracle.fit(points.numpy())
    mixture = fitted(components, points, seed)
    places = torch.cat([points, 10 * torch.randn(50, dimensions, dtype=torch.float64)])
    expected = torch.from_numpy(oracle.score_samples(places.numpy()))
    torch.testing.assert_close(mixture.log_density(places, encode), expected, rtol=1e-8, atol=1e-8)


@settings(max_examples=15, deadline=None)
@given(mean=st.floats(-6, 6), log_variance=st.floats(-4, 3), seed=st.integers(0, 1000))
def test_one_sample_of_the_divergence_is_right_on_average(
    mean: float, log_variance: float, seed: int
) -> None:
    vae = MetricVAE.model_validate(FITTED | {"components": 3}).build(lsdim=1, images=IMAGES).double()
    vae.fit(latents(dimensions=1, seed=seed), 0)  # type: ignore[operator]
    count = 40_000
    many = Posterior(torch.full((count, 1), mean).double(), torch.full((count, 1), log_variance).double())
    torch.manual_seed(seed)
    found = vae.divergence(many, many.sample(), encode)  # type: ignore[operator]
    line = torch.linspace(-60, 60, 120_001, dtype=torch.float64)[:, None]
    own = Posterior(many.mean[:1], many.log_variance[:1]).log_density(line)[:, 0]  # type: ignore[index]
    integrand = own.exp() * (own - vae.prior.log_density(line, encode))  # type: ignore[operator, union-attr]
    expected = torch.trapezoid(integrand, line[:, 0])
    standard_error = float(found.std()) / sqrt(count)
    assert abs(float(found.mean() - expected)) < 5 * standard_error + 1e-6


def test_no_component_is_narrower_than_the_floor() -> None:
    mixture = fitted(3, torch.zeros(20, 2, dtype=torch.float64))  # one place for three components
    assert (mixture.log_variances.exp() >= LEAST_VARIANCE * (1 - 1e-9)).all()
    assert mixture.log_density(torch.randn(5, 2, dtype=torch.float64), encode).isfinite().all()


def test_seed_and_latents_alone_make_the_fit() -> None:
    one, other = fitted(4, latents(), 3), fitted(4, latents(), 3)
    torch.rand(5), np.random.rand(5)
    assert all(torch.equal(a, b) for a, b in zip(one.buffers(), other.buffers(), strict=True))
    assert not torch.equal(one.means, fitted(4, latents(), 4).means)


def test_before_it_is_fitted_nothing_is_likely() -> None:
    assert FittedMixture(2, 3, IMAGES).log_density(torch.zeros(1, 3), encode).tolist() == [-torch.inf]


def test_latents_that_are_not_finite_end_the_training() -> None:
    points = latents()
    points[3, 1] = float("nan")
    with pytest.raises(TrainingStopped, match=r"diverged: 1 of \d+ embeddings are not finite") as caught:
        fitted(2, points)
    assert caught.value.verdict == "diverged"


def test_more_components_than_images_are_refused() -> None:
    spec = MetricVAE.model_validate(FITTED | {"components": 51})
    with pytest.raises(
        ConfigError, match=r"^unsupervised.components: 51 .* 50 training images; write at most 50"
    ):
        spec.build(lsdim=2, images=IMAGES)


def test_it_is_fitted_once_to_the_means_of_all_training_images(small: Any) -> None:
    config = small(unsupervised={"name": "metric_vae", "components": 4, **FITTED}, epochs=3)
    trainer = Trainer(config)
    epochs = trainer.fit()
    next(epochs)
    means = trainer.learner.embed(trainer.task.data.images[trainer.task.splits.train])
    next(epochs)
    prior = trainer.learner.objective.latent.prior
    shares = prior.log_shares.exp()
    torch.testing.assert_close(shares @ prior.means, means.mean(0), rtol=1e-3, atol=1e-3)
    spread = shares @ (prior.means.square() + prior.log_variances.exp() - LEAST_VARIANCE)
    torch.testing.assert_close(spread, means.square().mean(0), rtol=1e-3, atol=1e-3)
    before = [buffer.clone() for buffer in prior.buffers()]
    next(epochs)
    assert all(torch.equal(a, b) for a, b in zip(before, prior.buffers(), strict=True))
    assert not list(prior.parameters())


def test_large_images_are_fitted_to_a_few_at_a_time(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(small(unsupervised={"name": "metric_vae", "components": 4, **FITTED}, epochs=2))
    sizes: list[int] = []
    trainer.learner.model.register_forward_pre_hook(lambda _, inputs: sizes.append(len(inputs[0])))
    monkeypatch.setattr("trainers.data.views.MOST_PIXELS", 100 * 8 * 8)
    list(trainer.fit())
    assert sizes == [100] * 10 + [79]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"schedule": "staged"}, r"schedule\s+staged wants metric_epochs"),
        (
            {"metric_epochs": 3},
            r"metric_epochs\s+is given, and schedule: joint has no first stage",
        ),
        ({"prior": "fitted_mixture"}, "fitted_mixture follows a first stage, and schedule: joint has none"),
        (
            {"components": 3},
            r"components\s+is given, and belongs to prior: fitted_mixture; remove it",
        ),
        (FITTED | {"pseudo_inputs": 3}, r"pseudo_inputs\s+is given, and belongs to prior: pseudo_inputs"),
        (FITTED | {"pseudo_input_init": "data"}, r"pseudo_input_init\s+is given, and belongs to"),
    ],
)
def test_what_has_no_meaning_together_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        MetricVAE.model_validate(options)
