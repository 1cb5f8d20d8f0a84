"""What goes with the row of a trial, whoever deletes it: its reports, by a trigger.

A foreign key would do it in Postgres alone: SQLite heeds one only in a connection that asks for it, and
Optuna's own tools do not.
"""

from __future__ import annotations

from sqlalchemy import Connection

TRIGGER = "tuner_forget_reports"

_FORGET = "DELETE FROM tuner_reports WHERE trial_id = OLD.trial_id;"
_ON_SQLITE = f"CREATE TRIGGER IF NOT EXISTS {TRIGGER} AFTER DELETE ON trials BEGIN {_FORGET} END"
_IS_ON_POSTGRES = f"SELECT 1 FROM pg_trigger WHERE tgname = '{TRIGGER}' AND tgrelid = 'trials'::regclass"
_ON_POSTGRES = (
    f"CREATE OR REPLACE FUNCTION {TRIGGER}() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {_FORGET} RETURN NULL; END $$",
    f"CREATE TRIGGER {TRIGGER} AFTER DELETE ON trials FOR EACH ROW EXECUTE PROCEDURE {TRIGGER}()",
)
_SWEEP = "DELETE FROM tuner_reports WHERE trial_id NOT IN (SELECT trial_id FROM trials)"


def make_cascade(connection: Connection) -> None:
    """Make the trigger where it is missing; an upgrade of Optuna's may make `trials` anew without it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_ON_SQLITE)
    elif not connection.exec_driver_sql(_IS_ON_POSTGRES).all():
        for statement in _ON_POSTGRES:
            connection.exec_driver_sql(statement)


def forget_reports_of_none(connection: Connection) -> None:
    """Delete the reports of trials that are gone."""
    connection.exec_driver_sql(_SWEEP)
