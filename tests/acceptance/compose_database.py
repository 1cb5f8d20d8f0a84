"""What the image `postgres` does before it serves, with the binaries of a wheel."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from tests.postgres_wheel import postgres_programs


class Database:
    """A cluster of databases in a folder, made from the image's environment.

    Attributes:
        user: the user it runs as, or None for our own: Postgres refuses to be root.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        self.user = "nobody" if os.geteuid() == 0 else None

    def make(self) -> None:
        """Makes the cluster, its superuser and the database, as the image's entrypoint does."""
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        settings = self.environment
        arguments = shlex.split(settings["POSTGRES_INITDB_ARGS"])
        arguments += [
            f"--username={settings['POSTGRES_USER']}",
            f"--pwfile={settings['POSTGRES_PASSWORD_FILE']}",
        ]
        self._run("initdb", *arguments, f"--pgdata={self.folder}")
        with (self.folder / "pg_hba.conf").open("a") as rules:
            rules.write(f"\nhost all all all {settings['POSTGRES_HOST_AUTH_METHOD']}\n")
        create = f"CREATE DATABASE {settings['POSTGRES_DB']}"
        self._run("postgres", "--single", "-D", str(self.folder), "postgres", typed=create)

    def options(self, port: str) -> list[str]:
        """What makes the server listen here instead of on all of its container's network."""
        settings = (f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=")
        return [word for setting in settings for word in ("-c", setting)]

    def _run(self, program: str, *arguments: str, typed: str = "") -> None:
        subprocess.run(
            [postgres_programs() / program, *arguments],
            env=self.environment,
            input=typed,
            text=True,
            capture_output=True,
            check=True,
            user=self.user,
            cwd=self.folder,
        )
