"""The dispatcher with studies of several kinds, without Ray and without a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from tuner.run.on_ray.devices import Devices, Share
from tuner.run.on_ray.dispatching import dispatcher
from tuner.run.on_ray.dispatching.dispatcher import Dispatcher
from tuner.run.on_ray.dispatching.studies import Studies
from tuner.run.on_ray.dispatching.trial_source import TrialSource
from tuner.run.service.shared_devices import SharedDevices
from tuner.study.trial import Report, TrialSpec

CPU, GPU = Share(1.0, 0.0), Share(1.0, 1.0)
LAST = Report(1, {}, result={"score": 1.0})


def spec(number: int) -> TrialSpec:
    return TrialSpec(number, {}, {}, 1, "score", "maximize", 1.0, "folder")


@dataclass
class Source:
    """The trials of a study: so many, each known at once."""

    share: Share
    left: int
    most: int | None = None
    raises: bool = False
    bad_nodes: Sequence[str] = ()
    running: dict[int, TrialSpec] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    train: bytes = b""

    @property
    def session(self) -> object:
        progress = SimpleNamespace(sees=lambda _devices: None, says=self.said.append)
        return SimpleNamespace(progress=progress, reported=lambda _spec, report: report.is_last, overdue=list)

    @property
    def demand(self) -> int:
        return min(self.left + len(self.running), self.most or 10**6)

    @property
    def wants(self) -> bool:
        return self.left > 0 and len(self.running) < (self.most or 10**6)

    @property
    def has_dropped(self) -> bool:
        return False

    def allows(self, node_id: str) -> bool:
        return node_id not in self.bad_nodes

    def take(self, _node_id: str) -> TrialSpec | None:
        if self.raises:
            raise ValueError("its sampler is broken")
        if not self.left:
            return None
        self.left -= 1
        taken = spec(self.left)
        self.running[taken.number] = taken
        return taken

    def begins(self, _spec: TrialSpec, _place: object) -> None:
        """Nothing is noted."""

    def ended(self, ended: TrialSpec, lost: str | None = None) -> None:
        del self.running[ended.number]
        self.lost += [lost] if lost else []


class Worker:
    """What was sent to a worker's process."""

    def __init__(self) -> None:
        self.spec: TrialSpec | None = None
        self.killed = False

    def begin(self, spec: TrialSpec | None, train: bytes) -> None:
        del train
        self.spec = spec

    def kill(self) -> None:
        self.killed = True


class Cluster:
    """A dispatcher of studies on nodes with these resources; every worker that fits starts at once."""

    def __init__(self, nodes: dict[str, dict[str, float]], *sources: Source) -> None:
        self.nodes = nodes
        self.broken: list[int] = []
        self.shared = SharedDevices(lambda: None, lambda study, _error: self.broken.append(study))
        self.sources = sources
        for number, source in enumerate(sources):
            self.shared.add(number, cast("TrialSource", source), 10)
        self.dispatcher = Dispatcher(cast("Studies", self.shared), Devices(lambda: nodes))
        self.workers: dict[str, Worker] = {}
        self._places: dict[str, tuple[str, Share]] = {}
        self._count = 0

    def start(self) -> None:
        """Start workers while they are wanted and fit, and let each ask once."""
        while True:
            name = f"w{self._count}"
            share = self.dispatcher.add(name)
            if share is None:
                return
            self._count += 1
            node = self._free(share)
            if node is None:  # Ray would let it wait
                continue
            self._places[name] = node, share
            self.workers[name] = Worker()
            self.dispatcher.started(name, self.workers[name])
            self._goes_on(name, goes_on=self.dispatcher.asks(name, self._place(name)))

    def finish(self, name: str) -> None:
        """Let the trial of a worker end."""
        self._goes_on(name, goes_on=self.dispatcher.reported(name, LAST))

    def lose(self, name: str) -> None:
        """Let a worker and its trial be lost."""
        del self.workers[name], self._places[name]
        self.dispatcher.ended(name, lost="it died")

    def running(self) -> list[int]:
        """How many trials of each study run."""
        return [len(source.running) for source in self.sources]

    def of(self, share: Share) -> list[str]:
        """The names of the workers of a share that run something."""
        return [
            name
            for name, worker in self.workers.items()
            if self._places[name][1] == share and worker.spec is not None
        ]

    def _place(self, name: str) -> dict[str, str]:
        node = self._places[name][0]
        return {"node": node, "node_id": node, "device": name}

    def _goes_on(self, name: str, *, goes_on: bool) -> None:
        if not goes_on:
            del self.workers[name], self._places[name]
            self.dispatcher.ended(name)

    def _free(self, share: Share) -> str | None:
        for node, resources in self.nodes.items():
            left = dict(resources)
            for other, taken in self._places.values():
                if other == node:
                    taken.take_from(left)
            if share.fits(left):
                return node
        return None


def test_studies_of_one_kind_share_its_workers() -> None:
    cluster = Cluster({"a": {"CPU": 4}}, Source(CPU, 50), Source(CPU, 50))
    cluster.start()
    assert cluster.running() == [2, 2]
    for _ in range(10):
        cluster.finish(cluster.of(CPU)[0])
        assert sum(cluster.running()) == 4
    assert len(cluster.workers) == 4


def test_studies_of_cpus_and_of_gpus_run_side_by_side() -> None:
    cluster = Cluster({"a": {"CPU": 4, "GPU": 2}, "b": {"CPU": 2}}, Source(CPU, 50), Source(GPU, 50))
    cluster.start()
    assert cluster.running()[1] >= 1
    assert sum(cluster.running()) == 6


def test_a_worker_gives_way_to_a_study_that_needs_its_place() -> None:
    """All CPUs of the one node with a GPU are taken before the study of GPUs comes."""
    cpus, gpus = Source(CPU, 500), Source(GPU, 0)
    cluster = Cluster({"a": {"CPU": 2, "GPU": 1}}, cpus, gpus)
    cluster.start()
    assert cluster.running() == [2, 0]
    gpus.left = 3
    while not gpus.running:
        cluster.finish(cluster.of(CPU)[0])
        cluster.start()
    assert cluster.running() == [1, 1]
    while gpus.left or gpus.running:  # whose turn it is depends on how long trials took
        cluster.finish((cluster.of(GPU) or cluster.of(CPU))[0])
        cluster.start()
    assert cluster.running() == [2, 0]


def test_no_device_is_idle_while_any_study_has_a_trial() -> None:
    """A study whose trials fit on no node waits, and holds up nobody."""
    cluster = Cluster({"a": {"CPU": 2}}, Source(Share(1.0, 8.0), 10), Source(CPU, 10))
    cluster.start()
    assert cluster.running() == [0, 2]


def test_a_study_has_no_more_devices_than_it_may() -> None:
    cluster = Cluster({"a": {"CPU": 4}}, Source(CPU, 50, most=1), Source(CPU, 50))
    cluster.start()
    assert cluster.running() == [1, 3]


def test_workers_end_when_nothing_is_left_for_them() -> None:
    cluster = Cluster({"a": {"CPU": 4}}, Source(CPU, 2, most=1))
    cluster.start()
    assert len(cluster.workers) == 1
    cluster.finish("w0")
    cluster.finish("w0")
    assert cluster.dispatcher.count == 0


def test_a_node_that_a_study_may_not_use_serves_the_others() -> None:
    cluster = Cluster(
        {"good": {"CPU": 1}, "bad": {"CPU": 1}}, Source(CPU, 9, bad_nodes=["bad"]), Source(CPU, 9)
    )
    cluster.start()
    assert cluster.running() == [1, 1]
    alone = Cluster({"bad": {"CPU": 1}}, Source(CPU, 9, bad_nodes=["bad"]))
    alone.start()
    assert alone.running() == [0]
    assert alone.dispatcher.count == 1, "the worker waits there, so that Ray starts no other"


def test_a_worker_that_waits_on_a_bad_node_is_not_the_one_that_is_wanted() -> None:
    """The worker of the good node is lost with the study's last trial: another is to take its place there."""
    source = Source(CPU, 1, bad_nodes=["bad"])
    cluster = Cluster({"bad": {"CPU": 1}, "good": {"CPU": 1}}, source)
    cluster.start()
    assert cluster.running() == [1]
    (lost,) = cluster.of(CPU)
    cluster.lose(lost)
    source.left += 1  # it is queued again
    cluster.start()
    assert cluster.running() == [1]


def test_a_worker_gives_way_though_one_waits_on_a_bad_node() -> None:
    cpus, gpus = Source(CPU, 500), Source(GPU, 0, bad_nodes=["bad"])
    cluster = Cluster({"bad": {"CPU": 1, "GPU": 1}, "good": {"CPU": 1, "GPU": 1}}, gpus)
    gpus.left = 1
    cluster.start()
    (of_gpu,) = cluster.of(GPU)
    cluster.shared.add(1, cast("TrialSource", cpus), 10)
    cluster.lose(of_gpu)
    cluster.start()
    gpus.left += 1
    cluster.finish(cluster.of(CPU)[0])
    cluster.start()
    assert cluster.running() == [1]


def test_a_study_that_raises_breaks_alone() -> None:
    cluster = Cluster({"a": {"CPU": 2}}, Source(CPU, 9, raises=True), Source(CPU, 9))
    cluster.start()
    assert cluster.running() == [0, 2]
    assert set(cluster.broken) == {0}


def test_a_study_that_is_dropped_loses_its_workers_and_no_trial_is_told() -> None:
    cluster = Cluster({"a": {"CPU": 2}}, first := Source(CPU, 9), Source(CPU, 9))
    cluster.start()
    source = cluster.shared.remove(0)
    assert source is not None
    cluster.dispatcher.drop(source)
    assert sum(worker.killed for worker in cluster.workers.values()) == 1
    assert first.lost == []


def test_it_is_said_once_that_no_device_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds in ("WAIT_SECONDS", "_LOOK_SECONDS"):
        monkeypatch.setattr(dispatcher, seconds, 0.0)
    cluster = Cluster({"a": {"CPU": 1}}, source := Source(CPU, 9))
    assert cluster.dispatcher.add("waits for Ray")
    for _ in range(4):
        cluster.dispatcher.kill_overdue()
    assert source.said == ["waits for 1 CPU and 0 GPUs of a node: none is free"]


@pytest.mark.parametrize(
    ("share", "placed", "room"),
    [
        (CPU, [("a", CPU)], True),
        (CPU, [("a", CPU), ("a", CPU), ("b", CPU)], False),
        (GPU, [("a", CPU), (None, CPU)], False),  # the one that waits gets the first place
        (GPU, [("b", CPU), ("a", CPU)], True),
        (CPU, [("gone", CPU), ("gone", CPU)], True),
    ],
)
def test_room_beside_what_is_placed(
    share: Share, placed: list[tuple[str | None, Share]], *, room: bool
) -> None:
    devices = Devices(lambda: {"a": {"CPU": 2, "GPU": 1}, "b": {"CPU": 1}})
    assert devices.have_room(share, placed) is room
