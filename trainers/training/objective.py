"""What a training minimises: a metric loss on labelled images, alone or beside a latent objective on all."""

from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor, nn

from trainers.data.uniform_batches import UniformBatches
from trainers.data.views import at_once
from trainers.diagnostics.gradients import embedding_gradient_norm
from trainers.errors import ConfigError
from trainers.evaluation.metrics import OF_METRIC_LOSS
from trainers.training.seeding import derive
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.objective import FitsLatents, Moment
from trainers.unsupervised.posterior import Encoder, Posterior

MOST_FITTED = 10_000
VALUES = (
    "loss",
    "active_ratio",
    "active_positives",
    "active_negatives",
    "unsupervised_loss",
    "posterior_std",
)
STEP_METRICS = (*VALUES, "embedding_gradient_norm", "parameter_gradient_norm")


@dataclass(frozen=True)
class StepValue:
    """The values of one step.

    Attributes:
        loss: what is minimised, a scalar with a gradient.
        unsupervised_loss: the latent objective, unweighted; 0 without one.
        posterior_std: the posterior's standard deviation, averaged over images and dimensions; 0 of points.
        active_ratio: of the metric loss; None in a step without it.
        active_positives: share of the positive pairs that cost something; None of a loss that is no sum over
            pairs, and in a step without a metric loss.
        active_negatives: the same of the negative pairs.
        embeddings: (B, D), what the metric loss saw, with ``grad`` after the backward pass; None in a step
            without it.
    """

    loss: Tensor
    unsupervised_loss: Tensor
    posterior_std: Tensor
    active_ratio: Tensor | None = None
    active_positives: Tensor | None = None
    active_negatives: Tensor | None = None
    embeddings: Tensor | None = None

    def numbers(self, gradient_norm: Tensor | None) -> Tensor:
        """Return (9,), after the backward pass: ``STEP_METRICS``, None as 0, then the metric losses: 1 or 0.

        Args:
            gradient_norm: of all parameters; None if the optimizer made no step.
        """
        numbers = [getattr(self, name) for name in VALUES]
        numbers.append(None if self.embeddings is None else embedding_gradient_norm(self.embeddings))
        numbers.append(gradient_norm)
        numbers.append(None if self.embeddings is None else torch.ones_like(self.loss))
        nothing = self.loss.new_zeros(())
        return torch.stack([nothing if number is None else number.detach() for number in numbers])


def epoch_means(sums: Tensor, steps: int) -> dict[str, float]:
    """Return the means over an epoch by their names in ``STEP_METRICS``; waits for the device.

    The values of the metric loss are averaged over the steps that had one, and absent if none had.

    Args:
        sums: (9,), of all steps' ``numbers``.
        steps: how many there were.
    """
    *totals, with_metric_loss = sums.tolist()
    counts = {name: int(with_metric_loss) if name in OF_METRIC_LOSS else steps for name in STEP_METRICS}
    named = zip(STEP_METRICS, totals, strict=True)
    return {name: total / counts[name] for name, total in named if counts[name]}


class Supervised(nn.Module):
    """A metric loss alone."""

    def __init__(self, loss: nn.Module) -> None:
        super().__init__()
        self.loss = loss

    def forward(self, encoder: Encoder, images: Tensor, targets: Tensor, moment: Moment) -> StepValue:  # noqa: ARG002
        """Return the value of one step on labelled images (B, C, H, W) of classes (B,)."""
        return _by_metric(self.loss, encoder(images), targets)


def _by_metric(loss: nn.Module, points: Tensor, targets: Tensor) -> StepValue:
    """Return the value of a step with a metric loss alone, for points (B, D) of classes (B,)."""
    points.retain_grad()
    with torch.autocast(points.device.type, enabled=False):  # distances need their digits
        value = loss(points, targets)
    nothing = torch.zeros_like(value.active_ratio)
    return StepValue(
        value.loss,
        nothing,
        nothing,
        value.active_ratio,
        value.active_positives,
        value.active_negatives,
        points,
    )


class SemiSupervised(nn.Module):
    """A metric loss on labelled images and a latent objective on a second stream of all training images.

    Args:
        loss: the built metric loss.
        latent: the built latent objective.
        spec: the config of the latent objective.
        images: (N, C, H, W) uint8, the whole training split.
        batches: the second stream.

    Raises:
        ConfigError: the data are not pixels.
    """

    images: Tensor

    def __init__(
        self, loss: nn.Module, latent: nn.Module, spec: Unsupervised, images: Tensor, batches: UniformBatches
    ) -> None:
        super().__init__()
        if images.dtype != torch.uint8:
            raise ConfigError(
                "unsupervised: wants images in pixels; this dataset holds other numbers; leave it out"
            )
        self.loss = loss
        self.latent = latent
        self.spec = spec
        self.batches = batches
        self.register_buffer("images", images, persistent=False)

    def forward(self, encoder: Encoder, images: Tensor, targets: Tensor, moment: Moment) -> StepValue:
        """Return the value of one step on labelled images (B, C, H, W) of classes (B,), and on others."""
        weights, since = self.spec.weights(moment), self.spec.in_force(moment)
        if since is None:
            labelled = encoder.posterior(images)
            metric = _by_metric(self.loss, self._point(labelled), targets)
            return replace(metric, loss=weights.supervised * metric.loss, posterior_std=labelled.std())
        if self.spec.fits_latents and since.epoch == since.step == 1:
            self._fit(encoder)
        extra = self.images[self.batches.at(moment)]
        posterior = encoder.posterior(extra)
        unsupervised = self.latent(
            posterior, extra.float() / 255, lambda pixels: encoder.posterior(pixels * 255), since
        )
        loss = weights.unsupervised * unsupervised
        if not weights.supervised:
            return StepValue(loss, unsupervised, posterior.std())
        metric = _by_metric(self.loss, self._point(encoder.posterior(images)), targets)
        return replace(
            metric,
            loss=loss + weights.supervised * metric.loss,
            unsupervised_loss=unsupervised,
            posterior_std=posterior.std(),
        )

    @torch.no_grad()
    def _fit(self, encoder: Encoder) -> None:
        chosen = self.images[self.batches.sample(MOST_FITTED).to(self.images.device)]
        encoder.eval()
        latents = torch.cat([encoder(part) for part in torch.split(chosen, at_once(chosen))])
        encoder.train()
        cast(FitsLatents, self.latent).fit(latents, derive(self.batches.seed, "fit"))

    def _point(self, posterior: Posterior) -> Tensor:
        by_sample = getattr(self.spec, "supervise", "mean") == "sample"
        return posterior.sample() if by_sample else posterior.mean
