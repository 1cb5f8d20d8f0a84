"""A line to a database: a proxy in a process of its own, which passes bytes on late in each direction."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def line_to(url: str, one_way_seconds: float) -> Iterator[str]:
    """Yield the URL of the same database at the other end of a line."""
    parts = urlsplit(url)
    spawn = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(theirs, parts.port, one_way_seconds), daemon=True)
    process.start()
    theirs.close()  # so that an end of it ends our wait
    try:
        login, _, _ = parts.netloc.rpartition("@")
        yield urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{ours.recv()}"))
    finally:
        process.terminate()
        process.join()


def _serve(answer: Connection, port: int, seconds: float) -> None:
    asyncio.run(_accept(answer, port, seconds))


async def _accept(answer: Connection, port: int, seconds: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_pass(reader, to_server, seconds), _pass(from_server, writer, seconds))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    answer.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Pass bytes on so many seconds after they came; what follows does not wait for them."""
    loop = asyncio.get_running_loop()
    while sent := await reader.read(65536):
        loop.call_later(seconds, writer.write, sent)
    loop.call_later(seconds, writer.close)
