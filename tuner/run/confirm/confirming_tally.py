"""How the confirmations of a study ended, counted while they run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuner.run.live.tally import Tally


@dataclass
class ConfirmingTally(Tally):
    """Counts trainings: neither a best value nor a front is looked for among what was found on test."""

    @property
    def title(self) -> str:
        """What is counted."""
        return f"{self.config.study}: judged on the test split"

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield what stands in the live table."""
        name, counts = next(super().rows())
        yield name.replace("trials", "trainings"), counts
