"""The metrics of a training so far: all that a detector may look at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trainers.losses.contract.geometry import Geometry
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.objective import Moment

EPOCHS = 3  # in a row in which a detector has to match: what passes by itself is no verdict

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Trajectory:
    """A training as its configs and metrics describe it.

    Attributes:
        geometry: the metric loss's.
        unsupervised: that of the latent objective, if there is one.
        start: the metrics of ``describe`` before the first step.
        history: the metrics of every epoch so far, one at least.
    """

    geometry: Geometry
    unsupervised: Unsupervised | None
    start: Metrics
    history: Sequence[Metrics]

    @property
    def now(self) -> Metrics:
        """The metrics of the last epoch."""
        return self.history[-1]

    @property
    def in_first_stage(self) -> bool:
        """Whether the metric loss was alone in the last epoch, and a latent objective is still to come."""
        return len(self.history) <= self._metric_epochs

    @property
    def stage(self) -> Sequence[Metrics]:
        """The metrics of the present stage's epochs, one at least: before it the loss was another sum."""
        return self.history if self.in_first_stage else self.history[self._metric_epochs :]

    @property
    def with_metric_loss(self) -> Sequence[Metrics]:
        """The metrics of the present stage's epochs that had a metric loss: their losses are one sum."""
        return [metrics for metrics in self.stage if "active_ratio" in metrics]

    @property
    def _metric_epochs(self) -> int:
        return (self.unsupervised.metric_epochs or 0) if self.unsupervised else 0

    def lately(self, matches: Callable[[Metrics], bool]) -> bool:
        """Return whether each of the last ``EPOCHS`` epochs matches; the stage has so many."""
        return all(matches(metrics) for metrics in self.stage[-EPOCHS:])


def numbers(metrics: Metrics, *names: str) -> str:
    """Return some of an epoch's metrics in one line, each with its name; those it lacks are left out."""
    return ", ".join(f"{name} {metrics[name]:.3g}" for name in names if name in metrics)


def last_alike(epoch: int, unsupervised: Unsupervised | None) -> int:
    """Return the last epoch before this one whose loss was the same sum, counted from 1; 0 if none was.

    Args:
        epoch: counted from 1.
        unsupervised: the config of the latent objective, if there is one.
    """
    if unsupervised is None:
        return epoch - 1
    weights = [unsupervised.weights(Moment(each, step=1, steps=1)) for each in range(1, epoch + 1)]
    return next((each for each in range(epoch - 1, 0, -1) if weights[each - 1] == weights[-1]), 0)


def loss_decay(now: float, before: float | None) -> float:
    """Return by which share of its absolute value the loss fell since the last epoch of the same kind.

    It is negative if the loss rose, and 0 in the first epoch of a kind, and where the loss was 0 before.

    Args:
        now: the loss of this epoch.
        before: that of the last whose loss was the same sum; None in the first.
    """
    return (before - now) / abs(before) if before else 0.0
