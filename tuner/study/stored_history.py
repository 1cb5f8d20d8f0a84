"""The trials of a study as a store has them, as far as a sampler may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class StoredTrial:
    """A trial of the study's, as its sampler may see it.

    Attributes:
        number: its number.
        state: Optuna's state.
        ours: whether it is this program's; of another program's only what it waits with is used.
        params: of each parameter its value as Optuna stores it, and its distribution as JSON.
        attributes: its user attributes if it runs or waits, else `follows`, `results`,
            `epochs`, `same_as` and `code_hash` alone.
    """

    number: int
    state: str
    ours: bool
    started: Any = None
    ended: Any = None
    params: dict[str, tuple[float, str]] = field(default_factory=dict)
    values: list[float] = field(default_factory=list)
    intermediates: dict[int, float] = field(default_factory=dict)
    system_attributes: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredHistory:
    """All trials of a study by number, and what its sampler keeps with the study."""

    trials: Sequence[StoredTrial]
    study_attributes: Mapping[str, Any]

    @property
    def proposals(self) -> int:
        """How many of the trials a sampler has proposed: all that ran, but for further attempts."""
        asked = [trial for trial in self.trials if trial.ours and trial.state != "WAITING"]
        return sum("follows" not in trial.attributes for trial in asked)
