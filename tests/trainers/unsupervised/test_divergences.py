"""Each divergence against its definition: many samples, or all 2^D components."""

import itertools
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, kl_divergence

from trainers.unsupervised import GaussianMixturePrior, MetricVAE
from trainers.unsupervised.posterior import Posterior
from trainers.unsupervised.unit_prior import unit_divergence

SAMPLES = 200_000
IMAGES = torch.zeros(8, 1, 8, 8, dtype=torch.uint8)


@pytest.fixture
def posterior() -> Posterior:
    chance = torch.Generator().manual_seed(0)
    mean = torch.randn(4, 3, dtype=torch.float64, generator=chance)
    return Posterior(mean, torch.randn(4, 3, dtype=torch.float64, generator=chance))


def normal(posterior: Posterior) -> Normal:
    assert posterior.log_variance is not None
    return Normal(posterior.mean, (posterior.log_variance / 2).exp())


def vertices(scale: float, log_variance: float) -> MixtureSameFamily:
    """The prior as it is defined: one Gaussian on each of the 2^3 vertices."""
    corners = torch.tensor(list(itertools.product((-scale, scale), repeat=3)), dtype=torch.float64)
    spread = torch.full_like(corners, log_variance / 2).exp()
    weights = Categorical(torch.ones(8, dtype=torch.float64))
    return MixtureSameFamily(weights, Independent(Normal(corners, spread), 1))


def sampled(posterior: Posterior, log_prior: object) -> Tensor:
    torch.manual_seed(0)
    points = normal(posterior).sample((SAMPLES,))
    return (normal(posterior).log_prob(points).sum(2) - log_prior(points)).mean(0)  # type: ignore[operator]


def test_the_unit_prior_is_analytic(posterior: Posterior) -> None:
    unit = Normal(torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64))
    torch.testing.assert_close(unit_divergence(posterior), kl_divergence(normal(posterior), unit))


@pytest.mark.parametrize(("scale", "log_variance"), [(1.0, 1.0), (2.0, -2.0), (4.0, -4.0)])
def test_the_mixture_on_the_vertices_factorises(
    scale: float, log_variance: float, posterior: Posterior
) -> None:
    spec = GaussianMixturePrior(vertex_scale=scale, prior_log_variance=log_variance)
    module = spec.build(lsdim=3, images=IMAGES).double()
    points = torch.randn(50, 3, dtype=torch.float64) * 3
    whole = vertices(scale, log_variance)
    torch.testing.assert_close(module.log_prior(points).sum(1), whole.log_prob(points))  # type: ignore[operator]
    integrated = module.integrated(posterior).sum(1)  # type: ignore[operator]
    torch.testing.assert_close(integrated, sampled(posterior, whole.log_prob), rtol=0.02, atol=0.02)


@pytest.mark.parametrize("scale", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("log_variance", [-4.0, -2.0, 0.0, 1.0])
def test_the_mixture_on_the_vertices_is_integrated_exactly(scale: float, log_variance: float) -> None:
    sigmas, means = torch.meshgrid(
        torch.logspace(-1.3, 0.7, 6, dtype=torch.float64),  # 0.05 to 5
        torch.tensor([0.0, 0.03, 0.3, 1.0, 2.2, 6.0], dtype=torch.float64),
        indexing="ij",
    )
    module = GaussianMixturePrior(vertex_scale=scale, prior_log_variance=log_variance)
    leaves = [means.flatten(), 2 * sigmas.flatten().log()]

    def by_quadrature(mean: Tensor, log_sigmas: Tensor) -> Tensor:
        return module.build(lsdim=1, images=IMAGES).integrated(Posterior(mean, log_sigmas))  # type: ignore[operator]

    def by_trapezoid(mean: Tensor, log_sigmas: Tensor) -> Tensor:
        sigma = (log_sigmas / 2).exp()[:, None]
        deviation = torch.tensor(log_variance / 2, dtype=torch.float64).exp()
        standard = torch.linspace(-9, 9, 60_001, dtype=torch.float64)
        points = mean[:, None] + sigma * standard
        modes = [Normal(mode, deviation).log_prob(points) for mode in torch.tensor([-scale, scale]).double()]
        log_ratio = Normal(mean[:, None], sigma).log_prob(points) - torch.logaddexp(*modes) + math.log(2)
        weights = (-standard.square() / 2).exp()
        return (log_ratio * weights).sum(1) / weights.sum()

    for parameters in zip(*(computed(f, leaves) for f in (by_quadrature, by_trapezoid)), strict=True):
        torch.testing.assert_close(*parameters, rtol=1e-9, atol=1e-9)


def computed(function: Callable[..., Tensor], leaves: list[Tensor]) -> tuple[Tensor, ...]:
    """Return the values, and the gradient of their sum by each leaf."""
    leaves = [leaf.clone().requires_grad_() for leaf in leaves]
    values = function(*leaves)
    return values, *torch.autograd.grad(values.sum(), leaves)


def test_the_divergence_of_a_point_is_finite_with_its_gradient() -> None:
    module = GaussianMixturePrior().build(lsdim=1, images=IMAGES)
    log_variances = torch.tensor([-200.0, -90.0, 20.0])
    values, by_mean, by_log_variance = computed(
        lambda mean, log_variance: module.integrated(Posterior(mean, log_variance)),  # type: ignore[operator]
        [torch.ones(3), log_variances],
    )
    assert values.dtype == torch.float32
    assert all(each.isfinite().all() for each in (values, by_mean, by_log_variance))


def test_one_sample_is_right_on_average(posterior: Posterior) -> None:
    module = GaussianMixturePrior().build(lsdim=3, images=IMAGES).double()
    assert posterior.log_variance is not None
    many = Posterior(posterior.mean.repeat(20_000, 1), posterior.log_variance.repeat(20_000, 1))
    torch.manual_seed(0)
    drawn = module.sampled(many).view(20_000, 4, 3).mean(0)  # type: ignore[operator]
    torch.testing.assert_close(drawn, module.integrated(posterior), rtol=0.05, atol=0.1)  # type: ignore[operator]


def test_the_prior_of_pseudo_images_averages_densities(posterior: Posterior) -> None:
    module = MetricVAE(pseudo_inputs=5).build(lsdim=3, images=IMAGES).double()

    def encode(pixels: Tensor) -> Posterior:
        flat = pixels.flatten(1)
        return Posterior(4 * flat[:, :3], flat[:, 3:6])

    points = posterior.sample()
    components = normal(encode(module.prior.pseudo_inputs.sigmoid()))  # type: ignore[operator]
    densities = torch.stack([components.log_prob(point).sum(1).exp().mean() for point in points])
    own = normal(posterior).log_prob(points).sum(1)
    found = module.divergence(posterior, points, encode)  # type: ignore[operator]
    torch.testing.assert_close(found, own - densities.log())


def test_the_studys_own_mixture_has_one_mode_and_ours_has_two() -> None:
    line = torch.linspace(-4, 4, 801, dtype=torch.float64)

    def modes(scale: float, log_variance: float) -> int:
        spec = GaussianMixturePrior(vertex_scale=scale, prior_log_variance=log_variance)
        density = spec.build(lsdim=1, images=IMAGES).log_prior(line)  # type: ignore[operator]
        inner = density[1:-1]
        return int(((inner > density[:-2]) & (inner > density[2:])).sum())

    assert modes(1.0, 1.0) == 1
    assert modes(2.0, -2.0) == 2
