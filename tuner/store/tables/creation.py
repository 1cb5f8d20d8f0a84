"""Makes the tables of a store, or brings them up to this program's version; many may do so at once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from optuna.storages import RDBStorage
from sqlalchemy import URL, Engine

from tuner.store import lock
from tuner.store.database import (
    display_url,
    engine_options,
    make_engine,
    naming_outages,
    parse_url,
    set_up_sqlite,
)
from tuner.store.tables import migrations
from tuner.store.tables.confirmed_view import CONFIRMED
from tuner.store.tables.results_view import RESULTS
from tuner.store.tables.schema import Schema, refuse, schema_of


def make_store(storage: str, metrics: Collection[str]) -> Engine:
    """Return an engine for the store at this URL, its tables made where they are missing.

    Many may do so at once.

    Args:
        storage: the database's URL.
        metrics: what becomes columns of `tuner_results` and `tuner_confirmed`.

    Raises:
        UsageError: the URL cannot be used, or its tables are another program's, or of another version.
        Unreachable: the database does not answer, or refuses.
    """
    url = parse_url(storage)
    with naming_outages(url):
        with _making_tables(url) as (engine, present):
            refuse(present, (Schema.OLDER,), engine)
            if present is not Schema.CURRENT:
                _make_tables(engine)
            _make_views(engine, metrics)
        engine = make_engine(url)
        set_up_sqlite(engine)
        return engine


def migrate(storage: str, metrics: Collection[str]) -> str:
    """Make the store's tables, or bring them up to this program's version; say which of it was done.

    Raises:
        UsageError, Unreachable: as `make_store`, but tables of an older version are brought up to date.
    """
    url = parse_url(storage)
    with naming_outages(url), _making_tables(url) as (engine, present):
        if present is Schema.OLDER:
            _upgrade(engine.url)
        _make_tables(engine)
        _make_views(engine, metrics)
    if present is Schema.CURRENT:
        return f"the tables in {display_url(url)} are up to date"
    return f"{'upgraded' if present is Schema.OLDER else 'made'} the tables in {display_url(url)}"


@contextmanager
def _making_tables(url: URL) -> Iterator[tuple[Engine, Schema]]:
    """An engine and what its database holds; nobody else makes tables there while the block runs."""
    engine = make_engine(url)
    try:
        unusable = (Schema.FOREIGN, Schema.NEWER)
        refuse(schema_of(engine), unusable, engine)  # even a lock would leave a file beside it
        # Optuna's own table creation fails where two start at once.
        with lock.exclusive(engine, "making tables", wait=True):
            present = schema_of(engine)
            refuse(present, unusable, engine)
            yield engine, present
    finally:
        engine.dispose()


def _make_tables(engine: Engine) -> None:
    optuna_storage(engine.url, create=True).engine.dispose()
    migrations.upgrade(engine)


def _make_views(engine: Engine, metrics: Collection[str]) -> None:
    for view in (RESULTS, CONFIRMED):
        view.make(engine, metrics)


def _upgrade(url: URL) -> None:
    silent = logging.NullHandler()
    logging.getLogger().addHandler(silent)  # else alembic sets up logging, and silences every other logger
    try:
        storage = optuna_storage(url, unhurried=True)
        storage.upgrade()
        storage.engine.dispose()
    finally:
        logging.getLogger().removeHandler(silent)


def optuna_storage(url: URL, *, create: bool = False, unhurried: bool = False) -> RDBStorage:
    """Return Optuna's own storage, for what is done once and not while trials run."""
    return RDBStorage(
        url.render_as_string(hide_password=False),
        engine_kwargs=engine_options(url, unhurried=unhurried),
        skip_compatibility_check=not create,
        skip_table_creation=not create,
    )
