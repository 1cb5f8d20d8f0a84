"""Trials of a second on 16 devices by a real launch, beside the time that they would ideally take."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from benchmarks.databases import database
from benchmarks.markdown import Aim
from benchmarks.scheduling import ours
from benchmarks.scheduling.contenders import scratch
from benchmarks.scheduling.occupancy import Occupancy

DEVICES, TRIAL_SECONDS = 16, 1.0
OVERHEAD = Aim(0.05)
HEAD = (
    "trials",
    "sampler",
    "store",
    "ideal",
    "first start to last end",
    "over ideal",
    "whole command",
    "median gap",
    "driver's CPU a trial",
    "all cores busy",
    "load before",
    "aim",
    "met",
)

REPORTS_HEAD = ("reports", "a second", "driver's CPU a report", "all cores busy", "load before")
_REPORTING_DEVICES, _REPORTING_TRIALS, _REPORTS_A_TRIAL, _REPORT_SECONDS = 8, 16, 150, 0.02


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
            f"{trials:,}",
            self.sampler,
            self.kind,
            f"{self.ideal:.1f} s",
            f"{self.seconds:.1f} s",
            f"{over:.1%}",
            f"{self.whole_seconds:.1f} s",
            f"{1000 * self.occupancy.median_gap:.0f} ms",
            f"{1000 * self.driver_seconds / trials:.0f} ms",
            f"{self.cores_busy:.0%}",
            f"{self.load:.1f}",
            f"{OVERHEAD} over ideal",
            "yes" if OVERHEAD.is_met(over) else "**no**",
        ]

    @property
    def report_cells(self) -> list[str]:
        """The row of a table, of trials that report without a pause."""
        count = self.occupancy.trials  # the sleeper notes every epoch
        return [
            f"{count:,}",
            f"{count / self.seconds:.0f}",
            f"{1000 * self.driver_seconds / count:.1f} ms",
            f"{self.cores_busy:.0%}",
            f"{self.load:.1f}",
        ]


def measure(trials: int, sampler: str, kind: str) -> Launched:
    """Return how a launch of so many trials of a second went."""
    return _launch(
        sampler, kind, partial(ours.study, trials, TRIAL_SECONDS, devices=DEVICES, sampler=sampler)
    )


def measure_reports(kind: str) -> Launched:
    """Return how a launch went whose trials report again and again: how many results Ray Tune can pass on."""
    study = partial(
        ours.study,
        _REPORTING_TRIALS,
        _REPORT_SECONDS,
        devices=_REPORTING_DEVICES,
        epochs=_REPORTS_A_TRIAL,
        sampler="random",
    )
    return _launch("random", kind, study)


def _launch(sampler: str, kind: str, study: Callable[[Path], dict[str, Any]]) -> Launched:
    load = os.getloadavg()[0]
    with scratch() as (folder, spans), database(kind) as storage:
        began = time.monotonic()
        psutil.cpu_percent()  # begins to count
        with ours.launched(ours.ROOT, storage, study(spans), folder) as process:
            driver_seconds = ours.wait(process, folder)
        whole_seconds, cores_busy = time.monotonic() - began, psutil.cpu_percent() / 100
        return Launched(sampler, kind, Occupancy.read(spans), whole_seconds, driver_seconds, cores_busy, load)
