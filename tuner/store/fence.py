"""Who may write to a study: one statement begins every transaction of a driver.

It changes one row if the driver's token is the study's and the event is the next one. Otherwise the event was
applied before, and only the answer was lost; or another driver has the study.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import Connection, Engine, insert, select, text, update

from tuner.store.tables.tuner_tables import drivers

_NEXT = (
    "UPDATE tuner_drivers SET applied = :number "
    "WHERE study_id = :study_id AND driver = :driver AND applied = :number - 1 "
    "AND EXISTS (SELECT 1 FROM studies WHERE study_id = :study_id{lock})"
)
_STATEMENTS = {
    "sqlite": text(_NEXT.format(lock="")),
    # Whoever makes a trial locks the study's row first, as Optuna does: trials are numbered by counting.
    "postgresql": text(_NEXT.format(lock=" FOR NO KEY UPDATE")),
}

_LOCK = text("SELECT study_id FROM studies WHERE study_id = :study_id FOR NO KEY UPDATE")
_STORE = 8  # characters of a token that stand for the store


class Passage(Enum):
    """What the fence says of an event."""

    NEXT = auto()
    ALREADY_APPLIED = auto()
    NOT_THE_DRIVER = auto()
    NO_STUDY = auto()


@dataclass(frozen=True)
class Fence:
    """The right of one driver to write to one study."""

    study_id: int
    driver: str

    def pass_event(self, connection: Connection, number: int) -> Passage:
        """Return whether the event of this number is to be applied in this transaction.

        Until it ends nobody else makes a trial of the study.
        """
        key = {"study_id": self.study_id, "driver": self.driver, "number": number}
        if connection.execute(_STATEMENTS[connection.dialect.name], key).rowcount:
            return Passage.NEXT
        claim = read_claim(connection, self.study_id)
        if claim is None or claim.driver != self.driver:
            return Passage.NOT_THE_DRIVER
        return Passage.ALREADY_APPLIED if claim.applied >= number else Passage.NO_STUDY


@dataclass(frozen=True)
class Claim:
    """The driver that a study has, or had last.

    Attributes:
        driver: its token.
        applied: how many of its events the store has.
        holder: its process, for people.
    """

    driver: str
    applied: int
    holder: str


def read_claim(connection: Connection, study_id: int) -> Claim | None:
    """Return who drives the study or did so last; None if nobody ever has."""
    columns = (drivers.c.driver, drivers.c.applied, drivers.c.holder)
    row = connection.execute(select(*columns).where(drivers.c.study_id == study_id)).one_or_none()
    return None if row is None else Claim(row.driver, row.applied, row.holder)


def new_token(before: Claim | None) -> str:
    """Return the token of the next driver; it begins as all of the study's in this store do.

    A copy of the study in another store has the same folder, but tokens of its own.
    """
    return (before.driver[:_STORE] if before else secrets.token_hex(_STORE // 2)) + secrets.token_hex(4)


def is_of_this_store(driver: str, claim: Claim) -> bool:
    """Return whether a token is that of a driver of the same study in the same store."""
    return driver[:_STORE] == claim.driver[:_STORE]


def lock_study(connection: Connection, study_id: int) -> None:
    """Keep others from making trials of the study until the transaction ends; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"study_id": study_id})


def claim_study(connection: Connection, study_id: int, driver: str, holder: str) -> None:
    """Make this driver the study's; from here on no other can write to it."""
    row = {"driver": driver, "applied": 0, "holder": holder}
    mine = update(drivers).where(drivers.c.study_id == study_id).values(row)
    if not connection.execute(mine).rowcount:
        connection.execute(insert(drivers).values(study_id=study_id, **row))


def holder_of(engine: Engine, study_id: int) -> str | None:
    """Return the process that drives the study or did so last, for people."""
    with engine.connect() as connection:
        claim = read_claim(connection, study_id)
    return claim.holder if claim else None
