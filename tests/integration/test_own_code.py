"""A user's own trainer on real Ray workers: two at once, and every ending."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tests.tuner.configs import toy_config
from tests.tuner.launching import history
from tuner.config.study_config import StudyConfig
from tuner.run.custom.loading import trainable_of
from tuner.run.launch import launch
from tuner.settings import Settings
from tuner.store.reading.study_view import StudyView

pytestmark = pytest.mark.integration


def launch_own(config: StudyConfig, storage: str, folder: Path, *, serial: bool = False) -> StudyView:
    trainable = trainable_of(config, allow_code=True)
    settings = Settings(storage=storage, runs_folder=folder / "runs", ray_address=None)
    return launch(config, trainable, settings, Console(file=io.StringIO()), serial=serial).study


@pytest.fixture
def _two_workers() -> Iterator[None]:
    import ray

    ray.init(
        "local", num_cpus=2, num_gpus=0, include_dashboard=False, log_to_driver=False, logging_level="ERROR"
    )
    yield
    ray.shutdown()


@pytest.mark.usefixtures("_two_workers")
def test_two_workers_leave_the_serial_runners_trials(sqlite_url: str, tmp_path: Path) -> None:
    behaviours = ["good", "raises", "stops", "not_a_number", "unknown", "mapping", "word", "nothing", "short"]
    choices = {"search": "categorical", "choices": behaviours}
    config = toy_config(
        behaviour=choices,
        x={"search": "categorical", "choices": [0.25, 0.5]},
        epoch_seconds=0.1,
        sampler={"name": "grid"},
        trials=18,
        failures=18,
        trainable="tests.tuner.own:Own",
    )
    on_ray = launch_own(config, sqlite_url, tmp_path)
    serial = launch_own(config, f"sqlite:///{tmp_path}/serial.db", tmp_path, serial=True)
    assert sorted(map(str, history(on_ray))) == sorted(map(str, history(serial)))
    assert len({record.attributes.get("device") for record in on_ray.records()} - {None}) == 2
