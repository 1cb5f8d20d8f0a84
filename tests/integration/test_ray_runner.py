"""The Ray runner with the toy on real Ray workers, four fake GPUs on this machine."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.integration.gate import held
from tests.integration.occupancy import assert_no_two_overlap, assert_none_stood_idle, span, trials_by_device
from tests.tuner import confirming, toy
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import fail_like_a_database, history, launch_toy
from tuner.errors import Unreachable, UsageError
from tuner.run.confirm.jobs import Wanted
from tuner.run.live.progress import Progress
from tuner.run.live.tally import Tally
from tuner.run.on_ray.devices import Devices, Share
from tuner.run.on_ray.dispatching.dispatcher import Dispatcher
from tuner.run.on_ray.dispatching.one_study import OneStudy
from tuner.run.on_ray.dispatching.trial_source import TrialSource
from tuner.run.session import Session
from tuner.run.signals import StopSignal
from tuner.store.create_study import create_or_load
from tuner.store.open_study import driving
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store
from tuner.store.writing.event_sql import EventSql
from tuner.study.trial import Report, TrialSpec

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module", autouse=True)
def _four_fake_gpus() -> Iterator[None]:
    import ray

    ray.init(
        "local", num_cpus=4, num_gpus=4, include_dashboard=False, log_to_driver=False, logging_level="ERROR"
    )
    for module in (toy, confirming):
        ray.cloudpickle.register_pickle_by_value(module)
    yield
    ray.shutdown()


def test_one_trial_a_device_and_all_devices_busy(postgres_url: str, tmp_path: Path) -> None:
    # Nothing goes on before the last of four workers, each of which takes seconds to start, has its trial.
    with held(postgres_url, tmp_path, 4, trials=24, epoch_seconds=0.1) as ended:
        pass
    records = ended().records()
    assert [record.state for record in records] == ["COMPLETE"] * 24
    by_device = trials_by_device(records)
    assert {device for _, device in by_device} == {"gpu:0", "gpu:1", "gpu:2", "gpu:3"}
    for on_device in by_device.values():
        assert_no_two_overlap([span(record) for record in on_device])
        # Optuna's own stamps say the same to Optuna's own tools.
        assert_no_two_overlap([(record.started, record.ended) for record in on_device])
    assert_none_stood_idle(by_device)


def test_nothing_of_ray_tune_is_left(sqlite_url: str, tmp_path: Path) -> None:
    study = launch_toy(toy_config(trials=2), sqlite_url, tmp_path, serial=False).study
    left = sorted(path.name for path in (tmp_path / "runs" / study.folder_name).iterdir())
    assert left == ["events", "trial-00000", "trial-00001"]


@pytest.mark.parametrize(("objectives", "database"), [(SINGLE, "sqlite_url"), (None, "postgres_url")])
def test_one_device_gives_the_serial_runners_study(
    objectives: list[dict[str, str]] | None,
    database: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    storage_url = request.getfixturevalue(database)
    changes = {} if objectives is None else {"objectives": objectives}
    behaviour = {"search": "categorical", "choices": ["good", "diverges"]}
    config = toy_config(
        trials=15,
        behaviour=behaviour,
        early_stopping={"name": "asha", "reduction_factor": 2},
        resources={"gpus": 4, "cpus": 1},
        **changes,
    )
    on_ray = launch_toy(config, storage_url, tmp_path, serial=False)
    serial = launch_toy(config, f"sqlite:///{tmp_path}/serial.db", tmp_path)
    assert history(on_ray.study) == history(serial.study)
    assert on_ray.study.reports() == serial.study.reports()


def test_every_ending_reaches_the_store(sqlite_url: str, tmp_path: Path) -> None:
    behaviours = {"search": "categorical", "choices": list(toy.BEHAVIOURS)}
    grid = {"x": 0.5, "behaviour": behaviours, "sampler": {"name": "grid"}, "trials": len(toy.BEHAVIOURS)}
    config = toy_config(**grid)
    records = launch_toy(config, sqlite_url, tmp_path, serial=False).study.records()
    states = {
        behaviour: {record.state for record in records if record.params["behaviour"] == behaviour}
        for behaviour in toy.BEHAVIOURS
    }
    assert states == {
        "good": {"COMPLETE"},
        "raises": {"FAIL"},
        "silent": {"FAIL"},
        "stops_short": {"FAIL"},
        "not_a_number": {"PRUNED"},
        "lacks_cost": {"FAIL"},
        "diverges": {"PRUNED"},
        "dies": {"FAIL"},
        "dies_once": {"FAIL", "COMPLETE"},
    }
    assert all("reason" in record.attributes for record in records if record.state != "COMPLETE")
    attempts = [record.attributes["attempt"] for record in records if record.params["behaviour"] == "dies"]
    assert attempts == [1, 2, 3]


def test_a_lost_worker_is_an_attempt_that_goes_on_from_its_checkpoint(
    sqlite_url: str, tmp_path: Path
) -> None:
    study = launch_toy(toy_config(behaviour="dies_once", trials=2), sqlite_url, tmp_path, serial=False).study
    first = [record for record in study.records() if record.attributes["attempt"] == 1]
    second = [record for record in study.records() if record.attributes["attempt"] == 2]
    assert [record.state for record in first] == ["FAIL", "FAIL"]
    assert all(record.attributes["reason"].startswith("its worker was lost: ") for record in first)
    assert [record.state for record in second] == ["COMPLETE", "COMPLETE"]
    for record in second:
        assert record.values[0] == toy.score(record.params["x"], 4)
        origin = record.attributes["retry_of"]
        epochs = [epoch for trial, epoch, _ in study.reports() if trial == origin]
        assert epochs == [1, 2, 3, 4]


def test_confirmations_run_one_a_device_and_go_on_when_a_worker_is_lost(
    storage_url: str, tmp_path: Path
) -> None:
    config = toy_config(behaviour="dies_once", trials=2, objectives=SINGLE)
    launch_toy(config, storage_url, tmp_path, serial=False)
    study = StudyStore.open(storage_url).load("toy")
    runs = tmp_path / "runs" / study.folder_name
    (runs / "tune-of-a-launch").mkdir()  # which may run meanwhile
    ended = confirming.confirm_toy(storage_url, tmp_path, Wanted(top=2, seeds=2), serial=False)
    assert [(each.state, each.attempt, each.best_epoch) for each in ended.confirmations] == [
        ("COMPLETE", 2, 4)
    ] * 4
    scores = {record.number: record.values[0] for record in ended.records}
    for each in ended.confirmations:
        assert each.test["score"] == confirming.on_test(scores[each.job.trial], each.job.seed)
        assert str(each.device).startswith("gpu:")
    left = {path.name for path in (runs / "confirm").iterdir()}
    assert left == {each.job.folder_name for each in ended.confirmations}
    assert (runs / "tune-of-a-launch").exists()


def test_a_trial_that_fits_nowhere_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    config = toy_config(resources={"gpus": 8, "cpus": 1})
    with pytest.raises(
        UsageError, match="wants 1 CPU and 8 GPUs of one node; the cluster has 4 and 4 in all"
    ):
        launch_toy(config, sqlite_url, tmp_path, serial=False)


def test_a_store_that_fails_ends_the_launch_with_its_cause(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EventSql, "_ended", fail_like_a_database)
    with pytest.raises(Unreachable, match="disk full"):
        launch_toy(toy_config(), sqlite_url, tmp_path, serial=False)
    monkeypatch.undo()
    assert launch_toy(toy_config(), sqlite_url, tmp_path).study.remaining == 0


HERE = {"node": "here", "node_id": "bad", "device": "gpu:0"}
THERE = {"node": "there", "node_id": "good", "device": "gpu:1"}
RESULT = Report(4, {}, result={"score": 1.0, "cost": 0.0})


def devices(count: int, *, nodes: int) -> Devices:
    """So many devices on so many nodes, without Ray."""
    resources = {f"node{index}": {"CPU": count / nodes} for index in range(nodes)}
    return Devices(lambda: resources)


class Worker:
    """A worker's process, without Ray: what was sent to it."""

    def __init__(self) -> None:
        self.specs: list[TrialSpec] = []
        self.running: TrialSpec | None = None

    def begin(self, spec: TrialSpec | None, train: bytes) -> None:
        self.running = spec
        self.specs += [spec] if spec else []

    def kill(self) -> None:
        raise AssertionError("no trial takes too long")


class Dispatched:
    """A session of a study on these devices, and its dispatcher, without Ray."""

    def __init__(self, url: str, folder: Path, devices: Devices, **changes: Any) -> None:
        config = toy_config(**changes)
        self.view = create_or_load(make_store(url, toy.metrics), config)
        self._driving = driving(self.view, config)
        self._folder, self._devices = folder, devices
        self._progress = Progress(Tally(config), Console(file=io.StringIO()))
        self.workers: dict[str, Worker] = {}

    @contextmanager
    def running(self) -> Iterator[Dispatcher]:
        with (
            self._driving as (study, writer),
            Session(study, writer, self._folder, self._progress, StopSignal()) as session,
            ThreadPoolExecutor(1) as self.asker,
        ):
            source = TrialSource(session, Share(1.0, 0.0), b"", self._devices, self.asker)
            self.dispatcher = Dispatcher(OneStudy(source), self._devices)
            yield self.dispatcher

    def start(self, name: str) -> None:
        """Add a worker, which gets a device."""
        assert self.dispatcher.add(name)
        self.workers[name] = Worker()
        self.dispatcher.started(name, self.workers[name])

    def start_all(self, places: dict[str, dict[str, str]]) -> dict[str, TrialSpec]:
        """Start workers of these names and places; return the trial that each got."""
        specs = {}
        for name, place in places.items():
            self.start(name)
            spec = self.asks(name, place)
            assert spec is not None
            specs[name] = spec
        return specs

    def asks(self, name: str, place: dict[str, str]) -> TrialSpec | None:
        """Return what the worker gets when it asks, again and again, for a trial; None if it is to end."""
        before = len(self.workers[name].specs)
        while self.dispatcher.asks(name, place):
            if specs := self.workers[name].specs[before:]:
                return specs[0]
            time.sleep(0.01)
        return None


def test_a_trial_queued_again_at_the_very_end_is_still_run(sqlite_url: str, tmp_path: Path) -> None:
    """That there is no further trial may have been answered before the loss of a worker that follows it."""
    two = devices(2, nodes=1)
    study = Dispatched(sqlite_url, tmp_path, two, trials=2)
    with study.running() as dispatcher:
        lost = study.start_all({"a": HERE, "b": HERE})["b"]
        busy = threading.Event()
        study.asker.submit(busy.wait)
        assert dispatcher.reported("a", RESULT)  # what comes next is not known yet
        dispatcher.ended("b", lost="its worker was lost")
        busy.set()
        again = study.asks("a", HERE)
        assert again is not None
        assert again.retry_of == lost.number


def test_a_study_that_lost_its_last_device_ends_with_its_budget(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(trials=2), sqlite_url, tmp_path)
    none = devices(0, nodes=0)
    study = Dispatched(sqlite_url, tmp_path, none, trials=3)
    with study.running() as dispatcher:
        study.start("a")  # it waits in Tune's queue
        assert not dispatcher.add("b")
        assert study.asks("a", HERE)
        assert not dispatcher.reported("a", RESULT)
        dispatcher.ended("a")
        assert not dispatcher.add("b")
        assert dispatcher.count == 0


def test_what_a_node_has_lost_goes_on_there_when_no_other_trial_wants_the_device(
    sqlite_url: str, tmp_path: Path
) -> None:
    two_nodes = devices(2, nodes=2)
    study = Dispatched(sqlite_url, tmp_path, two_nodes, trials=2)
    with study.running() as dispatcher:
        study.start_all({"a": HERE, "b": THERE})
        dispatcher.ended("a", lost="its worker was lost")
        study.start("c")
        again = study.asks("c", HERE)
        assert again is not None
        assert (again.attempt, again.lost_on) == (2, "bad")


def test_what_a_node_has_lost_goes_on_at_another_that_is_free(sqlite_url: str, tmp_path: Path) -> None:
    two_nodes = devices(2, nodes=2)
    study = Dispatched(sqlite_url, tmp_path, two_nodes, trials=4)
    with study.running() as dispatcher:
        study.start_all({"a": HERE, "b": THERE})
        dispatcher.ended("a", lost="its worker was lost")
        study.start("c")
        ahead, fresh = study.asks("c", HERE), study.workers["b"].specs
        assert ahead is not None
        assert ahead.attempt == 1
        assert dispatcher.reported("c", RESULT)
        other = study.asks("c", HERE)
        assert other is None or other.attempt == 1
        assert dispatcher.reported("b", RESULT)
        assert fresh[-1].attempt == 2


def test_a_trial_that_is_stopped_does_not_train_on_while_the_next_is_not_known(
    sqlite_url: str, tmp_path: Path
) -> None:
    two = devices(2, nodes=1)
    study = Dispatched(sqlite_url, tmp_path, two, trials=2, trial_hours=1e-9)
    with study.running() as dispatcher:
        study.start("a")
        first, second = threading.Event(), threading.Event()  # each holds up the ask behind it
        study.asker.submit(first.wait)
        assert dispatcher.asks("a", HERE)
        study.asker.submit(second.wait)
        first.set()
        assert study.asks("a", HERE)
        assert dispatcher.reported("a", Report(1, {"score": 0.0, "cost": 0.0}))
        assert study.workers["a"].running is None
        second.set()
        assert study.asks("a", HERE)


def test_a_worker_that_cannot_start_costs_a_trial_an_attempt(sqlite_url: str, tmp_path: Path) -> None:
    one = devices(1, nodes=1)
    study = Dispatched(sqlite_url, tmp_path, one, trials=1)
    with study.running() as dispatcher:
        for name in "abc":
            assert dispatcher.add(name)
            dispatcher.ended(name, lost="its worker was lost: no module named own")
        assert dispatcher.add("d")
    failed = [record for record in study.view.records() if record.state == "FAIL"]
    assert [record.attributes["attempt"] for record in failed] == [1, 2, 3]
