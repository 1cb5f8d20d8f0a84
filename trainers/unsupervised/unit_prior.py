"""A unit Gaussian as prior of the latents."""

from typing import Literal

from pydantic import Field
from torch import Tensor, nn

from trainers.unsupervised.objective import Encode, KLTerm, Moment, UnsupervisedSpec
from trainers.unsupervised.posterior import Posterior


class UnitPrior(UnsupervisedSpec):
    """L_U = KL(q(z|x) ‖ N(0, 1)) = ½ Σ_j (μ_j² + σ_j² − log σ_j² − 1).

    Safir et al., SciPy 2022, with the KL term of Kingma and Welling, ICLR 2014. It is summed over dimensions:
    search alpha in [1e-3, 0.1]. Above, it outweighs the metric loss, and the posterior collapses onto the
    prior.

    Attributes:
        alpha: as for every latent objective.
        kl: warm-up, free bits and weight of the divergence.
        supervise: whether the metric loss looks at a ``sample`` of the posterior, which makes it narrow, or
            at its ``mean``, which leaves it as wide as the prior.
    """

    name: Literal["unit_prior"] = "unit_prior"
    alpha: float = Field(default=0.05, gt=0, le=1)
    kl: KLTerm = KLTerm()
    supervise: Literal["sample", "mean"] = "sample"

    def features(self, lsdim: int) -> int:
        """Return how many outputs the encoder needs: a mean and a log variance each dimension."""
        return 2 * lsdim

    def build(self, *, lsdim: int, images: Tensor) -> nn.Module:  # noqa: ARG002
        """Return the ``LatentObjective``."""
        return _UnitPrior(self.kl)


class _UnitPrior(nn.Module):
    def __init__(self, kl: KLTerm) -> None:
        super().__init__()
        self.kl = kl

    def forward(self, posterior: Posterior, pixels: Tensor, encode: Encode, moment: Moment) -> Tensor:  # noqa: ARG002
        return self.kl.value(unit_divergence(posterior), moment)


def unit_divergence(posterior: Posterior) -> Tensor:
    """Return KL(q_j(z|x) ‖ N(0, 1)) of every image and dimension, (B, D), in nats."""
    mean, log_variance = posterior.mean, posterior.log_variance
    assert log_variance is not None
    return (mean.square() + log_variance.exp() - log_variance - 1) / 2
