"""A Postgres server of a test's own, which it may stop, start and fill."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from tests.postgres_wheel import postgres_wheel


class PostgresServer:
    """A server whose databases survive its stops."""

    def __init__(self, folder: Path) -> None:
        self._server = postgres_wheel().get_server(folder / "data", cleanup_mode="delete")
        self.uri: str = self._server.get_uri()
        self._address = ""

    def stop(self, mode: str = "fast") -> None:
        """Ends the server; `immediate` as if its machine had lost power."""
        self._control("-m", mode, "stop")

    def start(self) -> None:
        """Starts the server, unless it runs."""
        if self._runs():
            return
        socket = make_url(self.uri).query["host"]
        self._control("-o", f'-h "{self._address}" -k {socket}', "-l", str(self._server.log), "start")

    def listen(self, address: str) -> None:
        """Starts the server anew; it listens at this address too, and asks its neighbours for no password."""
        self._address = address
        with (Path(self._server.pgdata) / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {address}/24 trust\n")
        self.restart()

    def restart(self, mode: str = "fast") -> None:
        self.stop(mode)
        self.start()

    def execute(self, *statements: str, database: str | None = None) -> list[Any]:
        """The rows of the last statement."""
        engine = create_engine(self.url(database), isolation_level="AUTOCOMMIT")
        rows: list[Any] = []
        with engine.connect() as connection:
            for statement in statements:
                result = connection.execute(text(statement))
                rows = list(result.all()) if result.returns_rows else []
        engine.dispose()
        return rows

    def url(self, database: str | None = None) -> str:
        url = make_url(self.uri).set(drivername="postgresql+psycopg2")
        return (url.set(database=database) if database else url).render_as_string(hide_password=False)

    def program(self, name: str, *arguments: str) -> str:
        """What one of Postgres's own programs says."""
        return subprocess.run(
            [str(self._server.bin_path / name), *arguments], check=True, capture_output=True, text=True
        ).stdout

    def cleanup(self) -> None:
        self._server.cleanup()

    def _runs(self) -> bool:
        status = [str(self._server.bin_path / "pg_ctl"), "-D", str(self._server.pgdata), "status"]
        user = self._server.system_user
        return subprocess.run(status, check=False, capture_output=True, user=user).returncode == 0

    def _control(self, *arguments: str) -> None:
        program = str(self._server.bin_path / "pg_ctl")
        with tempfile.TemporaryFile("w+") as said:  # a pipe would stay open as long as the server runs
            done = subprocess.run(
                [program, "-w", "-D", str(self._server.pgdata), *arguments],
                check=False,
                stdout=said,
                stderr=said,
                user=self._server.system_user,
            )
            said.seek(0)
            assert done.returncode == 0, said.read()


@contextmanager
def a_server() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # run by root, the server takes another user's rights
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.cleanup()
