"""A mixture of Gaussians on the vertices of a hypercube as prior of the latents."""

import math
from itertools import product
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from trainers.unsupervised.log_cosh import ExpectedLogCosh
from trainers.unsupervised.objective import Encode, KLTerm, Moment, UnsupervisedSpec
from trainers.unsupervised.posterior import Posterior, log_normal


class GaussianMixturePrior(UnsupervisedSpec):
    """L_U = KL(q(z|x) ‖ p(z)), p the mixture of 2^D equal Gaussians on the vertices {−s, +s}^D.

    The prior of Safir et al., SciPy 2022. The mixture is a product of D mixtures of two, so the divergence
    is a sum of D integrals over one dimension, whatever D is: by quadrature they need no sampling. The
    study's own s = 1 and log variance 1 has a single mode: two equal Gaussians have two only if s is larger
    than their standard deviation. Its printed estimator has the wrong sign, and neither the normalisers nor
    the sum over components; see docs/methods.md.

    Attributes:
        alpha: as for every latent objective.
        vertex_scale: s.
        prior_log_variance: of each component.
        estimator: ``quadrature``, or ``monte_carlo`` with one sample an image.
        kl: warm-up, free bits and weight of the divergence.
        supervise: what the metric loss looks at, a ``sample`` of the posterior or its ``mean``.
    """

    name: Literal["gaussian_mixture_prior"] = "gaussian_mixture_prior"
    alpha: float = Field(default=0.05, gt=0, le=1)
    vertex_scale: float = Field(default=2.0, gt=0)
    prior_log_variance: float = Field(default=-2.0, ge=-10, le=10)
    estimator: Literal["quadrature", "monte_carlo"] = "quadrature"
    kl: KLTerm = KLTerm()
    supervise: Literal["sample", "mean"] = "sample"

    def features(self, lsdim: int) -> int:
        """Return how many outputs the encoder needs: a mean and a log variance each dimension."""
        return 2 * lsdim

    def build(self, *, lsdim: int, images: Tensor) -> nn.Module:  # noqa: ARG002
        """Return the ``LatentObjective``."""
        return _GaussianMixturePrior(self, lsdim)


class _GaussianMixturePrior(nn.Module):
    def __init__(self, spec: GaussianMixturePrior, lsdim: int) -> None:
        super().__init__()
        self.spec = spec
        self.lsdim = lsdim
        self.expected_log_cosh = ExpectedLogCosh()

    def forward(self, posterior: Posterior, pixels: Tensor, encode: Encode, moment: Moment) -> Tensor:  # noqa: ARG002
        by_sample = self.spec.estimator == "monte_carlo"
        divergence = self.sampled(posterior) if by_sample else self.integrated(posterior)
        return self.spec.kl.value(divergence, moment)

    def integrated(self, posterior: Posterior) -> Tensor:
        """Return KL(q_j ‖ p_j) of every image and dimension, (B, D), in nats.

        With v the variance of the components, log p_j(z) = −(z² + s²) / 2v − ½ log 2πv + log cosh(sz / v).
        """
        assert posterior.log_variance is not None
        # In float64: with narrow components the terms are large and nearly cancel.
        mean, log_variance = posterior.mean.double(), posterior.log_variance.double()
        scale, prior_variance = self.spec.vertex_scale, math.exp(self.spec.prior_log_variance)
        width = prior_variance / scale
        square = mean.square() + log_variance.exp() + scale**2
        log_cosh = self.expected_log_cosh(mean / width, (log_variance / 2).exp() / width) - math.log(2)
        cross = log_cosh - square / (2 * prior_variance) - self.spec.prior_log_variance / 2
        divergence: Tensor = -cross - (log_variance + 1) / 2  # ½ log 2π is in both
        return divergence.to(posterior.mean.dtype)

    def sampled(self, posterior: Posterior) -> Tensor:
        """Return an unbiased estimate of the same, (B, D), from one sample an image."""
        assert posterior.log_variance is not None
        points = posterior.sample()
        density = log_normal(points, posterior.mean, posterior.log_variance)
        return density - self.log_prior(points)

    def log_prior(self, points: Tensor) -> Tensor:
        """Return log p_j at every coordinate: of two equal Gaussians at −s and +s."""
        scale, log_variance = self.spec.vertex_scale, self.spec.prior_log_variance
        below = log_normal(points, -scale, log_variance)
        above = log_normal(points, scale, log_variance)
        return torch.logaddexp(below, above) - math.log(2)

    def components(self, encode: Encode) -> Posterior:  # noqa: ARG002
        """Return the prior's 2^D Gaussians, (2^D, D): for a few dimensions."""
        scale = self.spec.vertex_scale
        vertices = torch.tensor(list(product((-scale, scale), repeat=self.lsdim)))
        return Posterior(vertices, torch.full_like(vertices, self.spec.prior_log_variance))
