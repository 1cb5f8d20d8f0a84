"""Looks for what other programs did to a study, on the connection of its driver's writer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text

from tuner.store.optuna_internals import value_of
from tuner.store.tables import optuna_tables as optuna
from tuner.store.tables.tuner_tables import reports
from tuner.store.writing.event_sql import set_attributes
from tuner.store.writing.trial_rows import TrialRows
from tuner.study.events.external_changes import (
    DELETED,
    ExternalChange,
    StopAsked,
    StudyRenamed,
    TrialAdded,
    TrialDeleted,
    TrialLost,
    is_deleted,
)

STOP = "stop"
"""The attribute of a study that names the driver which is asked to stop."""

_LOOK = text(
    "SELECT s.study_name, (SELECT value_json FROM study_user_attributes "
    "WHERE study_id = s.study_id AND key = :stop) AS stop, "
    "(SELECT COUNT(*) FROM trials WHERE study_id = s.study_id) AS total, t.trial_id, t.number, t.state "
    "FROM studies s LEFT JOIN trials t ON t.study_id = s.study_id "
    "AND (t.state IN ('RUNNING', 'WAITING') OR t.trial_id > :newest) WHERE s.study_id = :study_id"
)


@dataclass
class ExternalReader:
    """What is known of a study's rows, compared with what they are.

    Attributes:
        study_id: the study's.
        driver: the token of the driver whose writer looks.
        name: the name under which it is driven.
        rows: the rows that the driver's writer has written or seen.
    """

    study_id: int
    driver: str
    name: str
    rows: TrialRows
    _seen: set[int] = field(default_factory=set)
    _gone: set[int] = field(default_factory=set)

    def look(self, connection: Connection) -> list[ExternalChange]:
        """Return what changed since the last look; rows that were deleted are replaced by failed ones.

        Nothing of it is noted before `note`, which is called once the transaction is committed.

        Raises:
            Conflict: the study was deleted.
        """
        self._seen, self._gone = set(), set()
        newest = max(self.rows.known, default=0)
        listed = connection.execute(_LOOK, {"study_id": self.study_id, "newest": newest, "stop": STOP}).all()
        if not listed:
            raise is_deleted(self.name)
        changes = list(self._changes(connection, [row for row in listed if row.trial_id is not None]))
        if listed[0].total != len(self.rows.known | self._seen):
            changes += self._deleted(connection)
        if listed[0].study_name != self.name:
            changes.append(StudyRenamed(listed[0].study_name))
        if listed[0].stop == json.dumps(self.driver):
            changes.append(StopAsked())
        return changes

    def note(self, changes: Iterable[ExternalChange]) -> None:
        """Note the changes of a look whose transaction is committed."""
        self.rows.known = (self.rows.known | self._seen) - self._gone
        for change in changes:
            match change:
                case TrialLost():
                    self.rows.forget(change.number)
                case StudyRenamed():
                    self.name = change.name

    def _changes(self, connection: Connection, listed: list[Row[Any]]) -> Iterator[ExternalChange]:
        state_of = {row.trial_id: row.state for row in listed}
        for number, state in sorted(self.rows.open.items()):
            if state_of.get(self.rows.ids[number]) != state:
                yield self.lost(connection, number)
        for row in sorted(listed, key=lambda row: row.trial_id):
            if row.trial_id not in self.rows.known:
                self._seen.add(row.trial_id)
                yield self._added(connection, row)

    def lost(self, connection: Connection, number: int) -> TrialLost:
        """Return how another program left a trial of ours."""
        trial_id = self.rows.ids.get(number)
        if trial_id is None:
            return TrialLost(number)
        of_trial = optuna.trials.c.trial_id == trial_id
        state = connection.scalar(select(optuna.trials.c.state).where(of_trial)) or "FAIL"
        stored = select(optuna.values).where(optuna.values.c.trial_id == trial_id)
        rows = connection.execute(stored.order_by(optuna.values.c.objective)).all()
        values = tuple(value_of(row.value, row.value_type) for row in rows)
        ended = state in ("COMPLETE", "PRUNED")
        return TrialLost(number, state if ended else "FAIL", values if ended else ())

    def _added(self, connection: Connection, row: Row[Any]) -> TrialAdded:
        if row.state != "WAITING":
            return TrialAdded(row.trial_id, None)
        attributes = optuna.attributes_of(optuna.system_attributes, row.trial_id)
        fixed = connection.execute(attributes.where(optuna.system_attributes.c.key == "fixed_params")).first()
        return TrialAdded(row.trial_id, json.loads(fixed.value_json) if fixed else {})

    def _deleted(self, connection: Connection) -> Iterator[ExternalChange]:
        self._seen |= fill_gaps(connection, self.study_id, len(self.rows.known | self._seen))
        self._gone = self.rows.known - set(connection.scalars(optuna.trials_of(self.study_id)))
        for number, trial_id in self.rows.ids.items():
            if trial_id in self._gone:
                yield TrialDeleted(number)


def forget_orphans(connection: Connection) -> None:
    """Delete the reports of deleted trials: Optuna does not know them, and SQLite gives their ids again."""
    if connection.dialect.name == "sqlite":
        connection.execute(delete(reports).where(reports.c.trial_id.not_in(select(optuna.trials.c.trial_id))))


def fill_gaps(connection: Connection, study_id: int, count: int = 0) -> set[int]:
    """Put a failed trial in the place of each that others deleted; return their rows' ids.

    Optuna numbers a new trial by counting those before it: a missing number would make it give another one
    twice. The study has had `count` trials, as far as that is known.
    """
    numbers = set(connection.scalars(optuna.trials_of(study_id, optuna.trials.c.number)))
    made = set()
    for number in sorted(set(range(max(count, max(numbers, default=-1)))) - numbers):
        row = {"number": number, "study_id": study_id, "state": "FAIL"}
        returned = insert(optuna.trials).values(row).returning(optuna.trials.c.trial_id)
        trial_id = connection.execute(returned).scalar_one()
        connection.execute(delete(reports).where(reports.c.trial_id == trial_id))
        set_attributes(connection, optuna.user_attributes, trial_id, {"attempt": 1, "reason": DELETED})
        made.add(trial_id)
    return made
