"""The service from Python: check a study's file, run it, look at it, use its models."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.settings import Settings
from tuner.study.trial_record import RESERVED, TrialRecord

if TYPE_CHECKING:
    from tuner.results.confirmed import Found
    from tuner.store.reading.study_view import StudyView


@dataclass(frozen=True)
class Trial:
    """A trial of a study.

    Attributes:
        number: its number in the study, from 0.
        state: completed, stopped, failed, interrupted (ended with its launch), running or waiting.
        params: its parameters by their dotted paths, such as `loss.margin`.
        values: the objectives by their metrics, at the best epoch; empty unless it completed.
        metrics: all metrics of that epoch.
        is_feasible: whether it keeps all constraints of its study.
        reason: why it did not complete; None if it did.
    """

    number: int
    state: str
    params: Mapping[str, Any]
    values: Mapping[str, float]
    metrics: Mapping[str, float]
    is_feasible: bool
    reason: str | None


class Study:
    """A study in a store, for looking at; everything is read anew when it is asked for.

    Attributes:
        name: its name.
        config: as its store has it.
    """

    def __init__(self, view: StudyView, settings: Settings) -> None:
        self._view = view
        self._settings = settings
        self.name = view.name
        self.config = view.config

    @property
    def trials(self) -> list[Trial]:
        """All trials, by number; none that another program asked for."""
        return self._trials(self._view.records())

    @property
    def front(self) -> list[Trial]:
        """The feasible trials that no other dominates, the best of the first objective first."""
        return self._trials(self._view.front())

    @property
    def reports(self) -> list[tuple[int, int, dict[str, float | None]]]:
        """The metrics of every epoch, as (number of the trial's first attempt, epoch, metrics)."""
        return self._view.reports()

    @property
    def confirmed(self) -> dict[int, list[Found]]:
        """What `confirm` found on the test split, by the trial's number; of the study's own split first."""
        from tuner.results.confirmed import found  # noqa: PLC0415
        from tuner.store.confirmations.confirmation_sql import confirmations_of  # noqa: PLC0415

        return found(confirmations_of(self._view))

    def confirm(
        self,
        *,
        seeds: int = 3,
        trials: Collection[int] | None = None,
        top: int | None = None,
        folds: int | None = None,
        serial: bool = False,
    ) -> dict[int, list[Found]]:
        """Train the front again with fresh seeds, and judge it on the test split; return `confirmed`.

        It runs where the study ran: on the same cluster, or on this machine. The same call goes on where it
        ended.

        Args:
            seeds: with how many each trial is trained.
            trials: the numbers of others than the front's.
            top: the number of trials, the best of the first objective, instead of the front.
            folds: how many parts of the classes to cross-validate over; 0: the study's split; else its own.
            serial: whether trainings run in this process, one after another.

        Raises:
            UsageError, Unreachable, Conflict: before anything was trained.
            StudyFailed: it ran, but failures exceeded the budget, or nothing was completed.
        """
        from tuner.output import messages  # noqa: PLC0415
        from tuner.run.confirm.confirm import confirm as run  # noqa: PLC0415
        from tuner.run.confirm.jobs import Wanted  # noqa: PLC0415
        from tuner.run.custom.loading import trainable_of  # noqa: PLC0415

        if seeds < 1 or (top is not None and top < 1) or (trials is not None and not trials):
            raise UsageError(f"confirm: seeds {seeds}, top {top}, trials {trials} are no training at all")
        wanted = Wanted(trials, top, seeds, folds)
        trainable = trainable_of(None, allow_code=False)
        command = self._settings.again("confirm", self.name)
        with _utc():
            run(self._view, wanted, trainable, self._settings, messages, serial=serial, command=command)
        return self.confirmed

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame` with a row a trial, in the columns of `tuner export`.

        Raises:
            UsageError: pandas is not installed.
        """
        from tuner.results.export import exported_rows  # noqa: PLC0415

        try:
            pandas = import_module("pandas")
        except ImportError as error:
            raise UsageError("to_pandas needs pandas: pip install pandas") from error
        return pandas.DataFrame(exported_rows(self._view))

    def model(self, trial: int | None = None, device: str = "auto") -> Any:
        """Return a trial's model, the best one's of the first objective if none is named: `.embed(images)`.

        Raises:
            UsageError: it has no model on this machine.
        """
        from tuner.results.model import chosen, write_models  # noqa: PLC0415
        from tuner.run import trainable  # noqa: PLC0415

        records = chosen(self._view, trial, front=False)
        with tempfile.TemporaryDirectory(prefix="model-") as folder:
            to = Path(folder) / "model"
            runs = self._settings.runs_folder
            write_models(self._view, records, to, runs, trainable.write_model, each=False)
            return trainable.load_model(to, device)

    def _trials(self, records: Iterable[TrialRecord]) -> list[Trial]:
        from tuner.results.status.study_status import word_of  # noqa: PLC0415

        following = self._view.next_attempts()
        return [self._trial(record, word_of(record, following)) for record in records]

    def _trial(self, record: TrialRecord, state: str) -> Trial:
        named = [objective.metric for objective in self._view.objectives]
        values = dict(zip(named, record.values, strict=False))
        metrics = {
            name: value
            for name, value in record.attributes.items()
            if isinstance(value, float) and name not in RESERVED
        }
        return Trial(
            number=record.number,
            state=state,
            params=dict(record.params),
            values=values,
            metrics=metrics,
            is_feasible=record.is_feasible,
            reason=record.attributes.get("reason"),
        )


def load_config(file: str | PathLike[str], overrides: Iterable[str] = ()) -> StudyConfig:
    """Return the study in a YAML file, with `key=value` overrides such as `budget.trials=5` laid over it.

    Raises:
        UsageError: a line for every problem of the file and the overrides, with its place.
    """
    return StudyConfig.load(file, overrides)


def open_study(name: str, storage: str | None = None) -> Study:
    """Return a study of a store; `TUNER_STORAGE` names the store if `storage` does not, or else `tuner.db`.

    Raises:
        UsageError: there is no such study, or no store.
        Unreachable: the database does not answer.
    """
    from tuner.store.reading.reader import StudyStore  # noqa: PLC0415

    settings = Settings.read(storage)
    return Study(StudyStore.open(settings.storage).load(name), settings)


def launch(
    config: StudyConfig,
    *,
    storage: str | None = None,
    cluster: str | None = None,
    serial: bool = False,
    allow_code: bool = False,
) -> Study:
    """Run a study to its budget, as `tuner launch` does; return it. The same call goes on where it ended.

    Args:
        config: the study's.
        storage: the store's URL; see `open_study`.
        cluster: HOST:PORT of a Ray cluster's head; `RAY_ADDRESS` otherwise, or else Ray is started here.
        serial: whether trials run in this process, one after another.
        allow_code: whether the code that the study's `trainable` names may run.

    Raises:
        UsageError, Unreachable, Conflict: before any trial ran.
        StudyFailed: it ran, but failures exceeded the budget, or no trial completed and is feasible.
    """
    from tuner.output import messages  # noqa: PLC0415
    from tuner.run.custom.loading import trainable_of  # noqa: PLC0415
    from tuner.run.launch import launch as run  # noqa: PLC0415

    settings = Settings.read(storage, cluster, serial=serial)
    with _utc():
        launched = run(config, trainable_of(config, allow_code=allow_code), settings, messages, serial=serial)
    return Study(launched.study, settings)


@contextmanager
def _utc() -> Iterator[None]:
    """Stamp trials with UTC, as the command line does: machines in several zones share a store."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()
