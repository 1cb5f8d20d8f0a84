"""Where an encoder puts an image: a point, or a Gaussian around one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

FREE = 10.0  # log variances up to this size are taken as they are; a deviation from 1/148 to 148


@dataclass(frozen=True)
class Posterior:
    """q(z|x) of a batch, with a diagonal covariance.

    Attributes:
        mean: (B, D); the embedding.
        log_variance: (B, D), or None of an encoder that gives points.
    """

    mean: Tensor
    log_variance: Tensor | None = None

    @classmethod
    def joined(cls, parts: Sequence[Posterior]) -> Posterior:
        """Return one batch of all parts, in their order: of one encoder, so Gaussians or points alike."""
        spreads = [part.log_variance for part in parts if part.log_variance is not None]
        return cls(torch.cat([part.mean for part in parts]), torch.cat(spreads) if spreads else None)

    def sample(self) -> Tensor:
        """Return z ~ q(z|x), (B, D), with a gradient to both parameters; the mean itself if it is a point."""
        if self.log_variance is None:
            return self.mean
        return self.mean + (self.log_variance / 2).exp() * torch.randn_like(self.mean)

    def std(self) -> Tensor:
        """Return the standard deviation, averaged over images and dimensions; 0 of points."""
        if self.log_variance is None:
            return self.mean.new_zeros(())
        return (self.log_variance / 2).exp().mean()

    def log_density(self, points: Tensor) -> Tensor:
        """Return log q(z|x) for every point and every Gaussian, (N, B), of points (N, D).

        Raises:
            ValueError: the posterior is a point, which has no density.
        """
        if self.log_variance is None:
            raise ValueError("a point has no density")
        return log_normal(points[:, None], self.mean, self.log_variance).sum(2)


def log_normal(points: Tensor, mean: Tensor | float, log_variance: Tensor | float) -> Tensor:
    """Return log N(points; mean, exp(log_variance)), elementwise."""
    log_variance = torch.as_tensor(log_variance, dtype=points.dtype, device=points.device)
    scaled = (points - mean).square() / log_variance.exp()
    return -(scaled + log_variance + torch.log(points.new_tensor(2 * torch.pi))) / 2


def softly_bounded(log_variance: Tensor) -> Tensor:
    """Return log variances that stay where they are in [−10, 10], and grow as a logarithm beyond.

    No output of a network makes a variance of 0 or infinity, and none is without a gradient: from beyond a
    hard bound, a posterior that the metric loss alone has made narrow would not come back. The slope is 1 up
    to ±10 itself, and 1 / (1 + |excess|) beyond.
    """
    size = log_variance.abs()
    beyond = log_variance.sign() * (FREE + (size - FREE).clamp(min=0).log1p())
    return torch.where(size <= FREE, log_variance, beyond)


class Encoder(nn.Sequential):
    """Stored pixels to embeddings: the first layer standardises, the second is the backbone.

    A backbone with twice as many outputs as `lsdim` gives means and log variances, the latter softly bounded;
    others give points.
    """

    def __init__(self, standardise: nn.Module, backbone: nn.Module, lsdim: int) -> None:
        super().__init__(standardise, backbone)
        self.lsdim = lsdim
        self._compiled: Callable[[Tensor], Tensor] | None = None

    def compile_training(self, mode: str) -> None:
        """Let torch compile what a training step computes, at the first one; evaluation stays as it is.

        Args:
            mode: one of ``torch.compile``.
        """
        self._compiled = torch.compile(super().forward, mode=mode)

    def posterior(self, images: Tensor) -> Posterior:
        """Return q(z|x) of images (B, C, H, W), in the data set's own range."""
        network = self._compiled if self.training and self._compiled else super().forward
        features = network(images).float()
        mean, rest = features[:, : self.lsdim], features[:, self.lsdim :]
        return Posterior(mean, softly_bounded(rest) if rest.shape[1] else None)

    def forward(self, images: Tensor) -> Tensor:
        """Return the embeddings (B, lsdim): the means."""
        return self.posterior(images).mean
