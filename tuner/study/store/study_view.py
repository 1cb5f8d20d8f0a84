"""A study to look at: its config, its trials, its front. Reading needs no lock and changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Engine, bindparam, text

from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.study.pareto import as_losses, non_dominated
from tuner.study.store.tables import read_reports
from tuner.study.store.trial_record import TrialRecord, read_records

_COUNT = text(
    "SELECT COUNT(*) FROM trials WHERE study_id = :study_id AND state IN :states "
    "AND trial_id IN (SELECT trial_id FROM trial_user_attributes WHERE key = 'attempt')"
).bindparams(bindparam("states", expanding=True))


@dataclass(frozen=True)
class StudyView:
    """What is known of one study.

    Attributes:
        study_id: its id in the database, as the dashboard's addresses have it.
        identity: a word that tells it from a study of the same name in another store.
        driver: the process that drives it or did so last, or None.
    """

    engine: Engine
    study_id: int
    config: StudyConfig
    identity: str
    driver: str | None

    @property
    def name(self) -> str:
        """The study's name."""
        return self.config.study

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
        return f"{self.config.slug}-{self.identity}"

    def count(self, *states: str) -> int:
        """How many trials of ours are in one of these states; what other programs asked does not count."""
        with self.engine.connect() as connection:
            counted = connection.scalar(_COUNT, {"study_id": self.study_id, "states": states})
        return int(counted or 0)

    @property
    def remaining(self) -> int:
        """How many trials must still be completed or stopped to meet the budget."""
        return max(0, self.config.budget.trials - self.count("COMPLETE", "PRUNED"))

    def records(self) -> list[TrialRecord]:
        """Every trial of ours, by number, and what is queued; none that another program asked."""
        return [record for record in self._all() if record.state == "WAITING" or record.is_ours]

    @property
    def foreign(self) -> int:
        """How many trials other programs asked in this study."""
        return len(self._all()) - len(self.records())

    def _all(self) -> list[TrialRecord]:
        with self.engine.connect() as connection:
            return read_records(connection, self.study_id)

    def front(self) -> list[TrialRecord]:
        """The completed trials that no other dominates, by number."""
        completed = [record for record in self.records() if record.state == "COMPLETE"]
        directions = [objective.direction for objective in self.config.objectives]
        kept = non_dominated(as_losses([record.values for record in completed], directions))
        return [record for record, keep in zip(completed, kept, strict=True) if keep]

    def reports(self) -> list[tuple[int, int, dict[str, float | None]]]:
        """All reports as (number of the trial's first attempt, epoch, metrics), in the order they came."""
        origin = {
            record.number: record.attributes.get("retry_of", record.number) for record in self.records()
        }
        rows = read_reports(self.engine, self.study_id)
        return [(origin[number], epoch, metrics) for number, epoch, metrics in rows]
