"""The SQL of a driver's events, in Optuna's tables and ours: one event, one set of rows.

They belong to Optuna's schema `schema.VERSION`; the tests compare what is written here with what Optuna's own
storage writes for the same calls, for every sampler.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, TableClause, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tuner.store.optuna_internals import with_row_ids
from tuner.store.tables.optuna_tables import (
    intermediates,
    params,
    study_system_attributes,
    system_attributes,
    trials,
    trials_of,
    user_attributes,
    values,
)
from tuner.store.tables.tuner_tables import reports
from tuner.store.writing.trial_rows import TrialRows
from tuner.study.events.event import Asked, Ended, Event, Placed, Queued, Reported

_OF_ATTEMPT = (
    *("attempt", "retry_of", "follows", "lost_on", "asked_by", "asked_as", "from_epoch", "from_training"),
    *("node", "node_id", "device", "device_name", "peak_memory_mib", "started_at"),
)
"""Attributes that describe where and when a trial was trained, and not what came of it."""

Changed = tuple[tuple[int, int, str], ...]
"""Number, row and state of each trial that a transaction made or changed; noted once it is committed."""


class EventSql:
    """Writes the events of one study inside transactions of its caller."""

    def __init__(self, study_id: int) -> None:
        self._study_id = study_id

    def write(self, connection: Connection, event: Event, rows: TrialRows) -> Changed | None:
        """Write one event.

        Returns:
            What it changed; None if its trial is no longer the driver's: another program ended or deleted it.
        """
        if isinstance(event, Asked) and not event.was_queued:
            return self._asked(connection, event, rows, None)
        queued_by_others = event.row if isinstance(event, Asked | Ended) else None
        trial_id = rows.ids.get(event.number, queued_by_others)
        if trial_id is None:  # it was lost before its row was made
            return None
        match event:
            case Asked():
                return self._asked(connection, event, rows, trial_id)
            case Placed():
                return self._placed(connection, event, trial_id)
            case Reported():
                return self._reported(connection, event, trial_id)
            case Ended():
                return self._ended(connection, event, rows, trial_id)

    def _asked(
        self, connection: Connection, event: Asked, rows: TrialRows, trial_id: int | None
    ) -> Changed | None:
        if trial_id is not None:
            started = {"state": "RUNNING", "datetime_start": _moment(event.at)}
            if not _update_trial(connection, trial_id, "WAITING", started):
                return None
        else:
            trial_id = self._insert_trial(connection, event.number, "RUNNING", rows, _moment(event.at))
        if event.params:
            listed = [
                {"trial_id": trial_id, "param_name": name, "param_value": value, "distribution_json": kind}
                for name, (value, kind) in event.params.items()
            ]
            connection.execute(insert(params), listed)
        set_attributes(connection, user_attributes, trial_id, event.attributes)
        set_attributes(connection, system_attributes, trial_id, event.system_attributes)
        self._set_of_study(connection, event.study_attributes, rows)
        return ((event.number, trial_id, "RUNNING"),)

    def _placed(self, connection: Connection, event: Placed, trial_id: int) -> Changed | None:
        if not _update_trial(connection, trial_id, "RUNNING", {"state": "RUNNING"}):
            return None
        set_attributes(connection, user_attributes, trial_id, event.attributes)
        return ()

    def _reported(self, connection: Connection, event: Reported, trial_id: int) -> Changed | None:
        row = (literal(trial_id), literal(event.epoch), literal(dict(event.metrics), reports.c.metrics.type))
        at = literal(datetime.fromisoformat(event.at), reports.c.at.type)
        running = select(*row, at).where(trials.c.trial_id == trial_id, trials.c.state == "RUNNING")
        if event.epoch:
            # A deleted study may have left a report under an id that SQLite gives again.
            upsert = _upsert(connection, reports, ("trial_id", "epoch"), ("metrics", "at"))
            done = connection.execute(upsert.from_select(list(reports.c.keys()), running)).rowcount
        else:
            done = _update_trial(connection, trial_id, "RUNNING", {"state": "RUNNING"})
        if not done:
            return None
        set_attributes(connection, user_attributes, trial_id, event.attributes)
        if event.intermediate is not None:
            step = {"trial_id": trial_id, "step": event.epoch, "intermediate_value_type": "FINITE"}
            connection.execute(insert(intermediates), {**step, "intermediate_value": event.intermediate})
        return ()

    def _ended(self, connection: Connection, event: Ended, rows: TrialRows, trial_id: int) -> Changed | None:
        ended: dict[str, Any] = {"state": event.state, "datetime_complete": _moment(event.ended)}
        if event.started is not None:
            ended["datetime_start"] = _moment(event.started)
        before = "WAITING" if event.row is not None or rows.open.get(event.number) == "WAITING" else "RUNNING"
        if not _update_trial(connection, trial_id, before, ended):
            return None
        if event.values:
            listed = [
                {"trial_id": trial_id, "objective": index, "value": value, "value_type": "FINITE"}
                for index, value in enumerate(event.values)
            ]
            connection.execute(insert(values), listed)
        set_attributes(connection, user_attributes, trial_id, event.attributes)
        if event.same_as is not None:
            _copy_attributes(connection, rows.ids[event.same_as], trial_id)
        set_attributes(connection, system_attributes, trial_id, event.system_attributes)
        self._set_of_study(connection, event.study_attributes, rows)
        again = self._queue(connection, event.again, rows) if event.again else ()
        return ((event.number, trial_id, event.state), *again)

    def _queue(self, connection: Connection, queued: Queued, rows: TrialRows) -> Changed:
        trial_id = self._insert_trial(connection, queued.number, "WAITING", rows)
        set_attributes(connection, user_attributes, trial_id, queued.attributes)
        set_attributes(connection, system_attributes, trial_id, {"fixed_params": queued.params})
        return ((queued.number, trial_id, "WAITING"),)

    def _insert_trial(
        self,
        connection: Connection,
        number: int,
        state: str,
        rows: TrialRows,
        started: datetime | None = None,
    ) -> int:
        """Insert a row under the next free number, which is the trial's unless another program took that.

        The fence has locked the study: nobody else takes a number meanwhile.
        """
        free = trials_of(self._study_id, func.coalesce(func.max(trials.c.number) + 1, 0)).scalar_subquery()
        row = {"number": free, "study_id": self._study_id, "state": state, "datetime_start": started}
        made = connection.execute(
            insert(trials).values(row).returning(trials.c.trial_id, trials.c.number)
        ).one()
        trial_id = int(made.trial_id)
        if trial_id <= max(rows.known, default=0):  # SQLite gives the id of a deleted row again
            connection.execute(delete(reports).where(reports.c.trial_id == trial_id))
        if made.number != number:
            set_attributes(connection, user_attributes, trial_id, {"asked_as": number})
        return trial_id

    def _set_of_study(self, connection: Connection, attributes: Mapping[str, Any], rows: TrialRows) -> None:
        stored = {key: with_row_ids(key, value, rows.ids) for key, value in attributes.items()}
        set_attributes(connection, study_system_attributes, self._study_id, stored)


def _update_trial(connection: Connection, trial_id: int, before: str, changes: Mapping[str, Any]) -> int:
    """Change a trial that is in this state; return 0 if it is in another one, or deleted."""
    mine = (trials.c.trial_id == trial_id) & (trials.c.state == before)
    return connection.execute(update(trials).where(mine).values(**changes)).rowcount


def _copy_attributes(connection: Connection, source: int, target: int) -> None:
    """Give a trial the attributes of another that describe its training, in place of an incomplete config."""
    mine = user_attributes.c
    of_target = mine.trial_id == target
    connection.execute(delete(user_attributes).where(of_target, mine.key == "config"))
    present = select(mine.key).where(of_target).scalar_subquery()
    copied = select(literal(target), mine.key, mine.value_json).where(
        mine.trial_id == source, mine.key.not_in(_OF_ATTEMPT), mine.key.not_in(present)
    )
    connection.execute(insert(user_attributes).from_select(["trial_id", "key", "value_json"], copied))


def set_attributes(
    connection: Connection, table: TableClause, owner: int, attributes: Mapping[str, Any]
) -> None:
    """Set attributes of a trial or a study; the same key again replaces the value."""
    if not attributes:
        return
    column = table.c.keys()[1]
    listed = [
        {column: owner, "key": key, "value_json": json.dumps(value, allow_nan=False)}
        for key, value in attributes.items()
    ]
    connection.execute(_upsert(connection, table, (column, "key"), ("value_json",)), listed)


def _upsert(
    connection: Connection, table: TableClause, unique: Sequence[str], replaced: Sequence[str]
) -> Insert:
    """Insert rows; of one that is there, by its unique columns, these columns are replaced."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    inserted = dialect.insert(table)
    set_ = {name: inserted.excluded[name] for name in replaced}
    upsert: Insert = inserted.on_conflict_do_update(index_elements=unique, set_=set_)
    return upsert


def _moment(iso: str) -> datetime:
    """A time in UTC as Optuna stores it: without a zone."""
    return datetime.fromisoformat(iso).replace(tzinfo=None)
