"""A mixture of encoded pseudo-images as prior of the latents (VampPrior)."""

import math
from typing import Literal

import torch
from torch import Tensor, nn

from trainers.unsupervised.objective import Encode
from trainers.unsupervised.posterior import Posterior

PseudoInputInit = Literal["random", "data"]
DARKEST, BRIGHTEST = 0.01, 0.99  # nearer to 0 and 1 the sigmoid has hardly a slope left to learn by


class PseudoInputPrior(nn.Module):
    """p(z) = 1/K Σ_k q(z|u_k), whose images u_k in [0, 1] are learnt (Tomczak and Welling, AISTATS 2018).

    Args:
        count: K.
        init: ``data`` begins with training images, drawn from torch's global generator, none of them again
            before all were drawn; ``random`` with dark noise, as images of digits mostly are dark.
        lr_factor: the pseudo-images' learning rate as a multiple of the optimizer's.
        images: (N, C, H, W) uint8, the training images.
    """

    def __init__(self, count: int, init: PseudoInputInit, lr_factor: float, images: Tensor) -> None:
        super().__init__()
        self.lr_factor = lr_factor
        # Before the sigmoid, so that pseudo-images stay in [0, 1].
        begin = _drawn(count, images) if init == "data" else torch.randn(count, *images.shape[1:]) - 2
        self.pseudo_inputs = nn.Parameter(begin)

    def log_density(self, points: Tensor, encode: Encode) -> Tensor:
        """Return log p(z), (B,), of points (B, D)."""
        components = self.components(encode).log_density(points)
        return components.logsumexp(1) - math.log(components.shape[1])

    def components(self, encode: Encode) -> Posterior:
        """Return the K Gaussians q(z|u_k), (K, D)."""
        return encode(self.pseudo_inputs.sigmoid())


def _drawn(count: int, images: Tensor) -> Tensor:
    order = torch.randperm(len(images))
    chosen = images[order[torch.arange(count) % len(images)]]
    return (chosen.float() / 255).clamp(DARKEST, BRIGHTEST).logit()
