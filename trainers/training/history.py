"""What the epochs of a training have come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trainers.diagnostics.health import Health


@dataclass(frozen=True)
class Evaluation:
    """What an epoch has come to.

    Attributes:
        epoch: which one, counted from 1.
        metrics: all that the config's ``metrics`` names, those of evaluation on the validation split.
        health: how the training fares, by this epoch and those before.
    """

    epoch: int
    metrics: dict[str, float]
    health: Health = field(default_factory=Health)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Evaluation":
        """Return the evaluation that ``dataclasses.asdict`` wrote.

        Raises:
            KeyError: a version of this program wrote it that had less to say.
        """
        return cls(facts["epoch"], facts["metrics"], Health(**facts["health"]))
