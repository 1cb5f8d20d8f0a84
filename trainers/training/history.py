"""The history of a training: an evaluation an epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainers.diagnostics.health import Health


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of one epoch.

    Attributes:
        epoch: which one, counted from 1.
        metrics: all that the config's ``metrics`` names, those of evaluation on the validation split.
        health: of the training, by this epoch and those before.
    """

    epoch: int
    metrics: dict[str, float]
    health: Health = field(default_factory=Health)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Evaluation":
        """Return the evaluation that ``dataclasses.asdict`` wrote.

        Raises:
            KeyError: it was written by a version of this program that has fewer fields.
        """
        return cls(facts["epoch"], facts["metrics"], Health(**facts["health"]))
