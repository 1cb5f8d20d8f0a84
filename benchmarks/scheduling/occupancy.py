"""What the devices did: when each trained, how long it waited for the next trial."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Occupancy:
    """From when to when each device trained, in seconds since the epoch, in order."""

    spans: Mapping[str, Spans]

    @classmethod
    def read(cls, folder: Path) -> Occupancy:
        """Return what the sleepers noted in this folder."""
        noted = {}
        for file in folder.iterdir():
            words = [line.split() for line in file.read_text().splitlines()]
            noted[file.stem] = [(float(began), float(ended)) for began, ended in words]
        return cls(noted)

    @property
    def trials(self) -> int:
        """How many trials were trained."""
        return sum(map(len, self.spans.values()))

    @property
    def workers(self) -> int:
        """How many processes trained: as many as devices, if all are used and none is started twice."""
        return len(self.spans)

    @property
    def period(self) -> tuple[float, float]:
        """From the first start to the last end."""
        whole = [span for spans in self.spans.values() for span in spans]
        return min(began for began, _ in whole), max(ended for _, ended in whole)

    @property
    def trials_per_second(self) -> float:
        """Trials by the time between the first start and the last end."""
        began, ended = self.period
        return self.trials / (ended - began)

    @property
    def median_gap(self) -> float:
        """The median seconds between two trials of a device."""
        pairs = (itertools.pairwise(spans) for spans in self.spans.values())
        return median(after[0] - before[1] for before, after in itertools.chain.from_iterable(pairs))

    def busy(self, devices: int, period: tuple[float, float] | None = None) -> float:
        """Return the share of the devices' time in which they trained, in this period or in all."""
        began, ended = period or self.period
        whole = itertools.chain.from_iterable(self.spans.values())
        trained = sum(max(0.0, min(to, ended) - max(since, began)) for since, to in whole)
        return trained / (devices * (ended - began))
