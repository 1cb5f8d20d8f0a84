"""The view of results: a column a metric, as many as its database can have, and no store that it breaks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from sqlalchemy import create_engine, inspect, text

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.errors import UsageError
from tuner.run.launch import launch
from tuner.settings import Settings
from tuner.store.tables.creation import make_store
from tuner.store.tables.results_view import MOST_METRICS
from tuner.study.trial import Report, TrialSpec

SCORES = [f"score_{index:04d}_{'x' * 50}" for index in range(MOST_METRICS - 2)]
"""With the toy's own two as many metrics as a study may have, each as long as one may be."""


def launch_with(metrics: Collection[str], storage: str, folder: Path) -> None:
    trainable = SimpleNamespace(
        metrics=tuple(metrics), packages=(), code={}, check=toy.check, prepare=toy.prepare, train=toy.train
    )
    settings = Settings(storage=storage, runs_folder=folder / "runs", ray_address=None)
    launch(toy_config(), trainable, settings, Console(quiet=True), serial=True)


def columns(storage: str) -> set[str]:
    """The columns that the view gives."""
    engine = create_engine(storage)
    with engine.connect() as connection:
        result = connection.execute(text("SELECT * FROM tuner_results WHERE state = 'COMPLETE'"))
        names = set(result.keys())
        assert all(row.score is not None for row in result)
    engine.dispose()
    return names


@pytest.mark.parametrize("count", [MOST_METRICS + 1, 2_100])
def test_a_study_of_too_many_metrics_is_refused_before_anything_is_made(
    count: int, empty_postgres_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    metrics = ("score", "cost", *(f"m{index}" for index in range(count - 2)))
    message = f"^study 'toy': its trainings report {count} metrics, and a store has room for 1500 of a study"
    for url in (sqlite_url, empty_postgres_url):
        with pytest.raises(UsageError, match=message):
            launch_with(metrics, url, tmp_path)
    engine = create_engine(empty_postgres_url)
    assert not inspect(engine).get_table_names()
    engine.dispose()
    assert not list(tmp_path.iterdir())


@pytest.fixture
def store(storage_url: str, tmp_path: Path) -> str:
    """A store with a completed trial, in which nobody made columns for other metrics than the toy's."""
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    return storage_url


def make(storage: str, metrics: Collection[str]) -> None:
    """Make the store ready for a study of these metrics, as its launch does."""
    make_store(storage, metrics).dispose()


def test_as_many_metrics_as_are_allowed_fit(store: str) -> None:
    make(store, ["score", "cost", *SCORES])
    assert columns(store) > {"study", "score", "cost", "reason", *SCORES}


def test_the_study_that_is_launched_has_its_columns_and_others_as_many_as_fit(store: str) -> None:
    others = [f"other_{index}" for index in range(100)]
    make(store, ["score", "cost", *SCORES])
    make(store, ["score", "cost", *others])
    found = columns(store)
    assert found.issuperset({"score", "cost", *others})
    assert len(found.intersection(SCORES)) == MOST_METRICS - 2 - len(others)
    make(store, ["score", "cost", *SCORES])
    assert columns(store).issuperset(SCORES)


def test_a_store_with_a_view_that_cannot_be_read_is_mended(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), sqlite_url, tmp_path)
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW tuner_results"))
        many = ", ".join(f"number AS m{index}" for index in range(2_100))
        connection.execute(text(f"CREATE VIEW tuner_results AS SELECT {many} FROM trials"))
    engine.dispose()
    make(sqlite_url, ["score", "cost"])
    assert columns(sqlite_url) > {"study", "score", "cost"}


def test_its_columns_have_types(storage_url: str, tmp_path: Path) -> None:
    bound = [{"metric": "cost", "at_most": 0.5}]
    study = launch_toy(toy_config(constraints=bound), storage_url, tmp_path, train=breaks_first).study
    launch_toy(toy_config(study="free", trials=1), storage_url, tmp_path)
    with study.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT * FROM tuner_results WHERE study = 'toy' ORDER BY number")
        ).all()
        (free,) = connection.execute(
            text("SELECT feasible FROM tuner_results WHERE study = 'free'")
        ).scalars()
    records = study.records()
    assert {record.is_feasible for record in records if record.values} == {True, False}
    assert [row.feasible for row in rows] == [r.is_feasible if r.values else None for r in records]
    assert free is None
    assert {type(row.attempt) for row in rows} == {int}
    for row, record in zip(rows, records, strict=True):
        assert record.ended is not None
        assert seconds_between(row.ended_at, record.ended) < 0.001
        assert abs(seconds_between(row.ended_at, row.started_at) - row.seconds) < 1
    if storage_url.startswith("postgres"):
        assert {type(row.started_at) for row in rows} == {datetime}
        assert {type(row.feasible) for row in rows} == {bool, type(None)}


def breaks_first(spec: TrialSpec) -> Iterator[Report]:
    if spec.number == 0:
        yield Report(1, {"score": 0.5, "cost": 0.5}, stopped="it was too good to be true")
    else:
        yield from toy.train(spec)


def seconds_between(one: datetime | str, other: datetime | str) -> float:
    """The distance of two moments in UTC; SQLite gives text, to the millisecond."""
    read = [datetime.fromisoformat(each) if isinstance(each, str) else each for each in (one, other)]
    first, second = (each.replace(tzinfo=UTC) for each in read)
    return abs((first - second).total_seconds())


def test_the_view_of_an_earlier_version_is_made_anew(store: str) -> None:
    engine = create_engine(store)
    with engine.begin() as connection:
        connection.execute(text("DROP VIEW tuner_results"))
        connection.execute(text("CREATE VIEW tuner_results AS SELECT number, state FROM trials"))
    engine.dispose()
    make(store, ["score"])
    assert columns(store) > {"feasible", "ended_at", "score"}
