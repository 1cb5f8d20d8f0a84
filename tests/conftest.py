"""What all tests share: a clean environment, and real databases to keep studies in."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres_wheel import postgres_wheel
from tuner.run.on_ray.environment import set_ray_environment

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
def postgres_url(postgres: str, template: str) -> str:
    """A Postgres database of this test's own, with empty tables."""
    return _create(postgres, f"tuner_{next(DATABASES)}", "tuner_template")


@pytest.fixture
def empty_postgres_url(postgres: str) -> str:
    """A Postgres database of this test's own, without tables."""
    return _create(postgres, f"tuner_{next(DATABASES)}", None)


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


def _create(server: str, name: str, template: str | None) -> str:
    from sqlalchemy import create_engine, make_url, text

    url = make_url(server).set(drivername="postgresql+psycopg2")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)
