"""The sections of a study's configuration, beside the training config it searches."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from formats.messages import format_value
from formats.validation import Section
from tuner.config.sampler_rules import SamplerName
from tuner.config.space.numbers import FiniteFloat, WholeNumber


class Objective(Section):
    """A metric to bring up or down, by its name in the evaluation."""

    metric: Annotated[str, Field(min_length=1)]
    direction: Literal["maximize", "minimize"]


class Budget(Section):
    """How much a study may spend.

    `trials` counts those completed or stopped; `grace_epochs` is what every trial gets before early stopping
    may end it; `hours` None means no limit of time. More than `failures` failures end the launch, and so do
    more than `failures_in_a_row` (None: any number) without a trial completed or stopped between them.
    A trial that trains for more than `trial_hours` is stopped; one that reports nothing for `stall_minutes`
    is ended by force and tried again; both None for no limit. A launch that is asked to end has
    `stop_grace_seconds` for it.
    """

    trials: Annotated[WholeNumber, Field(ge=1)]
    epochs: Annotated[WholeNumber, Field(ge=1)]
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


class SamplerConfig(Section):
    """What proposes parameters; the same seed proposes the same ones after the same results."""

    name: SamplerName
    seed: Annotated[WholeNumber, Field(ge=0, lt=2**32)] = 0


class NoEarlyStopping(Section):
    """Every trial trains for all its epochs."""

    name: Literal["none"] = "none"


class AshaStopping(Section):
    """Of the trials that reach a rung, the best in `reduction_factor` go on (asynchronous halving)."""

    name: Literal["asha"]
    reduction_factor: Annotated[WholeNumber, Field(ge=2)] = 3


class MedianStopping(Section):
    """A trial below the median of the others at the same epoch stops, once `startup_trials` are known."""

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
