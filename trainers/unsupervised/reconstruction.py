"""The autoencoder: an embedding from which its image can be drawn again."""

from typing import Literal

from torch import Tensor, nn

from trainers.unsupervised.decoders import Decoder, MLPDecoder
from trainers.unsupervised.objective import Encode, Moment, UnsupervisedSpec
from trainers.unsupervised.posterior import Posterior

Reduction = Literal["sum", "mean"]


class Reconstruction(UnsupervisedSpec):
    """L_U = ‖x̂ − x‖² of images x in [0, 1], drawn again from their embedding z as x̂ = g(z) (DML autoencoder).

    The objective of Safir et al., SciPy 2022. With ``mean`` the loss is some hundredths, and alpha no balance
    against a metric loss of order 1; with ``sum`` it is some tens.

    Attributes:
        decoder: g.
        reduction: ``sum`` over pixels, or their ``mean``; a mean over the batch either way.
    """

    name: Literal["reconstruction"] = "reconstruction"
    decoder: Decoder = MLPDecoder()
    reduction: Reduction = "sum"

    def features(self, lsdim: int) -> int:
        """Return how many outputs the encoder needs."""
        return lsdim

    def build(self, *, lsdim: int, images: Tensor) -> nn.Module:
        """Return the ``LatentObjective``."""
        return _Reconstruction(self.decoder.build(lsdim, images), self.reduction)


class _Reconstruction(nn.Module):
    def __init__(self, decoder: nn.Module, reduction: Reduction) -> None:
        super().__init__()
        self.decoder = decoder
        self.reduction = reduction

    def forward(self, posterior: Posterior, pixels: Tensor, encode: Encode, moment: Moment) -> Tensor:  # noqa: ARG002
        return squared_error(self.decoder(posterior.mean), pixels, self.reduction)


def squared_error(drawn: Tensor, pixels: Tensor, reduction: Reduction) -> Tensor:
    """Return the squared error of images (B, C, H, W): over pixels as asked, averaged over the batch."""
    errors = (drawn - pixels).square().flatten(1)
    return (errors.sum(1) if reduction == "sum" else errors.mean(1)).mean()
