"""Between a client and a Postgres server: it loses what a network can lose."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

Lose = Callable[[bytes], bool]


class Proxy:
    """Passes bytes on, until it is told to cut.

    Attributes:
        loses: asked of every message that a client sends; if true the server gets it, and the client is cut
            off before the answer.
        keeps_sessions: whether the server does not learn that a client was cut off.
    """

    def __init__(self, server: Path) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.loses: Lose = lambda _: False
        self.keeps_sessions = False
        self._clients: list[socket.socket] = []
        self._all = [self._listening]
        self._threads: list[Thread] = []
        self._begin(self._accept)

    def cut(self) -> None:
        """Cuts all clients off."""
        for client in self._clients:
            _shut(client)
        self._clients.clear()

    def close(self) -> None:
        for each in self._all:
            _shut(each)
        for thread in self._threads:
            thread.join()
        for each in self._all:
            each.close()

    def _begin(self, call: Callable[..., None], *arguments: socket.socket) -> None:
        thread = Thread(target=call, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.socket(socket.AF_UNIX)
                self._all += [client, server]
                server.connect(str(self._server))
                self._clients.append(client)
                self._begin(self._to_server, client, server)
                self._begin(self._to_client, server, client)

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while message := client.recv(65536):
                if self.loses(message):
                    _shut(client)  # what the server answers meets a closed door
                server.sendall(message)
        if not self.keeps_sessions:
            with suppress(OSError):
                server.shutdown(socket.SHUT_WR)

    def _to_client(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while message := server.recv(65536):
                with suppress(OSError):
                    client.sendall(message)
        _shut(client)


def _shut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy_to(socket_file: Path) -> Iterator[Proxy]:
    proxy = Proxy(socket_file)
    try:
        yield proxy
    finally:
        proxy.close()
