"""What a study has spent, when a driver died and the next one came much later."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from tests.acceptance.command_line import wait_until
from tests.tuner import driver_process
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.results.report.reported_study import ReportedStudy
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.optuna_tables import trials, user_attributes
from tuner.store.tables.tuner_tables import reports

TEN_HOURS = timedelta(hours=10)


def set_back(engine: Engine) -> None:
    """Let what the store has of a study be ten hours old."""
    with engine.begin() as connection:
        for trial_id, began in connection.execute(select(trials.c.trial_id, trials.c.datetime_start)).all():
            of_trial = update(trials).where(trials.c.trial_id == trial_id)
            connection.execute(of_trial.values(datetime_start=began - TEN_HOURS))
        for at in connection.scalars(select(reports.c.at)).all():
            connection.execute(update(reports).where(reports.c.at == at).values(at=at - TEN_HOURS))
        notes = user_attributes.c.key == "started_at"
        for stored in connection.scalars(select(user_attributes.c.value_json).where(notes)).all():
            moment = datetime.fromisoformat(stored.strip('"')) - TEN_HOURS
            connection.execute(update(user_attributes).where(notes).values(value_json=f'"{moment}"'))


def test_hours_in_which_nobody_drove_it_are_not_spent(storage_url: str, tmp_path: Path) -> None:
    config = toy_config(trials=2, device_hours=1.0, until=str(tmp_path / "until"))
    driver = driver_process.started(config, storage_url, tmp_path)

    def reported() -> bool:
        try:
            return bool(StudyStore.open(storage_url).load("toy").reports())
        except Exception:  # noqa: BLE001 - the store is being made
            return False

    wait_until(reported)
    driver.kill()
    driver.wait()
    set_back(StudyStore.open(storage_url).engine)
    (tmp_path / "until").touch()
    for trials_wanted in (2, 3):  # the second launch reads what the first one left
        more = toy_config(trials=trials_wanted, device_hours=1.0, until=str(tmp_path / "until"))
        view = launch_toy(more, storage_url, tmp_path).study
        states = [record.state for record in view.records()]
        assert states == ["FAIL", *["COMPLETE"] * trials_wanted]
    spent = view.spent()
    assert (spent.remaining, spent.met_early) == (0, None)
    hours = ReportedStudy.read(view, tmp_path / "runs").spending[-1].device_hours
    assert hours == pytest.approx(spent.device_seconds / 3600, abs=1e-5)
