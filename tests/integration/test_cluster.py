"""Several nodes with fake GPUs: trials where devices are, devices that come, nodes that go."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ray.cluster_utils import Cluster
from rich.console import Console

from tests.acceptance.command_line import wait_until
from tests.integration.gate import checkpointed, held, running
from tests.integration.occupancy import (
    assert_no_two_overlap,
    assert_none_stood_idle,
    span,
    trials_by_device,
)
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.own import import_from
from tuner.errors import StudyFailed, Unreachable, UsageError
from tuner.run.custom.loading import trainable_of
from tuner.run.launch import launch
from tuner.run.on_ray import nodes
from tuner.run.on_ray.cluster import cluster as joined
from tuner.run.on_ray.devices import Devices, Share
from tuner.run.on_ray.ray_internals import WORKER_SETTINGS
from tuner.run.on_ray.raylet import raylet
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore
from tuner.study.trial_record import TrialRecord

pytestmark = pytest.mark.integration

OWN_CODE = """
from mine.inner import WHERE
from tuner.own_trainer import Stop

class Mine:
    metrics = ("score", "cost")

    def train(self, config, run):
        yield {"score": config["x"], "cost": 0}
        raise Stop(WHERE)
"""


def test_devices_come_and_a_node_dies(
    cluster: Cluster, add_node: Callable[..., Any], postgres_url: str, tmp_path: Path
) -> None:
    """A study on one node with GPUs and one without: another joins, is used at once, and is lost."""
    first, without_gpu = add_node(2, 2), add_node(2)
    changes = {"trials": 12, "epochs": 6, "epoch_seconds": 0.2}
    with held(postgres_url, tmp_path, 2, cluster.address, **changes) as ended:
        doomed = add_node(1, 1)
        wait_until(lambda: doomed.node_id in checkpointed(postgres_url))
        cluster.remove_node(doomed, allow_graceful=False)
    study = ended()

    records = study.records()
    by_device = trials_by_device(record for record in records if "node_id" in record.attributes)
    assert {node for node, _ in by_device} == {first.node_id, doomed.node_id}
    assert without_gpu.node_id not in {node for node, _ in by_device}
    assert {device for node, device in by_device if node == first.node_id} == {"gpu:0", "gpu:1"}
    for on_device in by_device.values():
        assert_no_two_overlap([span(record) for record in on_device if record.state == "COMPLETE"])
    assert_none_stood_idle(
        {device: trials for device, trials in by_device.items() if device[0] == first.node_id}
    )

    assert [record.state for record in records].count("COMPLETE") == 12
    lost = [record for record in records if record.state == "FAIL"]
    again = {record.attributes["follows"]: record for record in records if "follows" in record.attributes}
    assert {record.number for record in lost} == set(again)
    for record in lost:
        assert record.attributes["reason"].startswith("its worker was lost: ")
        assert again[record.number].attributes["attempt"] == 2
        assert again[record.number].attributes["node_id"] == first.node_id
        epochs = [epoch for trial, epoch, _ in study.reports() if trial == record.number]
        epochs_again = [epoch for trial, epoch, _ in study.reports() if trial == again[record.number].number]
        assert epochs + epochs_again == list(range(1, 7))  # also one that was saved and lost on its way


def test_what_a_node_has_lost_goes_on_at_another(
    cluster: Cluster, add_node: Callable[..., Any], sqlite_url: str, tmp_path: Path
) -> None:
    """Its device is free at once, and no other is: it gives them back, and has other trials."""
    bad, good = add_node(1).node_id, add_node(3).node_id
    resources = {"gpus": 0, "cpus": 1}

    def on_bad() -> list[TrialRecord]:
        return [record for record in running(sqlite_url) if record.attributes["node_id"] == bad]

    with held(sqlite_url, tmp_path, 4, cluster.address, trials=24, resources=resources) as ended:
        for _ in range(2):
            (doomed,) = on_bad()
            os.kill(int(doomed.attributes["device"].removeprefix("cpu:")), signal.SIGKILL)
            wait_until(lambda doomed=doomed: [each.number for each in on_bad()] not in ([], [doomed.number]))
        assert [record.attributes["attempt"] for record in on_bad()] == [1]
    records = ended().records()
    again = [record for record in records if record.attributes["attempt"] == 2]
    assert [record.attributes["node_id"] for record in again] == [good, good]
    assert [record.state for record in records].count("COMPLETE") == 24


def test_trials_without_a_gpu_take_all_nodes_and_see_none(
    cluster: Cluster,
    add_node: Callable[..., Any],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in WORKER_SETTINGS:  # whoever started these nodes knew nothing of us
        monkeypatch.delenv(name)
    nodes = {add_node(2, 1).node_id, add_node(2).node_id}
    resources = {"gpus": 0, "cpus": 2}
    with held(sqlite_url, tmp_path, 2, cluster.address, trials=4, resources=resources) as ended:
        pass
    records = ended().records()
    assert {record.attributes["node_id"] for record in records} == nodes
    for record in records:
        assert record.attributes["gpus_seen"] == ""
        assert record.attributes["threads"] == "2"
        assert "tune-" not in record.attributes["folder"]  # it was not moved into Tune's own


@pytest.mark.usefixtures("connected")
def test_two_trials_share_a_gpu(add_node: Callable[..., Any], sqlite_url: str, tmp_path: Path) -> None:
    add_node(4, 2)
    resources = {"gpus": 0.5, "cpus": 1}
    with held(sqlite_url, tmp_path, 4, trials=12, epoch_seconds=0.1, resources=resources) as ended:
        pass
    records = ended().records()
    by_device = trials_by_device(records)
    assert {device for _, device in by_device} == {"gpu:0", "gpu:1"}
    for on_device in by_device.values():
        at_once = [
            sum(span(other)[0] <= span(record)[0] < span(other)[1] for other in on_device)
            for record in on_device
        ]
        assert max(at_once) == 2
        for record in on_device:
            assert record.attributes["device"] == f"gpu:{record.attributes['gpus_seen']}"


def test_workers_run_the_drivers_code(cluster: Cluster, add_node: Callable[..., Any], tmp_path: Path) -> None:
    import ray

    add_node(1)
    package = tmp_path / "only_here"
    package.mkdir()
    (package / "__init__.py").write_text("place = __file__\n")

    def place() -> str:
        import only_here

        return str(only_here.place)

    with joined(cluster.address, [package]):
        assert "runtime_resources" in ray.get(ray.remote(place).remote())


def test_a_clusters_workers_run_the_package_that_the_driver_has(
    cluster: Cluster,
    add_node: Callable[..., Any],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_node(1)
    package = tmp_path / "mine"
    package.mkdir()
    (package / "code.py").write_text(OWN_CODE)
    (package / "inner.py").write_text("WHERE = 'run from ' + __file__\n")
    import_from(tmp_path, monkeypatch)
    config = toy_config(trials=2, trainable="mine.code:Mine")
    trainable = trainable_of(config, allow_code=True)
    elsewhere = tmp_path / "elsewhere"  # Ray puts the folder in which a driver starts before what it sends
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    settings = Settings(sqlite_url, tmp_path / "runs", cluster.address)
    with pytest.raises(StudyFailed, match="no trial completed"):
        launch(config, trainable, settings, Console(file=io.StringIO()))
    reasons = {record.attributes["reason"] for record in StudyStore.open(sqlite_url).load("toy").records()}
    assert reasons
    assert all("runtime_resources" in reason for reason in reasons)


def test_a_machine_that_lacks_something_is_named_before_any_trial(
    cluster: Cluster,
    add_node: Callable[..., Any],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node = add_node(1)
    here = os.getpid()

    def prepare(*_: object) -> None:
        if os.getpid() != here:
            import a_package_that_only_the_driver_has  # noqa: F401

    monkeypatch.setattr(toy, "prepare", prepare)
    said = (
        rf"node .*{node.node_id[:8]}.*: the code for training cannot be imported: No module named 'a_package"
    )
    with pytest.raises(UsageError, match=said):
        launch_toy(toy_config(), sqlite_url, tmp_path, serial=False, cluster=cluster.address)
    assert not StudyStore.open(sqlite_url).load("toy").records()


def test_what_a_machines_check_raised_is_said(
    cluster: Cluster, add_node: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(_question: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    add_node(1)
    monkeypatch.setattr(nodes, "this_node", check)
    with joined(cluster.address, []):
        (answer,) = nodes.ask_nodes(Share(1, 0), int, tmp_path).values()
    assert answer == "its check raised OSError: [Errno 5] Input/output error; see Ray's log there"


@contextmanager
def interrupted_when(condition: Callable[[], bool]) -> Iterator[None]:
    """Sends this process a SIGINT, once the condition is true, while the block runs in its main thread."""

    def interrupt() -> None:
        wait_until(condition)
        os.kill(os.getpid(), signal.SIGINT)

    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(interrupt)
        yield
        sent.result()


def test_a_signal_ends_the_wait_for_devices(
    cluster: Cluster, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    def looks(_devices: Devices, _share: Share) -> int:
        looked.set()
        return 0

    monkeypatch.setattr(Devices, "count", looks)
    with interrupted_when(looked.is_set):
        launched = launch_toy(toy_config(), sqlite_url, tmp_path, serial=False, cluster=cluster.address)
    assert (launched.exit_code, launched.halted) == (130, "interrupted by SIGINT")


def test_a_signal_ends_the_wait_for_a_machines_answer(
    cluster: Cluster,
    add_node: Callable[..., Any],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_node(1)
    here, asked, gate = os.getpid(), tmp_path / "asked", tmp_path / "gate"

    def prepare(*_: object) -> None:
        if os.getpid() != here:
            asked.touch()
            while not gate.exists():
                time.sleep(0.05)

    monkeypatch.setattr(toy, "prepare", prepare)
    with interrupted_when(asked.exists):
        launched = launch_toy(toy_config(), sqlite_url, tmp_path, serial=False, cluster=cluster.address)
    gate.touch()
    assert (launched.exit_code, launched.halted) == (130, "interrupted by SIGINT")
    assert launched.study.records() == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RAY_AUTH_TOKEN", "0" * 64, "refuses our token; copy"),
        ("RAY_AUTH_MODE", "disabled", "asks for a token; leave out --insecure"),
    ],
)
def test_a_wrong_token_or_none_is_refused(
    name: str,
    value: str,
    said: str,
    cluster: Cluster,
    short_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=said), raylet(cluster.address, short_path):
        pass


def test_other_versions_are_named(
    cluster: Cluster, tmp_path: Path, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from ray._private import utils\nutils.compute_version_info = lambda: ('2.0.0', '3.7.0')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ours = "this node Ray 2.0.0 and Python 3.7.0; install the same on all nodes"
    with (
        pytest.raises(UsageError, match=f"has Ray .* and Python .*, {ours}"),
        raylet(cluster.address, short_path),
    ):
        pass


@pytest.mark.parametrize(
    ("address", "error"), [("127.0.0.1:1", Unreachable), ("head", UsageError), ("head:x", UsageError)]
)
def test_an_address_that_nobody_serves(address: str, error: type[Exception], short_path: Path) -> None:
    with pytest.raises(error, match=address), raylet(address, short_path):
        pass


def test_an_address_of_something_that_is_not_ray(short_path: Path) -> None:
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server,
        ThreadPoolExecutor(1) as thread,
    ):
        thread.submit(server.serve_forever)
        address = f"127.0.0.1:{server.server_port}"
        try:
            with (
                pytest.raises(Unreachable, match=f"{address} is no Ray cluster's head"),
                raylet(address, short_path),
            ):
                pass
        finally:
            server.shutdown()


def test_a_driver_that_is_killed_leaves_no_node_behind(cluster: Cluster, short_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom tuner.run.on_ray.raylet import raylet\n"
        "with raylet(sys.argv[1], Path(sys.argv[2])):\n    print('joined', flush=True)\n    time.sleep(300)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, cluster.address, short_path], stdout=subprocess.PIPE, text=True
    ) as driver:
        assert driver.stdout
        assert driver.stdout.readline() == "joined\n"
        (node,) = children(driver.pid)
        below = [node, *children(node)]
        assert len(below) > 1
        driver.kill()
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))


def children(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(word) for word in listed.stdout.split()]


def test_a_ray_of_ones_own_is_not_the_one_that_runs_here(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    secrets = {"TUNER_STORAGE", "TUNER_STORAGE_PASSWORD", "TUNER_DASHBOARD_PASSWORD", "PGPASSWORD"}
    for name in secrets:
        monkeypatch.setenv(name, "of the driver alone")
    with joined(None, []):
        assert ray.get_runtime_context().gcs_address != cluster.address
        assert not secrets & ray.get(ray.remote(lambda: set(os.environ)).remote())
    assert secrets <= set(os.environ)
