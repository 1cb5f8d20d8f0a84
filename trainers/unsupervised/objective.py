"""What every latent objective has: its weight against the metric loss, and when each is minimised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from pydantic import Field, NonNegativeInt, PositiveInt
from torch import Tensor

from trainers.posterior import Posterior
from trainers.specs import MethodSpec, Spec

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
    """What a spec's ``build`` returns, as a module: the loss L_U of one batch, whoever is labelled in it."""

    def __call__(self, posterior: Posterior, pixels: Tensor, encode: Encode, moment: Moment) -> Tensor:
        """Return a scalar with a gradient.

        Args:
            posterior: q(z|x) of the batch.
            pixels: (B, C, H, W) in [0, 1].
            encode: q(z|x) of other images in [0, 1].
            moment: where the training stands, for what warms up.
        """


class UnsupervisedSpec(MethodSpec):
    """L = (1 − alpha) · supervised_scale · L_S + alpha · L_U, the latter on all training images.

    Attributes:
        alpha: weight of the latent objective, in (0, 1]; with 1 no label is looked at.
        supervised_scale: multiplies the metric loss, which is of order 1, where the latent objective is a sum
            over pixels or dimensions.
        schedule: ``joint`` minimises both in every step. ``alternate_epochs`` and ``alternate_batches`` do so
            in the odd epochs or steps, counted from 1, and in the even ones alpha · L_U alone.
        batch_size: how many images of the whole training split a step adds; as many as it has labelled ones
            if not given.
    """

    alpha: float = Field(default=0.5, gt=0, le=1)
    supervised_scale: float = Field(default=1.0, gt=0)
    schedule: Literal["joint", "alternate_epochs", "alternate_batches"] = "joint"
    batch_size: PositiveInt | None = None

    def weights(self, moment: Moment) -> Weights:
        """Return the weights of the two losses in a step."""
        turn = {"joint": 1, "alternate_epochs": moment.epoch, "alternate_batches": moment.step}[self.schedule]
        supervised = (1 - self.alpha) * self.supervised_scale if turn % 2 else 0.0
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
