"""A view with a column a metric: made where it is missing, and made anew for metrics that it lacks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

_LONGEST_NAME = 63  # of a column in Postgres


@dataclass(frozen=True)
class MetricView:
    """A view of the store.

    Attributes:
        name: its name.
        beside: its columns that are no metric's.
        prefix: what the column of a metric begins with, before the metric's name.
        most: how many columns of metrics it has at most.
        select: the statement of it, for these metrics.
    """

    name: str
    beside: Collection[str]
    prefix: str
    most: int
    select: Callable[[Sequence[str], Connection], str]

    def make(self, engine: Engine, metrics: Collection[str]) -> None:
        """Make the view, or make it anew, unless it has columns for these metrics already."""
        wanted = {metric for metric in metrics if len(self.prefix + metric) <= _LONGEST_NAME}
        with engine.begin() as connection:
            others: set[str] = set()
            if self.name in inspect(connection).get_view_names():
                columns = self._columns(connection)
                if columns.issuperset({*(self.prefix + metric for metric in wanted), *self.beside}):
                    return
                others = {column.removeprefix(self.prefix) for column in columns.difference(self.beside)}
                connection.execute(text(f"DROP VIEW {self.name}"))
            fitting = [*sorted(wanted), *sorted(others - wanted)][: self.most]
            # The colons of a cast would be read as parameters: the text is escaped as a whole.
            select = self.select(sorted(fitting), connection).replace(":", r"\:")
            connection.execute(text(f"CREATE VIEW {self.name} AS {select}"))

    def _columns(self, connection: Connection) -> set[str]:
        """Return the columns of the view that is there; none if it has more than its database gives back."""
        try:
            return {column["name"] for column in inspect(connection).get_columns(self.name)}
        except OperationalError as error:
            if "too many columns" not in str(error.orig):
                raise
            return set()


def column(connection: Connection, name: str, value: str) -> str:
    """Return the SQL of a column of this name."""
    return f"{value} AS {connection.dialect.identifier_preparer.quote(name)}"


def literal(text: str) -> str:
    """Return the text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def number_type(connection: Connection) -> str:
    """Return what the database calls a number of double precision."""
    return "DOUBLE PRECISION" if connection.dialect.name == "postgresql" else "REAL"
