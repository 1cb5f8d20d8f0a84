"""A variational autoencoder whose prior is made of encoded pseudo-images (MetricVAE)."""

from typing import Literal

import torch
from pydantic import PositiveInt
from torch import Tensor, nn

from trainers.decoders import Decoder, MLPDecoder
from trainers.posterior import Posterior, log_normal
from trainers.unsupervised.objective import Encode, KLTerm, Moment, UnsupervisedSpec
from trainers.unsupervised.reconstruction import Reduction, squared_error


class MetricVAE(UnsupervisedSpec):
    """L_U = ‖g(z) − x‖² + beta · KL(q(z|x) ‖ p(z)), z ~ q(z|x), with p(z) = 1/K Σ_k q(z|u_k).

    The prior (VampPrior) of Tomczak and Welling, AISTATS 2018, in the model of Safir et al., SciPy 2022. Its
    pseudo-images u_k are learnt; their densities are averaged, not the logarithms of them. The divergence is
    estimated with one sample an image.

    Attributes:
        pseudo_inputs: K.
        decoder: g.
        reduction: ``sum`` of the squared error over pixels, or its ``mean``.
        kl: warm-up and weight (beta) of the divergence; free bits count for the whole latent, not for each
            dimension, because the prior is no product.
        supervise: what the metric loss looks at, a ``sample`` of the posterior or its ``mean``.
    """

    name: Literal["metric_vae"] = "metric_vae"
    pseudo_inputs: PositiveInt = 50
    decoder: Decoder = MLPDecoder()
    reduction: Reduction = "sum"
    kl: KLTerm = KLTerm()
    supervise: Literal["sample", "mean"] = "sample"

    def features(self, lsdim: int) -> int:
        """Return how many outputs the encoder needs: a mean and a log variance each dimension."""
        return 2 * lsdim

    def build(self, *, lsdim: int, image_shape: tuple[int, int, int]) -> nn.Module:
        """Return the ``LatentObjective``."""
        return _MetricVAE(self, lsdim, image_shape)


class _MetricVAE(nn.Module):
    def __init__(self, spec: MetricVAE, lsdim: int, image_shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.spec = spec
        self.decoder = spec.decoder.build(lsdim, image_shape)
        # Before the sigmoid: pseudo-images stay in [0, 1], and begin dark, as images of digits mostly are.
        self.pseudo_inputs = nn.Parameter(torch.randn(spec.pseudo_inputs, *image_shape) - 2)

    def forward(self, posterior: Posterior, pixels: Tensor, encode: Encode, moment: Moment) -> Tensor:
        points = posterior.sample()
        drawn = squared_error(self.decoder(points), pixels, self.spec.reduction)
        divergence = self.divergence(posterior, points, encode)
        return drawn + self.spec.kl.value(divergence[:, None], moment)

    def divergence(self, posterior: Posterior, points: Tensor, encode: Encode) -> Tensor:
        """Return log q(z|x) − log p(z) at one sample of every image, (B,): unbiased for the KL divergence."""
        assert posterior.log_variance is not None
        own = log_normal(points, posterior.mean, posterior.log_variance).sum(1)
        components = self.components(encode).log_density(points)
        prior = components.logsumexp(1) - torch.log(points.new_tensor(float(components.shape[1])))
        return own - prior

    def components(self, encode: Encode) -> Posterior:
        """Return the prior's K Gaussians q(z|u_k), (K, D)."""
        return encode(self.pseudo_inputs.sigmoid())
