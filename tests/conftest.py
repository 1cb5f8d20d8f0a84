"""What all tests share: a clean environment, and real databases to keep studies in."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres_wheel import postgres_wheel
from tuner.run.on_ray.environment import set_ray_environment

if TYPE_CHECKING:
    from sqlalchemy import URL

for name in [name for name in os.environ if name.startswith(("TUNER_", "RAY_", "TUNE_"))]:
    del os.environ[name]

set_ray_environment(None)  # before any test imports Ray

# How long an example takes says more about the machine than about the code.
settings.register_profile("at_any_pace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("at_any_pace")

DATABASES = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real Postgres server of this test session, reached through a socket."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # run by root, the server takes another user's rights
        server = postgres_wheel().get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def template(postgres: str) -> str:
    """A database with the store's tables in it; each test gets a clone, which takes a tenth of making one."""
    from tuner.store.tables.creation import make_store

    url = _create(postgres, "tuner_template", None)
    make_store(url, ["score", "cost"]).engine.dispose()
    return url


@pytest.fixture
def postgres_url(postgres: str, template: str) -> Iterator[str]:
    """A Postgres database of this test's own, with empty tables."""
    yield from _database(postgres, "tuner_template")


@pytest.fixture
def empty_postgres_url(postgres: str) -> Iterator[str]:
    """A Postgres database of this test's own, without tables."""
    yield from _database(postgres, None)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite file of this test's own, not yet there."""
    return f"sqlite:///{tmp_path}/tuner.db"


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path leaves room for the names of Ray's sockets."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", "postgres"])
def storage_url(request: pytest.FixtureRequest) -> str:
    """Each kind of store in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def _database(server: str, template: str | None) -> Iterator[str]:
    """A new database; what a test leaves connected to it would use up the server's connections."""
    from sqlalchemy import create_engine, text

    name = f"tuner_{next(DATABASES)}"
    yield _create(server, name, template)
    engine = create_engine(_url(server), isolation_level="AUTOCOMMIT")
    end = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
    with engine.connect() as connection:
        connection.execute(end, {"name": name})
    engine.dispose()


def _create(server: str, name: str, template: str | None) -> str:
    from sqlalchemy import create_engine, text

    url = _url(server)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def _url(server: str) -> URL:
    from sqlalchemy import make_url

    return make_url(server).set(drivername="postgresql+psycopg2")
