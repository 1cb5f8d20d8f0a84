"""A study to look at: its config, its trials, its front. Reading needs no lock and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, Executable, Integer, Text, bindparam, text

from tuner.config.name import slug_of
from tuner.config.sections import Objective
from tuner.config.stored import stored_config
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.store import lock
from tuner.store.fence import holder_of
from tuner.store.reading.attempts_reader import LastReport, NextAttempt, read_last_reports, read_next_attempts
from tuner.store.reading.record_reader import origin_of, read_records
from tuner.store.reading.spent_reader import read_spent
from tuner.store.reading.study_summary import IS_OURS, StudySummary, read_summaries
from tuner.study.spent_budget import SpentBudget
from tuner.study.trial_record import TrialRecord, best_first

_COUNT = text(
    f"SELECT COUNT(*) FROM trials t WHERE t.study_id = :study_id AND t.state IN :states AND {IS_OURS}"
).bindparams(bindparam("states", expanding=True))
_STATES = text(
    "SELECT t.number, t.state, a.value_json AS retry_of FROM trials t "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'retry_of' "
    f"WHERE t.study_id = :study_id AND (t.state = 'WAITING' OR {IS_OURS}) ORDER BY t.number"
)
_ATTEMPTS = text(
    "SELECT t.number FROM trials t "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'retry_of' "
    "WHERE t.study_id = :study_id AND (t.number = :origin OR a.value_json = :as_json) ORDER BY t.number"
)
_CURVE = (
    text(
        "SELECT r.epoch, r.metrics FROM tuner_reports r JOIN trials t ON t.trial_id = r.trial_id "
        "WHERE t.study_id = :study_id AND t.number IN :numbers ORDER BY t.number, r.epoch"
    )
    .bindparams(bindparam("numbers", expanding=True))
    .columns(epoch=Integer, metrics=JSON)
)
_REPORTS = text(
    "SELECT t.number, a.value_json AS retry_of, r.epoch, r.at, r.metrics "
    "FROM tuner_reports r JOIN trials t ON t.trial_id = r.trial_id "
    "LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'retry_of' "
    f"WHERE t.study_id = :study_id AND {IS_OURS} ORDER BY r.at, t.number, r.epoch"
).columns(number=Integer, retry_of=Text, epoch=Integer, at=DateTime, metrics=JSON)
_LAST_HEARD = text(
    "SELECT t.number, MAX(r.at) AS at FROM tuner_reports r JOIN trials t ON t.trial_id = r.trial_id "
    f"WHERE t.study_id = :study_id AND {IS_OURS} GROUP BY t.number"
).columns(number=Integer, at=DateTime)


@dataclass(frozen=True)
class StudyView:
    """What is known of one study.

    All but its config is read from Optuna's own tables, so that a study whose config this version does not
    know can still be shown, exported and copied.

    Attributes:
        study_id: its id in the database, as the dashboard's addresses have it.
        objectives: its metrics and their directions.
        stored_config: its config as the store has it, JSON unless others changed it.
        identity: a word that tells it from a study of the same name in another store.
    """

    engine: Engine
    study_id: int
    name: str
    objectives: tuple[Objective, ...]
    stored_config: str
    identity: str

    @cached_property
    def config(self) -> StudyConfig:
        """The study's config.

        Raises:
            UsageError: this version cannot read it; the line names the study and says why.
        """
        try:
            config = stored_config(self.stored_config)
        except (UsageError, RecursionError) as error:
            why, *more = str(error).splitlines()
            others = f" (and {len(more)} more)" if more else ""
            raise UsageError(
                f"study {self.name!r} cannot be driven by this version: {why}{others}; use the version that "
                "made it, or restore its attribute `config`; status, front, export and copy work all the same"
            ) from error
        # Others may rename a study, or copy it.
        return config if config.study == self.name else config.model_copy(update={"study": self.name})

    @property
    def unreadable(self) -> str | None:
        """Why this version cannot read the study's config, in one line; None if it can."""
        try:
            self.config  # noqa: B018 - it is read when it is asked for
        except UsageError as error:
            return str(error)
        return None

    @property
    def folder_name(self) -> str:
        """The folder of this study's checkpoints.

        Raises:
            UsageError: others changed the identity, so that the folder could lie anywhere.
        """
        if not re.fullmatch("[0-9a-f]{8}", self.identity):
            raise UsageError(
                f"study {self.name!r}: its attribute identity is {self.identity!r}, which is none of ours; "
                "restore it from the name of its folder in TUNER_RUNS, or from a backup"
            )
        return f"{slug_of(self.name)}-{self.identity}"

    def folder_in(self, runs_folder: Path) -> Path:
        """Return the study's folder; a study that was renamed keeps the one it has."""
        folder = runs_folder / self.folder_name
        earlier = () if folder.exists() else sorted(runs_folder.glob(f"*-{self.identity}"))
        return next(iter(earlier), folder)

    def count(self, *states: str) -> int:
        """Count the trials of ours in one of these states; what other programs asked does not count."""
        ((count,),) = self._rows(_COUNT, states=states)
        return int(count)

    @property
    def remaining(self) -> int:
        """How many trials must still be completed or stopped to meet the budget."""
        return self.spent().remaining

    def spent(self) -> SpentBudget:
        """Return what is spent of the study's budget."""
        with self.engine.connect() as connection:
            return SpentBudget(self.config, read_spent(connection, [self.study_id])[self.study_id])

    def held_by(self) -> str | None:
        """Return who drives the study now, or None if nobody does."""
        if not lock.is_held(self.engine, lock.driver_purpose(self.study_id)):
            return None
        return holder_of(self.engine, self.study_id) or "another process"

    def summary(self) -> StudySummary:
        """Sum up the study's trials: counts by state, and the values of the feasible ones."""
        with self.engine.connect() as connection:
            return read_summaries(connection, {self.study_id: self.objectives})[self.study_id]

    def records(
        self,
        numbers: Collection[int] | None = None,
        *,
        states: Collection[str] = (),
        keys: Collection[str] = (),
    ) -> list[TrialRecord]:
        """Return the trials of ours, by number, and what is queued; none that another program asked.

        Args:
            numbers: of the trials to return; None for all.
            states: Optuna's states of the trials to return; none for all.
            keys: of the attributes to read; none for all. `attempt` has to be one: it marks a trial as ours.
        """
        with self.engine.connect() as connection:
            records = read_records(connection, self.study_id, numbers, states=states, keys=keys)
        return [record for record in records if record.state == "WAITING" or record.is_ours]

    def front(self) -> list[TrialRecord]:
        """Return the feasible trials that no other dominates, the best of the first objective first."""
        return best_first(self.records(self.summary().front()), self.objectives[0].direction)

    def next_attempts(self) -> dict[int, NextAttempt]:
        """Return the next attempt at each trial that was queued again, by the number of the trial."""
        with self.engine.connect() as connection:
            return read_next_attempts(connection, [self.study_id])[self.study_id]

    def last_reports(self) -> dict[int, LastReport]:
        """Return the last report of each running trial that has one, by its number."""
        with self.engine.connect() as connection:
            return read_last_reports(connection, self.study_id)

    def record(self, number: int) -> TrialRecord:
        """Return a trial of ours, or one that is queued.

        Raises:
            UsageError: there is none of this number.
        """
        records = self.records([number])
        if not records:
            raise UsageError(f"study {self.name!r} has no trial {number}; see its export")
        return records[0]

    def attempts(self, origin: int) -> list[int]:
        """Return the numbers of all attempts at a trial, by the number of the first."""
        return [row.number for row in self._rows(_ATTEMPTS, origin=origin, as_json=str(origin))]

    def curves(self, attempts: Collection[int]) -> dict[str, list[tuple[int, float]]]:
        """Return every metric after each epoch of a trial, from the reports of its attempts."""
        epochs = {row.epoch: row.metrics for row in self._rows(_CURVE, numbers=list(attempts))}
        curves: dict[str, list[tuple[int, float]]] = {}
        for epoch, metrics in sorted(epochs.items()):
            for name, value in metrics.items():
                if value is not None:
                    curves.setdefault(name, []).append((epoch, value))
        return curves

    def curve(self, attempts: Collection[int], metric: str) -> list[tuple[int, float]]:
        """Return a metric after each epoch of a trial, from the reports of its attempts."""
        return self.curves(attempts).get(metric, [])

    def last_states(self) -> dict[int, str]:
        """Return the state of the last attempt at each trial, by the number of the first."""
        return {origin_of(self.name, row.number, row.retry_of): row.state for row in self._rows(_STATES)}

    def reports(self) -> list[tuple[int, int, dict[str, float | None]]]:
        """Return all reports as (number of the trial's first attempt, epoch, metrics), as they came."""
        return [
            (number if retry_of is None else retry_of, epoch, metrics)
            for number, retry_of, epoch, _, metrics in self.reports_of_attempts()
        ]

    def reports_of_attempts(
        self,
    ) -> list[tuple[int, int | None, int, datetime, dict[str, float | None]]]:
        """Return all reports as (number, that of the first attempt if it is another, epoch, UTC, metrics)."""
        return [
            (
                row.number,
                row.retry_of and origin_of(self.name, row.number, row.retry_of),
                row.epoch,
                row.at.replace(tzinfo=UTC),
                row.metrics,
            )
            for row in self._rows(_REPORTS)
        ]

    def last_heard(self) -> dict[int, datetime]:
        """Return when each trial reported last, UTC without a zone, by its number."""
        return {row.number: row.at.replace(tzinfo=None) for row in self._rows(_LAST_HEARD)}

    def _rows(self, query: Executable, **values: Any) -> Sequence[Any]:
        with self.engine.connect() as connection:
            return connection.execute(query, {"study_id": self.study_id, **values}).all()
