"""One driver and many simulated devices: the real session, study and log; trainings of five minutes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from unittest.mock import patch

from rich.console import Console

from benchmarks.scale.simulation import Simulation
from benchmarks.scale.training import config
from benchmarks.scale.writing import Seconds, WriterQueue
from benchmarks.store.driven import METRICS
from tuner.run.files.trial_files import TrialFiles
from tuner.run.live.progress import Progress
from tuner.run.live.tally import Tally
from tuner.run.session import Session
from tuner.run.signals import StopSignal
from tuner.store.create_study import create_or_load
from tuner.store.open_study import driving
from tuner.store.tables.creation import make_store
from tuner.store.writing.writer import Writer
from tuner.study.study import Study

ROUNDS, MOST_TRIALS = 3, 10_000
PARTS = ("sampler", "ours", "Ray Tune")


def head(databases: Iterable[str]) -> tuple[str, ...]:
    """Return the head of the table, with a column a database for its writer."""
    return (
        "devices",
        "search",
        "trials begun",
        "devices busy",
        "wait for a trial, mean",
        "a result waits, at most",
        "driver busy",
        "results/s, needed of possible",
        f"driver's ms a trial: {' + '.join(PARTS)}",
        "devices it feeds",
        *(f"writer, {name}: busy; longest queue; behind" for name in databases),
    )


@dataclass(frozen=True)
class Case:
    """A study on so many devices."""

    devices: int
    sampler: str
    stopping: str = "none"

    @property
    def trials(self) -> int:
        """The budget: some rounds of all devices."""
        return max(self.devices, min(ROUNDS * self.devices, MOST_TRIALS))


@dataclass(frozen=True)
class Simulated:
    """What became of a case.

    Attributes:
        seconds: by the simulated clock, until no trial was left to begin.
        begun: trials.
        busy: the share of the devices' time in which they trained.
        wait_seconds: of a device, from the end of a trial to the beginning of the next; the mean.
        spent: the driver's seconds by what it did.
        results: how many the driver handled.
        late: the longest seconds that a result waited for the driver.
        writers: the writer on each database.
    """

    case: Case
    seconds: float
    begun: int
    busy: float
    wait_seconds: float
    spent: Mapping[str, float]
    results: int
    late: float
    writers: Mapping[str, WriterQueue]

    @property
    def cells(self) -> list[str]:
        """The row of a table."""
        case, driver = self.case, sum(self.spent.values())
        search = case.sampler if case.stopping == "none" else f"{case.sampler}, {case.stopping}"
        parts = (f"{1000 * self.spent[part] / self.begun:.0f}" for part in PARTS)
        return [
            f"{case.devices:,}",
            search,
            f"{self.begun:,} of {case.trials:,}",
            f"{self.busy:.1%}",
            f"{self.wait_seconds:.1f} s",
            f"{self.late:.1f} s",
            f"{driver / self.seconds:.0%}",
            f"{self.results / self.seconds:.1f} of {self.results / driver:.0f}",
            " + ".join(parts),
            f"{self.busy * case.devices * self.seconds / driver:,.0f}",
            *(
                f"{queue.busy / self.seconds:.0%}; {queue.longest:,}; {queue.behind:.0f} s"
                for queue in self.writers.values()
            ),
        ]


class _Writers:
    """Stands between a study and its log: the log is real, the databases' writers are simulated."""

    def __init__(self, writer: Writer, taken: Mapping[str, Seconds]) -> None:
        self.queues = {name: WriterQueue(seconds) for name, seconds in taken.items()}
        self._log = writer.log

    def decided(self, now: float) -> None:
        while (pending := self._log.first(0)) is not None:
            event = pending[1]
            for queue in self.queues.values():
                queue.add(event, now)
            self._log.applied()


def simulate(case: Case, taken: Mapping[str, Seconds], turn_seconds: float, real_seconds: float) -> Simulated:
    """Drive a case until no trial is left to begin, or for so many real seconds.

    Args:
        case: what is driven.
        taken: what the writer takes for events, by the name of a database.
        turn_seconds: what Ray Tune takes for a result.
        real_seconds: after which the case is cut off.
    """
    study_config = config(case.trials, case.sampler, case.stopping)
    # What is written is simulated: on the real clock it would be all at once.
    with tempfile.TemporaryDirectory() as name, patch.object(Writer, "running", nullcontext):
        folder = Path(name)
        engine = make_store(f"sqlite:///{folder}/store.db", METRICS)
        view = create_or_load(engine, study_config)
        with driving(view, study_config, folder) as (study, writer), (folder / "printed").open("w") as file:
            writers = _Writers(writer, taken)
            session = _session(study, writer, folder, Console(file=file))
            simulation = Simulation(session, case.devices, turn_seconds, writers.decided)
            simulation.run(real_seconds)
            writer.log.close()
        engine.dispose()
    return Simulated(
        case=case,
        seconds=simulation.now,
        begun=len(simulation.waits),
        busy=simulation.trained_by_now() / (case.devices * simulation.now),
        wait_seconds=fmean(simulation.waits),
        spent=simulation.spent,
        results=simulation.results,
        late=simulation.late,
        writers=writers.queues,
    )


def _session(study: Study, writer: Writer, folder: Path, console: Console) -> Session:
    """Return a launch's session; it is not entered, since its end would wait for the store."""
    progress, files = Progress(Tally(study.config), console), TrialFiles(study.config, {})
    return Session(study, writer, folder, progress, StopSignal(), files=files)
