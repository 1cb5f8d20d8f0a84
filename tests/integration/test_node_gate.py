"""Nodes that join a real cluster while a study runs, some of which cannot run its trials."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import ray
from ray.cluster_utils import Cluster

from tests.acceptance.command_line import wait_until
from tests.integration.gate import checkpointed, held
from tests.tuner import toy
from tuner.errors import UsageError
from tuner.run.on_ray import node_gate
from tuner.study.trial_record import TrialRecord

pytestmark = pytest.mark.integration

ONE_CPU = {"gpus": 0, "cpus": 1}


def prepare(*_: object) -> None:
    """Raises on a node whose environment says so, unless the file is there that it names."""
    lacks = os.environ.get("LACKS_DATA")
    if lacks and not Path(lacks).exists():
        raise UsageError(f"{lacks} is not there")


def nodes_of(records: list[TrialRecord]) -> set[str]:
    return {record.attributes["node_id"] for record in records if "node_id" in record.attributes}


@pytest.fixture(autouse=True)
def checked(monkeypatch: pytest.MonkeyPatch) -> None:
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]
    monkeypatch.setattr(toy, "prepare", prepare)


def test_no_trial_runs_on_a_node_that_joins_and_fails_its_check(
    cluster: Cluster, add_node: Callable[..., Any], sqlite_url: str, tmp_path: Path
) -> None:
    """Every training loses its worker once, so that workers are wanted while others wait on the bad node."""
    said, good = io.StringIO(), add_node(1).node_id
    changes = {"trials": 2, "behaviour": "dies_once", "resources": ONE_CPU}
    with held(sqlite_url, tmp_path, 1, cluster.address, said, **changes) as ended:
        bad = add_node(2, LACKS_DATA="/no/such/data").node_id
        wait_until(lambda: "no trial runs there" in said.getvalue())
    records = ended().records()
    assert nodes_of(records) == {good}
    assert [record.state for record in records].count("COMPLETE") == 2
    (line,) = [line for line in said.getvalue().splitlines() if "no trial runs there" in line]
    assert bad[:8] in line
    assert "/no/such/data is not there" in line


def test_a_good_node_that_joins_beside_a_bad_one_gets_trials_and_the_bad_one_once_it_is_mended(
    cluster: Cluster,
    add_node: Callable[..., Any],
    sqlite_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node_gate, "CHECK_AGAIN_SECONDS", 1)
    said, data, first = io.StringIO(), tmp_path / "data", add_node(1).node_id
    with held(sqlite_url, tmp_path, 1, cluster.address, said, trials=12, resources=ONE_CPU) as ended:
        bad = add_node(1, LACKS_DATA=str(data)).node_id
        wait_until(lambda: "no trial runs there" in said.getvalue())
        good = add_node(1).node_id
        wait_until(lambda: set(checkpointed(sqlite_url)) == {first, good})
        data.touch()
        wait_until(lambda: set(checkpointed(sqlite_url)) == {first, good, bad})
    records = ended().records()
    assert nodes_of(records) == {first, good, bad}
    assert [record.state for record in records] == ["COMPLETE"] * 12
    assert said.getvalue().count("no trial runs there") == 1
