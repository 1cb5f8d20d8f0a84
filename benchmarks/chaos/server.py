"""A Postgres server of our own that can be stopped, broken and asked; its files lie in a folder of ours."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg2

from tests.postgres_wheel import postgres_wheel

_STARTED_WITHIN_SECONDS = "120"
_FIRST_COME = """\
local all all trust
host all all 127.0.0.1/32 scram-sha-256
"""


class Server:
    """The server of a folder, with the database `tuner` of the user `tuner`, who needs a password.

    The server's own user comes through a socket in the folder, which is therefore to have a short path.
    """

    def __init__(self, folder: Path) -> None:
        """Makes the server's files and starts it."""
        folder.chmod(0o755)  # run by root, the server takes another user's rights
        wheel = postgres_wheel()
        self._run = wheel.pgexec.pgexec
        self._data = folder / "postgres"
        files = wheel.get_server(self._data, cleanup_mode=None, start=False)
        files.ensure_pgdata_inited()
        self._programs, self._system_user = files.bin_path, files.system_user
        (self._data / "pg_hba.conf").write_text(_FIRST_COME)
        self.password = secrets.token_urlsafe(24)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.start()
        self.execute(f"CREATE ROLE tuner LOGIN PASSWORD '{self.password}'")
        self.execute("CREATE DATABASE tuner OWNER tuner")

    @property
    def url(self) -> str:
        """Where a driver finds it; holds the password."""
        return f"postgresql://tuner:{self.password}@127.0.0.1:{self._port}/tuner"

    def connect(self, database: str) -> Any:
        """A connection with all rights, which commits every statement."""
        connection = psycopg2.connect(
            host=str(self._data),
            port=self._port,
            user="postgres",
            dbname=database,
            options="-c default_transaction_read_only=off",
        )
        connection.autocommit = True
        return connection

    def execute(self, statement: str, arguments: Sequence[Any] = (), database: str = "postgres") -> list[Any]:
        """The rows of one statement; none where it has none."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, arguments or None)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        listen = f"-h 127.0.0.1 -p {self._port} -k {self._data}"
        self._control("start", "-o", listen, "-l", str(self._data / "log"))

    def stop(self) -> None:
        """Ends every connection, then the server."""
        self._control("stop", "-m", "fast")

    def crash(self) -> None:
        """Ends all its processes at once (SIGQUIT); when it is started it recovers from its log."""
        self._control("stop", "-m", "immediate")

    def terminate_connections(self) -> None:
        """Ends every connection of the user `tuner`."""
        self.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tuner'")

    def set_read_only(self, read_only: bool) -> None:
        """Refuses, or takes, what would change any database."""
        self.execute(f"ALTER SYSTEM SET default_transaction_read_only = {'on' if read_only else 'off'}")
        self.execute("SELECT pg_reload_conf()")

    def _control(self, verb: str, *options: str) -> None:
        self._run(
            "pg_ctl",
            ("-D", str(self._data), "-w", "-t", _STARTED_WITHIN_SECONDS, *options, verb),
            bin_path=self._programs,
            user=self._system_user,
        )
