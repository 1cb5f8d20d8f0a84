"""A wall clock that is set back while a study runs."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import history, launch_toy
from tuner.run import worker
from tuner.run.early_stopping import early_stopping_of
from tuner.store.tables import tuner_tables
from tuner.study.events import event


class SetBack(datetime):
    """A clock that loses an hour each time it is read."""

    read = itertools.count()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) - next(cls.read) * timedelta(hours=1)


@pytest.fixture(params=["Asia/Kathmandu", "America/St_Johns"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A local time that is no whole hour from UTC."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_a_clock_that_is_set_back_changes_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asha = {"early_stopping": {"name": "asha", "reduction_factor": 2}, "hours": 1.0}

    def launched(file: str) -> list[object]:
        url = f"sqlite:///{tmp_path}/{file}.db"
        launch_toy(toy_config(trials=4, **asha), url, tmp_path)  # the second launch reads the first's reports
        done = launch_toy(toy_config(trials=10, **asha), url, tmp_path)
        assert (done.halted, done.study.remaining) == (None, 0)
        assert all(record.attributes["seconds"] >= 0 for record in done.study.records())
        for record in done.study.records():
            assert record.started is not None
            assert record.ended is not None
            assert record.started <= record.ended
        return list(history(done.study))

    straight = launched("straight")
    monkeypatch.setattr(worker, "datetime", SetBack)
    monkeypatch.setattr(event, "datetime", SetBack)
    assert launched("set_back") == straight


@pytest.mark.parametrize("rule", ["asha", "median"])
def test_a_rule_does_not_care_in_which_order_it_hears_of_earlier_trials(rule: str) -> None:
    config = toy_config(objectives=SINGLE, early_stopping={"name": rule}, epochs=9)
    heard = [(trial, epoch, [-trial / 10 - epoch]) for trial in range(8) for epoch in range(1, 9)]
    rules = [early_stopping_of(config) for _ in range(2)]
    for each, order in zip(rules, (heard, heard[::-1]), strict=True):
        for report in order:
            each.observe(*report)
    said = [[each.observe(9, epoch, [1.0 - epoch]) for epoch in range(1, 10)] for each in rules]
    assert said[0] == said[1]
    assert any(said[0])


def test_times_are_stored_in_utc_whatever_the_zone(zone: str, sqlite_url: str, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    study = launch_toy(toy_config(trials=2), sqlite_url, tmp_path).study
    with study.engine.connect() as connection:
        at = [row.at for row in connection.execute(tuner_tables.reports.select())]
    started = [datetime.fromisoformat(record.attributes["started_at"]) for record in study.records()]
    stamps = [each.replace(tzinfo=UTC) for each in at] + started
    assert os.environ["TZ"] == zone
    assert all(each.utcoffset() == timedelta(0) for each in started)
    assert before <= min(stamps) <= max(stamps) <= datetime.now(UTC)
