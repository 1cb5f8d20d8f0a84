"""A real cluster of several nodes on this machine, whose GPUs are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from ray.cluster_utils import Cluster

from tests.tuner import toy

MEMORY = 100 * 2**20


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A head without devices; each test adds nodes of its own."""
    import ray

    ray.cloudpickle.register_pickle_by_value(toy)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": MEMORY})
    yield cluster
    cluster.shutdown()


@pytest.fixture
def add_node(cluster: Cluster) -> Iterator[Callable[..., Any]]:
    """Adds a node with so many CPUs and GPUs, and this in its environment; it is gone after the test."""
    nodes = []

    def add(cpus: int, gpus: int = 0, **environment: str) -> Any:
        nodes.append(
            cluster.add_node(num_cpus=cpus, num_gpus=gpus, object_store_memory=MEMORY, env_vars=environment)
        )
        return nodes[-1]

    yield add
    for node in nodes:
        if node in cluster.worker_nodes:
            cluster.remove_node(node)
    # A killed node counts as alive for ten seconds. Ray aborts a driver that learns of its death just when
    # its first actors start.
    with suppress(TimeoutError):
        cluster.wait_for_nodes()


@pytest.fixture
def connected(cluster: Cluster) -> Iterator[None]:
    """This process is in the cluster already, so that a launch need not join it."""
    import ray

    ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()
