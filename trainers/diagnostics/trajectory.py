"""The metrics of a training so far: all that a detector may look at."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from trainers.losses.contract.geometry import Geometry
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.objective import Moment, Weights

EPOCHS = 3  # in a row in which a detector has to match: what passes by itself is no verdict

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Trajectory:
    """A training as its configs and metrics describe it.

    Attributes:
        geometry: the metric loss's.
        unsupervised: that of the latent objective, if there is one.
        start: the metrics of ``describe`` before the first step.
        history: the metrics of every evaluation so far, one at least.
        every: epochs from one to the next.
    """

    geometry: Geometry
    unsupervised: Unsupervised | None
    start: Metrics
    history: Sequence[Metrics]
    every: int = 1

    @property
    def now(self) -> Metrics:
        """The metrics of the last epoch."""
        return self.history[-1]

    @property
    def in_first_stage(self) -> bool:
        """Whether the metric loss was alone in the last epoch, and a latent objective is still to come."""
        return len(self.history) <= self._of_first_stage

    @property
    def stage(self) -> Sequence[Metrics]:
        """The metrics of the present stage's epochs, one at least: before it the loss was another sum."""
        return self.history if self.in_first_stage else self.history[self._of_first_stage :]

    @property
    def with_metric_loss(self) -> Sequence[Metrics]:
        """The metrics of the present stage's epochs that had a metric loss: their losses are one sum."""
        return [metrics for metrics in self.stage if "active_ratio" in metrics]

    @property
    def _of_first_stage(self) -> int:
        """How many evaluations the first stage has."""
        return (self.unsupervised.metric_epochs or 0) // self.every if self.unsupervised else 0

    def lately(self, matches: Callable[[Metrics], bool]) -> bool:
        """Return whether each of the last ``EPOCHS`` epochs matches; the stage has so many."""
        return all(matches(metrics) for metrics in self.stage[-EPOCHS:])


def numbers(metrics: Metrics, *names: str) -> str:
    """Return some of an epoch's metrics in one line, each with its name; those it lacks are left out."""
    return ", ".join(f"{name} {metrics[name]:.3g}" for name in names if name in metrics)


def last_alike(epoch: int, seen: Collection[int], unsupervised: Unsupervised | None) -> int:
    """Return the last of the epochs seen whose loss was the same sum as this one's; 0 if none was.

    Args:
        epoch: counted from 1.
        seen: epochs before it, in order.
        unsupervised: the config of the latent objective, if there is one.
    """

    def weights(of: int) -> Weights | None:
        return unsupervised.weights(Moment(of, step=1, steps=1)) if unsupervised else None

    now = weights(epoch)
    return next((each for each in reversed([*seen]) if weights(each) == now), 0)


def loss_decay(now: float, before: float | None) -> float:
    """Return by which share of its absolute value the loss fell since the last epoch of the same kind.

    It is negative if the loss rose, and 0 in the first epoch of a kind, and where the loss was 0 before.

    Args:
        now: the loss of this epoch.
        before: that of the last whose loss was the same sum; None in the first.
    """
    return (before - now) / abs(before) if before else 0.0
