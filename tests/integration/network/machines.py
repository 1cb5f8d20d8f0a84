"""Machines that are network namespaces of this one, each with a cable to a bridge that can be pulled out.

They share the files of this machine, as machines do that have a network file system, and its processors.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, Any

from tests.acceptance.command_line import environment
from tuner.run.on_ray.ray_internals import COMMAND, STARTED

_RAY = "--disable-usage-stats --object-store-memory=100000000 --num-gpus=0 --block"
_HEAD = "--head --port=6379 --num-cpus=0 --include-dashboard=false"


def missing() -> str | None:
    """Why there can be no such machines here, or None."""
    if shutil.which("ip") is None:
        return "needs the program ip: the package iproute2 of Debian and Ubuntu"
    try:
        with network() as tried:
            tried.machine()
    except subprocess.CalledProcessError as error:
        return f"needs root, and the right to make network interfaces: {error.stderr.strip()}"
    return None


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


class Machine:
    """A machine with a network of its own.

    Args:
        namespace: its name.
        address: its own address.
        cable: the bridge's end of its cable.
    """

    def __init__(self, namespace: str, address: str, cable: str) -> None:
        self.address = address
        self._namespace = namespace
        self._cable = cable

    def cut(self) -> None:
        """Pull its cable out; nobody is told."""
        _ip("link", "set", self._cable, "down")

    def plug(self) -> None:
        """Put its cable in again."""
        _ip("link", "set", self._cable, "up")

    def start(
        self, *command: str, said: IO[Any] | int = subprocess.PIPE, **changes: str
    ) -> subprocess.Popen[str]:
        """Start a program there, with these environment variables beside this process's."""
        return subprocess.Popen(
            ["ip", "netns", "exec", self._namespace, *command],
            env=environment(**changes),
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def power_off(self) -> None:
        """End every process there by force."""
        for pid in _ip("netns", "pids", self._namespace).split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


class Network:
    """A bridge on this machine, and the machines at it.

    Args:
        stack: ends what is made.
        cluster: environment variables of a cluster's nodes.

    Attributes:
        address: this machine's at the bridge.
    """

    def __init__(self, stack: ExitStack, **cluster: str) -> None:
        self._name = f"t{os.getpid()}"
        self._subnet = f"10.{100 + os.getpid() // 250 % 100}.{os.getpid() % 250}"
        self._stack = stack
        self._cluster = cluster
        self._count = 1
        self.address = f"{self._subnet}.1"
        _ip("link", "add", self._name, "type", "bridge")
        stack.callback(_ip, "link", "del", self._name)
        _ip("addr", "add", f"{self.address}/24", "dev", self._name)
        _ip("link", "set", self._name, "up")

    def machine(self) -> Machine:
        """Return another machine, which ends with the network."""
        self._count += 1
        name, cable = f"{self._name}-{self._count}", f"{self._name}c{self._count}"
        machine = Machine(name, f"{self._subnet}.{self._count}", cable)
        _ip("netns", "add", name)
        self._stack.callback(_ip, "netns", "del", name)
        self._stack.callback(machine.power_off)
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        self._stack.callback(_ip, "link", "del", cable)  # else the kernel does it, some time later
        _ip("link", "set", cable, "master", self._name, "up")
        for words in (
            f"addr add {machine.address}/24 dev eth0",
            "link set lo up",
            "link set eth0 up",
            f"route add default via {self.address}",
        ):
            _ip("-n", name, *words.split())
        return machine

    def head(self, machine: Machine) -> str:
        """Start a cluster's head, without devices, on a machine; return its address."""
        _wait_for_ray(self._ray(machine, *_HEAD.split()))
        return f"{machine.address}:6379"

    def nodes(self, head: str, *machines: Machine, cpus: int) -> list[subprocess.Popen[str]]:
        """Start a node with so many CPUs on each machine; each process ends with its node."""
        started = [self._ray(machine, f"--address={head}", f"--num-cpus={cpus}") for machine in machines]
        for process in started:
            _wait_for_ray(process)
        return started

    def _ray(self, machine: Machine, *options: str) -> subprocess.Popen[str]:
        folder = tempfile.mkdtemp(prefix="rn-", dir="/tmp")  # Ray's sockets need a short path
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        where = (f"--temp-dir={folder}", f"--node-ip-address={machine.address}")
        process = machine.start(*COMMAND, "start", *where, *options, *_RAY.split(), **self._cluster)
        self._stack.callback(process.communicate)
        self._stack.callback(machine.power_off)
        return process


def _wait_for_ray(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if STARTED in line:
            return
    raise AssertionError("".join(said))


@contextmanager
def network(**cluster: str) -> Iterator[Network]:
    """A network without machines; they and their processes end with the block.

    Args:
        cluster: environment variables of a cluster's nodes.
    """
    with ExitStack() as stack:
        yield Network(stack, **cluster)
