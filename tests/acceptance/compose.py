"""docker-compose.yml without Docker: every service as an ordinary process on this machine.

A service runs with exactly the command, the arguments and the environment that the compose file and the image
give it. Replaced is only what Docker's network and its mounts would do: host names, ports and folders.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.command_line import wait_until
from tests.acceptance.compose_database import Database
from tests.acceptance.compose_file import (
    ROOT,
    Service,
    composed,
    health_command,
    health_seconds,
    image_environment,
    mounts,
    words,
)
from tests.postgres_wheel import postgres_programs

SHARED_PORTS = ("5432", "6379", "8080", "8265", "10001")  # of one service each; the others know it
OWN_PORTS = ("9464", "52365")  # every container has them for itself
START_SECONDS = 240


@dataclass
class Container:
    """A process with all its children, which are a process group, and what they were started with.

    Attributes:
        ports: on this machine, by those in the container.
    """

    process: subprocess.Popen[bytes]
    log: Path
    environment: dict[str, str]
    health: list[str]
    health_seconds: float
    ports: dict[str, str]

    def healthy(self) -> bool:
        """Whether the health check succeeds in time.

        Raises:
            RuntimeError: the container has ended, and never will be.
        """
        if self.process.poll() is not None:
            raise RuntimeError(f"it ended with {self.process.returncode}: {self.log.read_text()}")
        with suppress(subprocess.TimeoutExpired, subprocess.CalledProcessError):
            subprocess.run(
                self.health,
                env=self.environment,
                capture_output=True,
                check=True,
                timeout=self.health_seconds,
            )
            return True
        return False

    def kill(self) -> None:
        """Ends all its processes as a machine that fails does."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Asks it to end, as `docker stop` does, and waits for a while."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.kill()


class Compose:
    """A compose project. Its folder has to be new, and a short path: Ray puts sockets below it."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.services: dict[str, Service] = composed(**variables)["services"]
        self.ports = {port: _free_port() for port in SHARED_PORTS}
        self.containers: dict[str, list[Container]] = {}
        folder.chmod(0o755)  # the database runs as another user
        (folder / "tmp").mkdir()
        self._make_secrets()

    def up(self) -> None:
        """Starts all services without a profile, each after those that it depends on."""
        for name, service in self.services.items():
            if "profiles" not in service:
                self._up(name)

    def start(self, name: str) -> Container:
        """Starts one more container of a service, and waits until it is healthy."""
        service = self.services[name]
        container = self._start(name, words(service.get("command", [])))
        if container.health:
            wait_until(container.healthy, START_SECONDS)
        return container

    def run(self, name: str, *arguments: str) -> Container:
        """Starts a service with these arguments in place of its command."""
        return self._start(name, list(arguments))

    def down(self) -> None:
        """Ends all containers, first in peace."""
        started = [container for each in self.containers.values() for container in each]
        for container in reversed(started):
            container.stop()

    def secret(self, name: str) -> str:
        return (self.folder / "secrets" / name).read_text()

    def _up(self, name: str) -> None:
        if name in self.containers:
            return
        service = self.services[name]
        for other, how in service.get("depends_on", {}).items():
            self._up(other)
            if how["condition"] == "service_completed_successfully":
                self._wait_for_success(other)
        for _ in range(int(service.get("scale", 1))):
            self.start(name)  # one by one: nodes on one machine share Ray's folder, and count on

    def _wait_for_success(self, name: str) -> None:
        (container,) = self.containers[name]
        if container.process.wait(START_SECONDS):
            raise RuntimeError(f"{name} failed: {container.log.read_text()}")

    def _start(self, name: str, arguments: list[str]) -> Container:
        started = self.containers.setdefault(name, [])
        service, folder = self.services[name], self.folder / f"{name}-{len(started) + 1}"
        folder.mkdir()
        places = self._mount(service, folder)
        own = self.ports | {port: _free_port() for port in OWN_PORTS}

        def here(text: str) -> str:
            return localised(text, list(self.services), own, places)

        environment = _machine(folder, self.folder / "tmp") | {
            key: here(value) for key, value in (_image_environment(service) | service["environment"]).items()
        }
        command = [here(word) for word in [*words(service.get("entrypoint", [])), *arguments]]
        user: str | None = None
        if name == "postgres":
            database = Database(places["/var/lib/postgresql/data"], environment)
            database.make()
            command, user = [*command, *database.options(own["5432"])], database.user
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=places["/app"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=user,
            )
        health = [here(word) for word in health_command(service)]
        container = Container(process, log, environment, health, health_seconds(service), own)
        started.append(container)
        return container

    def _mount(self, service: Service, folder: Path) -> dict[str, Path]:
        """Where on this machine each mounted folder of a container is."""
        places = {"/app": folder / "app", "/run/secrets": folder / "secrets"}
        for place in places.values():
            place.mkdir()
        for name in service.get("secrets", []):
            shutil.copy(self.folder / "secrets" / name, places["/run/secrets"])
        for target, source in mounts(service).items():
            if source.startswith("."):
                places["/app"].joinpath(Path(target).relative_to("/app")).symlink_to(ROOT / source)
            else:
                places[target] = self.folder / "volumes" / source
                places[target].mkdir(parents=True, exist_ok=True)
        return places

    def _make_secrets(self) -> None:
        """Runs docker/make_secrets.sh on this project's folder."""
        folder = self.folder / "docker"
        folder.mkdir()
        script = shutil.copy(ROOT / "docker" / "make_secrets.sh", folder)
        subprocess.run([script], check=True, capture_output=True)


@contextmanager
def running(**variables: str) -> Iterator[Compose]:
    """The whole service in a folder of its own, ended with the block."""
    with tempfile.TemporaryDirectory(prefix="rc-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        compose = Compose(Path(folder), **variables)
        try:
            compose.up()
            yield compose
        finally:
            compose.down()


def localised(text: str, hosts: list[str], ports: dict[str, str], places: dict[str, Path]) -> str:
    """The text with hosts, ports and mounted folders as they are on this machine."""
    text = re.sub(rf"\b({'|'.join(hosts)})(?=:\d)", "127.0.0.1", text)
    text = re.sub(rf"\b({'|'.join(ports)})\b", lambda match: ports[match[0]], text)
    mounted = "|".join(map(re.escape, places))
    return re.sub(rf"(?<![\w/])({mounted})(?![\w.-])", lambda match: str(places[match[0]]), text)


def _image_environment(service: Service) -> dict[str, str]:
    if service["image"].startswith("postgres:"):
        return {"PGDATA": "/var/lib/postgresql/data"}
    return image_environment()


def _machine(folder: Path, temporary: Path) -> dict[str, str]:
    """What a container has of its image and its file system, and nothing of this shell's environment."""
    path = [Path(sys.executable).parent, postgres_programs(), "/usr/bin", "/bin"]
    return {
        "PATH": os.pathsep.join(map(str, path)),
        "PYTHONPATH": str(ROOT),
        "HOME": str(folder),
        "TMPDIR": str(temporary),
    }


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])
