"""Checks whether the study store can serve; nothing is made or changed in it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from tuner.checks import CheckResult
from tuner.errors import UsageError
from tuner.store.database import cause_of, display_url, is_missing, make_engine, parse_url
from tuner.store.hints import GRANT, hint_for
from tuner.store.tables.schema import Schema, schema_of

CLOCK_TOLERANCE_SECONDS = 2

_READ_ONLY = text("SELECT current_setting('transaction_read_only') = 'on'")
_MAY_MAKE = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
_MAY_INSERT = text("SELECT has_table_privilege('trials', 'INSERT')")
_NOW = text("SELECT extract(epoch FROM clock_timestamp())")


def store_checks(storage: str) -> Iterator[CheckResult]:
    """Check the store at this URL: whether it answers, can be written to, has our tables, its clock."""
    try:
        url = parse_url(storage)
    except UsageError as error:
        yield CheckResult.wrong("storage", str(error))
        return
    yield CheckResult.fine("storage", display_url(url))
    if is_missing(url):
        yield _missing_file(Path(url.database or ""))
        return
    engine = make_engine(url)
    try:
        yield from _database_checks(engine)
    except SQLAlchemyError as error:
        yield CheckResult.wrong("database", f"{cause_of(error)}; {hint_for(cause_of(error))}")
    finally:
        engine.dispose()


def clock_check(check: str, skew: float) -> CheckResult:
    """Check whether a clock agrees with ours.

    Args:
        check: whose clock it is.
        skew: its seconds before ours; below 0 if it is behind.
    """
    if abs(skew) <= CLOCK_TOLERANCE_SECONDS:
        return CheckResult.fine(check, "its clock agrees with ours")
    side = "ahead of" if skew > 0 else "behind"
    return CheckResult.wrong(check, f"its clock is {abs(skew):.0f} s {side} ours; set the clocks by NTP")


def skew_of(clock: float, asked: float, answered: float) -> float:
    """Return how far a clock is from the span in which it was read; all in seconds since 1970."""
    return max(0.0, clock - answered) - max(0.0, asked - clock)


def _missing_file(file: Path) -> CheckResult:
    folder = file.absolute().parent
    if os.access(folder, os.W_OK):
        return CheckResult.fine("database", f"{file} is not there yet; the first launch makes it")
    return CheckResult.wrong("database", f"{folder} cannot be written to; name another file for the studies")


def _database_checks(engine: Engine) -> Iterator[CheckResult]:
    with engine.connect() as connection:
        yield CheckResult.fine("database", "it answers")
        schema = schema_of(engine)
        refusal = _refusal(connection, schema)
        if refusal:
            yield CheckResult.wrong("writing", refusal)
        else:
            yield CheckResult.fine("writing", "it can be written to")
        yield _schema_check(schema)
        if engine.dialect.name == "postgresql":
            asked = time.time()
            clock = float(connection.scalar(_NOW) or 0)
            yield clock_check("database", skew_of(clock, asked, time.time()))


def _refusal(connection: Connection, schema: Schema) -> str | None:
    """Return why nothing can be written, and what to do; None if it can."""
    if connection.dialect.name == "sqlite":
        return _file_refusal(connection.engine.url)
    if connection.scalar(_READ_ONLY):
        return "the database is read-only; name the primary server, or: ALTER DATABASE … RESET ALL"
    if schema in (Schema.EMPTY, Schema.INCOMPLETE) and not connection.scalar(_MAY_MAKE):
        return "the user may not make tables; let another user migrate, or: GRANT CREATE ON SCHEMA public"
    if schema is Schema.CURRENT and not connection.scalar(_MAY_INSERT):
        return f"the user may not write to the tables; {GRANT}"
    return None


def _file_refusal(url: URL) -> str | None:
    file = Path(url.database or "").absolute()
    # SQLite writes a journal beside the file, and we a lock.
    closed = next((path for path in (file, file.parent) if not os.access(path, os.W_OK)), None)
    return f"{closed} cannot be written to; give this user the right to" if closed else None


def _schema_check(schema: Schema) -> CheckResult:
    if schema is Schema.EMPTY:
        return CheckResult.fine("schema", f"{schema.description} yet; the first launch makes them")
    problem = schema is not Schema.CURRENT
    return CheckResult("schema", problem=problem, message=schema.description, hint=schema.hint)
