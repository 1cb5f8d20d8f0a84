"""What every latent objective has: its weight against the metric loss, and when each is minimised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator
from torch import Tensor

from trainers.specs import MethodSpec, Mistake, Spec, refuse
from trainers.unsupervised.posterior import Posterior

Encode = Callable[[Tensor], Posterior]


@dataclass(frozen=True)
class Moment:
    """Where a training stands: which step of how many in which epoch, both counted from 1."""

    epoch: int
    step: int
    steps: int


@dataclass(frozen=True)
class Weights:
    """By how much each of the two losses counts in one step."""

    supervised: float
    unsupervised: float


class LatentObjective(Protocol):
    """What a spec's ``build`` returns, as a module: the loss L_U of one batch, labelled or not."""

    def __call__(self, posterior: Posterior, pixels: Tensor, encode: Encode, moment: Moment) -> Tensor:
        """Return a scalar with a gradient.

        Args:
            posterior: q(z|x) of the batch.
            pixels: (B, C, H, W) in [0, 1].
            encode: q(z|x) of other images in [0, 1].
            moment: where the training stands since the objective is in force, for what warms up.
        """


class FitsLatents(Protocol):
    """A ``LatentObjective`` that looks at the latents of the training images once, before its first step."""

    def fit(self, latents: Tensor, seed: int) -> None:
        """Fit to latents (N, D), posterior means, without a gradient.

        Args:
            latents: of a sample of the training images, or of all.
            seed: picks all chance; in [0, 2**32).

        Raises:
            TrainingStopped: the latents are not finite.
        """


class UnsupervisedSpec(MethodSpec):
    """L = (1 − alpha) · supervised_scale · L_S + alpha · L_U, the latter on all training images.

    Attributes:
        alpha: weight of the latent objective, in (0, 1]; with 1 no label is looked at where it counts.
        supervised_scale: multiplies the metric loss, which is of order 1, where the latent objective is a sum
            over pixels or dimensions.
        schedule: ``joint`` minimises both in every step. ``alternate_epochs`` and ``alternate_batches`` do so
            in the odd epochs or steps, counted from 1, and in the even ones alpha · L_U alone. ``staged``
            minimises supervised_scale · L_S alone at first, then both in every step; what warms up does so
            from then on.
        metric_epochs: how many epochs the metric loss is alone; with ``staged`` only, which needs it.
        batch_size: how many images of the whole training split a step adds; as many as it has labelled ones
            if not given.
    """

    alpha: float = Field(default=0.5, gt=0, le=1)
    supervised_scale: float = Field(default=1.0, gt=0)
    schedule: Literal["joint", "alternate_epochs", "alternate_batches", "staged"] = "joint"
    metric_epochs: PositiveInt | None = None
    batch_size: PositiveInt | None = None

    @model_validator(mode="after")
    def _stage_one_has_a_length(self) -> "UnsupervisedSpec":
        refuse(self._about_stages())
        return self

    def _about_stages(self) -> Iterator[Mistake]:
        if self.schedule == "staged" and self.metric_epochs is None:
            yield (
                "schedule",
                "staged wants metric_epochs, the epochs of the metric loss alone; add it",
            )
        if self.schedule != "staged" and self.metric_epochs is not None:
            yield (
                "metric_epochs",
                f"is given, and schedule: {self.schedule} has no first stage; "
                "remove it, or write schedule: staged",
            )

    @property
    def skips_metric_loss(self) -> bool:
        """Whether there are epochs in which the metric loss counts nothing."""
        return self.alpha == 1 or self.schedule == "alternate_epochs"

    @property
    def fits_latents(self) -> bool:
        """Whether what ``build`` returns is one that ``FitsLatents``."""
        return False

    def in_force(self, moment: Moment) -> Moment | None:
        """Return the moment as the latent objective counts it, from its own first epoch; None before that."""
        epoch = moment.epoch - (self.metric_epochs or 0)
        return replace(moment, epoch=epoch) if epoch >= 1 else None

    def weights(self, moment: Moment) -> Weights:
        """Return the weights of the two losses in a step; that of the latent objective may be 0."""
        if self.in_force(moment) is None:
            return Weights(self.supervised_scale, 0.0)
        turns = {"alternate_epochs": moment.epoch, "alternate_batches": moment.step}
        supervised = (1 - self.alpha) * self.supervised_scale if turns.get(self.schedule, 1) % 2 else 0.0
        return Weights(supervised, self.alpha)


class KLTerm(Spec):
    """How the KL divergence between posterior and prior counts; it is summed over the dimensions.

    Attributes:
        weight: beta (Higgins et al., ICLR 2017).
        warm_up_epochs: over so many epochs the weight grows from 0, step by step (Bowman et al., CoNLL 2016).
        free_bits: nats of every dimension that cost nothing (Kingma et al., NeurIPS 2016).
    """

    weight: float = Field(default=1.0, gt=0)
    warm_up_epochs: NonNegativeInt = 0
    free_bits: float = Field(default=0.0, ge=0)

    def ramp(self, moment: Moment) -> float:
        """Return how far the warm-up has come, in (0, 1]."""
        if not self.warm_up_epochs:
            return 1.0
        return min(1.0, (moment.epoch - 1 + moment.step / moment.steps) / self.warm_up_epochs)

    def value(self, divergence: Tensor, moment: Moment) -> Tensor:
        """Return the scalar term of divergences (B, D): their batch means, at least what is free, summed."""
        return self.ramp(moment) * self.weight * divergence.mean(0).clamp(min=self.free_bits).sum()
