"""The machine of the service that leads loses its network; a second service on another takes over."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.command_line import wait_until
from tests.acceptance.serving import Served
from tests.integration.network.machines import Machine, Network
from tests.tuner.postgres_server import PostgresServer, a_server
from tuner.errors import Unreachable
from tuner.store.tables.creation import make_store

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

STUDIES, TRIALS = ("one", "two"), 12
Serving = Callable[[Machine, str], subprocess.Popen[str]]


@pytest.fixture
def server(net: Network) -> Iterator[PostgresServer]:
    with a_server() as server:
        server.listen(net.address)
        yield server


@pytest.fixture
def served(net: Network, server: PostgresServer, tmp_path: Path) -> Served:
    url = f"postgresql+psycopg2://postgres@{net.address}/postgres"
    make_store(url, ["score"]).dispose()
    return Served(tmp_path, url)


@pytest.fixture
def serving(served: Served, variables: dict[str, str]) -> Iterator[Serving]:
    """Starts a service on a machine, with this cluster; it is gone after the test."""
    settings = {"TUNER_STORAGE": served.url, "TUNER_RUNS": str(served.folder / "runs")} | variables
    with ExitStack() as stack:

        def start(machine: Machine, head: str) -> subprocess.Popen[str]:
            words = ("-m", "tuner", "serve", "--allow-code", "--cluster", head)
            with (served.folder / "service.txt").open("a") as said:
                process = machine.start(sys.executable, *words, said=said, **settings)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        yield start


def test_the_machine_of_the_service_that_leads_is_cut_off(
    net: Network, served: Served, serving: Serving
) -> None:
    """Its sessions with Postgres stay open and silent, and its workers train on until Ray ends them."""
    cluster_at, *machines = [net.machine() for _ in range(3)]
    head = net.head(cluster_at)
    net.nodes(head, cluster_at, cpus=2)
    services = [serving(machine, head) for machine in machines]
    wait_until(lambda: len(served.services()) == 2 and served.leader())
    (leads,) = [index for index, service in enumerate(services) if service.pid == served.leader()]
    for study in STUDIES:
        served.submit(study, trials=TRIALS, seconds=0.3)
    wait_until(lambda: served.completed(*STUDIES) >= 2)
    machines[leads].cut()
    cut = time.monotonic()
    wait_until(lambda: "takes over from" in served.said)
    print(f"another service took over {time.monotonic() - cut:.1f} s after the cut")
    served.wait_for(*STUDIES)
    assert services[leads].wait() == Unreachable.exit_code
    assert f"the cluster's head is gone: {head}" in served.said
    for study in STUDIES:
        records = served.records(study)
        assert {record.state for record in records} <= {"COMPLETE", "FAIL"}
        trained = [record.params["x"] for record in records if record.state == "COMPLETE"]
        assert (len(trained), len(set(trained))) == (TRIALS, TRIALS)
