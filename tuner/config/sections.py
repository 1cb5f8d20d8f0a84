"""The sections of a study's configuration, apart from the training config that it searches."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from formats.messages import format_value
from formats.validation import Section
from tuner.config.name import StudyName
from tuner.config.space.numbers import FiniteFloat, WholeNumber


class Objective(Section):
    """A metric of the evaluation to maximize or minimize."""

    metric: Annotated[str, Field(min_length=1)]
    direction: Literal["maximize", "minimize"]


class Constraint(Section):
    """A bound that a metric of a completed trial has to keep; exactly one of the two is given."""

    metric: Annotated[str, Field(min_length=1)]
    at_most: FiniteFloat | None = None
    at_least: FiniteFloat | None = None

    @property
    def key(self) -> str:
        """The name of its values, such as `cost.at_most`."""
        return f"{self.metric}.{'at_least' if self.at_most is None else 'at_most'}"

    @property
    def bound(self) -> str:
        """The bound in words, such as `at most 0.3`."""
        return f"{'at least' if self.at_most is None else 'at most'} {self._limit:.15g}"

    @property
    def _limit(self) -> float:
        limit = self.at_least if self.at_most is None else self.at_most
        assert limit is not None  # one of the two is given
        return limit

    def excess(self, value: float) -> float:
        """Return how far a value of the metric is beyond the bound; 0 or less is within it."""
        return value - self._limit if self.at_most is not None else self._limit - value

    def measured(self, excess: float) -> float:
        """Return the value of the metric that is so far beyond the bound."""
        return self._limit + excess if self.at_most is not None else self._limit - excess

    def contradiction(self, others: "Iterable[Constraint]") -> str | None:
        """Return why this constraint cannot stand beside the others, or None."""
        for other in others:
            if other.key == self.key:
                return f"{format_value(self.metric)} is {other.bound} already; remove one of the two"
            if other.metric == self.metric and self.excess(other._limit) > 0:
                return f"{format_value(self.metric)} cannot be {self.bound} and {other.bound}"
        return None

    @model_validator(mode="after")
    def _check_one_bound(self) -> Self:
        if (self.at_most is None) == (self.at_least is None):
            given = "neither" if self.at_most is None else "both"
            raise ValueError(f"has {given} of at_most and at_least; give one of the two")
        return self


class Stagnation(Section):
    """Ends a study whose front has not grown in its last `trials` trials, however many are left."""

    trials: Annotated[WholeNumber, Field(ge=1)]


class Budget(Section):
    """How much a study may spend; null is no limit.

    Attributes:
        trials: how many trials complete or are stopped.
        epochs: how many epochs each trial trains.
        device_hours: how long all trials of the study train together; what runs then is trained to its end.
        stagnation: ends the study before, when its front no longer grows.
        grace_epochs: epochs of a trial before early stopping may end it.
        hours: how long a launch runs.
        failures: how many trials of a launch may fail; one more ends it.
        failures_in_a_row: how many may fail with no completed or stopped trial between them.
        trial_hours: how long a trial trains before it is stopped.
        stall_minutes: how long a trial may report nothing before its worker is killed and it is retried.
        stop_grace_seconds: how long a launch that is asked to end may take.
    """

    trials: Annotated[WholeNumber, Field(ge=1)]
    epochs: Annotated[WholeNumber, Field(ge=1)]
    device_hours: Annotated[FiniteFloat, Field(gt=0)] | None = None
    stagnation: Stagnation | None = None
    grace_epochs: Annotated[WholeNumber, Field(ge=1)] = 1
    hours: Annotated[FiniteFloat, Field(gt=0)] | None = None
    failures: Annotated[WholeNumber, Field(ge=0)] = 10
    failures_in_a_row: Annotated[WholeNumber, Field(ge=0)] | None = 5
    trial_hours: Annotated[FiniteFloat, Field(gt=0)] | None = None
    stall_minutes: Annotated[FiniteFloat, Field(gt=0)] | None = None
    stop_grace_seconds: Annotated[FiniteFloat, Field(gt=0)] = 30.0

    @field_validator("grace_epochs")
    @classmethod
    def _check_grace(cls, grace_epochs: int, info: ValidationInfo) -> int:
        epochs = info.data.get("epochs", grace_epochs)
        if grace_epochs > epochs:
            raise ValueError(f"{grace_epochs} grace epochs are more than the {epochs} epochs of a trial")
        return grace_epochs


class WarmStart(Section):
    """Takes the points that were best in earlier studies of the same store, and trains them first.

    Attributes:
        studies: their names.
        best: how many points of each, by the new study's objectives.
    """

    studies: Annotated[tuple[StudyName, ...], Field(strict=False, min_length=1)]
    best: Annotated[WholeNumber, Field(ge=1)] = 10


class Replicates(Section):
    """Trains a configuration again, so that a result is a mean and no stroke of luck.

    Attributes:
        seeds: how many seeds it is trained with: the config's own, and those that follow it.
        folds: how many class-disjoint folds each seed is trained on; null leaves the split as it is.
        when: `front` trains again while the mean so far may stand on the front, `always` in any case.
    """

    seeds: Annotated[WholeNumber, Field(ge=1)] = 1
    folds: Annotated[WholeNumber, Field(ge=2)] | None = None
    when: Literal["front", "always"] = "front"

    @model_validator(mode="after")
    def _check_several(self) -> Self:
        if self.trainings < 2:
            raise ValueError("one seed is no replicate; write seeds: 3, or folds: 4, or leave replicates out")
        return self

    @property
    def trainings(self) -> int:
        """How many trainings a configuration has at most."""
        return self.seeds * (self.folds or 1)


class NoEarlyStopping(Section):
    """Every trial trains for all its epochs."""

    name: Literal["none"] = "none"


class AshaStopping(Section):
    """Asynchronous successive halving: of the trials at a rung, one in `reduction_factor` goes on."""

    name: Literal["asha"]
    reduction_factor: Annotated[WholeNumber, Field(ge=2)] = 3


class MedianStopping(Section):
    """A trial below the others' median at the same epoch stops, once `startup_trials` have completed."""

    name: Literal["median"]
    startup_trials: Annotated[WholeNumber, Field(ge=1)] = 5


EarlyStopping = Annotated[NoEarlyStopping | AshaStopping | MedianStopping, Field(discriminator="name")]


def _gpus(value: object) -> object:
    if value == "auto":
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**31:
        raise ValueError(f"{format_value(value)}: expected auto or a number from 0")
    if value > 1 and value % 1:
        raise ValueError(f"{value}: above 1 only whole GPUs can be given")
    return float(value)


class Resources(Section):
    """What one trial occupies; `gpus: auto` is one GPU where the cluster has GPUs, else none."""

    gpus: Annotated[float | Literal["auto"], BeforeValidator(_gpus)] = "auto"
    cpus: Annotated[FiniteFloat, Field(gt=0)] = 1.0


class Keep(Section):
    """What is written of a training that runs, and stays of one that has ended.

    Attributes:
        checkpoint_seconds: the least time between two checkpoints of a training, beside the one at its end;
            so much of it, and an epoch, is trained again after a crash. 0 writes one after each epoch.
        states: `running`: what a training goes on from goes when its trial has ended; `all` keeps it.
        models: `front`: models go that are not on the front, or leave it; `all` keeps those of all trials.
    """

    checkpoint_seconds: float = Field(default=30.0, ge=0)
    states: Literal["running", "all"] = "running"
    models: Literal["front", "all"] = "front"
