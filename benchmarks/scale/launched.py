"""Trials of a second on 16 devices by a real launch, beside the time that they would ideally take."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import psutil

from benchmarks.databases import database
from benchmarks.markdown import Aim
from benchmarks.scheduling import ours
from benchmarks.scheduling.contenders import scratch
from benchmarks.scheduling.occupancy import Occupancy

DEVICES, TRIAL_SECONDS = 16, 1.0
OVERHEAD = Aim(0.05)
HEAD = (
    *(
        "trials",
        "sampler",
        "store",
        "ideal",
        "first start to last end",
        "over ideal",
        "whole command",
        "median gap",
    ),
    *("driver's CPU a trial", "all cores busy", "load before", "aim", "met"),
)


@dataclass(frozen=True)
class Launched:
    """A launch that has ended.

    Attributes:
        sampler: its name.
        kind: of the database.
        occupancy: what the devices did.
        whole_seconds: of the command, with the start of Ray and of the workers.
        driver_seconds: CPU time of the driver from the first trial on.
        cores_busy: share of the machine's cores, whatever ran on them.
        load: processes that ran or wanted to in the minute before.
    """

    sampler: str
    kind: str
    occupancy: Occupancy
    whole_seconds: float
    driver_seconds: float
    cores_busy: float
    load: float

    @property
    def seconds(self) -> float:
        """From the first start of a trial to the last end."""
        began, ended = self.occupancy.period
        return ended - began

    @property
    def ideal(self) -> float:
        """Seconds of devices that never wait."""
        return self.occupancy.trials * TRIAL_SECONDS / DEVICES

    @property
    def cells(self) -> list[str]:
        """The row of a table."""
        over = self.seconds / self.ideal - 1
        trials = self.occupancy.trials
        return [
            *(
                f"{trials:,}",
                self.sampler,
                self.kind,
                f"{self.ideal:.1f} s",
                f"{self.seconds:.1f} s",
                f"{over:.1%}",
            ),
            *(f"{self.whole_seconds:.1f} s", f"{1000 * self.occupancy.median_gap:.0f} ms"),
            *(f"{1000 * self.driver_seconds / trials:.0f} ms", f"{self.cores_busy:.0%}", f"{self.load:.1f}"),
            *(f"{OVERHEAD} over ideal", "yes" if OVERHEAD.is_met(over) else "**no**"),
        ]


def measure(trials: int, sampler: str, kind: str) -> Launched:
    """Return how a launch of so many sleeping trials went."""
    load = os.getloadavg()[0]
    with scratch() as (folder, spans), database(kind) as storage:
        study = ours.study(trials, TRIAL_SECONDS, spans, devices=DEVICES, sampler=sampler)
        began = time.monotonic()
        psutil.cpu_percent()  # begins to count
        with ours.launched(ours.ROOT, storage, study, folder) as process:
            driver_seconds = ours.wait(process, folder)
        whole_seconds, cores_busy = time.monotonic() - began, psutil.cpu_percent() / 100
        return Launched(sampler, kind, Occupancy.read(spans), whole_seconds, driver_seconds, cores_busy, load)
