"""Nodes and heads that lose their network: real ones, on machines that are network namespaces."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.command_line import wait_until
from tests.integration.gate import checkpointed, running
from tests.integration.network.machines import Machine, Network
from tuner.store.reading.reader import StudyStore
from tuner.study.trial_record import TrialRecord

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

LAUNCH = """
import json, sys
from pathlib import Path
import ray
from tests.tuner import toy
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.run.on_ray import head_watchdog

head_watchdog.LOST_AFTER_SECONDS = 4
ray.cloudpickle.register_pickle_by_value(toy)
url, folder, address, changes = sys.argv[1:]
config = toy_config(until=f"{folder}/gate", resources={"gpus": 0, "cpus": 1}, **json.loads(changes))
launch_toy(config, url, Path(folder), serial=False, said=sys.stderr, cluster=address)
"""
MOMENT_SECONDS = 4
TRIALS = 12


def launched(
    driver: Machine, url: str, folder: Path, head: str, variables: dict[str, str]
) -> subprocess.Popen[str]:
    """A launch of the toy, whose trials wait at a gate."""
    changes = {"trials": TRIALS, "epochs": 4, "epoch_seconds": 0.2, "keep": {"checkpoint_seconds": 0}}
    words = (url, str(folder), head, json.dumps(changes))
    with (folder / "said.txt").open("a") as said:
        return driver.start(sys.executable, "-c", LAUNCH, *words, said=said, **variables)


def records(url: str) -> list[TrialRecord]:
    return StudyStore.open(url).load("toy").records()


def numbers(url: str, state: str) -> set[int]:
    return {record.number for record in records(url) if record.state == state}


def completed(url: str) -> list[TrialRecord]:
    return [record for record in records(url) if record.state == "COMPLETE"]


def assert_exact(url: str) -> None:
    """The budget is met, nothing is left, and each epoch of a training was reported once."""
    found = records(url)
    assert len(completed(url)) == TRIALS
    assert {record.state for record in found} <= {"COMPLETE", "FAIL"}
    before = {record.number: record.attributes.get("follows") for record in found}
    reported: dict[int, list[int]] = {}
    for number, epoch, _ in StudyStore.open(url).load("toy").reports():
        first = number
        while (earlier := before[first]) is not None:
            first = int(earlier)
        reported.setdefault(first, []).append(epoch)
    assert all(sorted(epochs) == [1, 2, 3, 4] for epochs in reported.values())
    assert len(reported) == TRIALS


def test_a_node_is_cut_off_for_a_moment_and_until_it_is_lost_and_comes_back(
    net: Network, sqlite_url: str, tmp_path: Path, variables: dict[str, str]
) -> None:
    """What Ray does not notice costs nothing; a node that it gave up has to be started again."""
    head_at, driver_at, *nodes = [net.machine() for _ in range(4)]
    head = net.head(head_at)
    _, second = net.nodes(head, *nodes, cpus=1)
    driver = launched(driver_at, sqlite_url, tmp_path, head, variables)
    wait_until(lambda: driver.poll() is not None or len(running(sqlite_url)) == 2)

    gate, held = tmp_path / "gate", {record.number for record in running(sqlite_url)}
    nodes[1].cut()
    time.sleep(MOMENT_SECONDS)
    nodes[1].plug()
    gate.touch()
    wait_until(lambda: held <= numbers(sqlite_url, "COMPLETE"))
    assert not numbers(sqlite_url, "FAIL")
    gate.unlink()
    at_gate = wait_until(lambda: (there := checkpointed(sqlite_url)) and len(there) == 2 and there)

    nodes[1].cut()
    wait_until(lambda: numbers(sqlite_url, "FAIL"))
    (lost,) = [record for record in records(sqlite_url) if record.state == "FAIL"]
    (stays,) = set(at_gate) - {lost.attributes["node_id"]}
    gate.touch()
    wait_until(lambda: lost.number in {each.attributes.get("follows") for each in completed(sqlite_url)})
    gate.unlink()
    (again,) = [each for each in completed(sqlite_url) if each.attributes.get("follows") == lost.number]
    assert (again.attributes["node_id"], again.attributes["attempt"]) == (stays, 2)

    nodes[1].plug()
    second.wait()
    net.nodes(head, nodes[1], cpus=1)
    wait_until(lambda: len(set(checkpointed(sqlite_url))) == 2)
    gate.touch()
    assert driver.wait() == 0, (tmp_path / "said.txt").read_text()
    assert_exact(sqlite_url)
    assert numbers(sqlite_url, "FAIL") == {lost.number}
    assert "its worker was lost" in lost.attributes["reason"]


def test_a_head_is_cut_off_and_another_takes_its_place(
    net: Network, sqlite_url: str, tmp_path: Path, variables: dict[str, str]
) -> None:
    head_at, node_at, driver_at = [net.machine() for _ in range(3)]
    head = net.head(head_at)
    net.nodes(head, node_at, cpus=2)
    driver = launched(driver_at, sqlite_url, tmp_path, head, variables)
    wait_until(lambda: driver.poll() is not None or len(running(sqlite_url)) == 2)
    head_at.cut()
    assert driver.wait() == 4, (tmp_path / "said.txt").read_text()
    assert (tmp_path / "said.txt").read_text().splitlines()[-1] == (
        f"the cluster's head is gone: {head}; start it again, and run the same command again"
    )
    for machine in (head_at, node_at):
        machine.power_off()
    head_at.plug()
    net.head(head_at)
    net.nodes(head, node_at, cpus=2)
    (tmp_path / "gate").touch()
    assert launched(driver_at, sqlite_url, tmp_path, head, variables).wait() == 0
    assert_exact(sqlite_url)
