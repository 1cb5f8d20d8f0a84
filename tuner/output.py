"""What the program writes: results to stdout, and messages, such as progress, to stderr.

Results are what a command is for: where they cannot be written, the command says so and fails. Messages are a
convenience: where nobody can read them any more, they are dropped, and the work goes on.
"""

from __future__ import annotations

import io
import os
import select
import sys
from typing import TextIO, cast

from rich.console import Console, ConsoleRenderable

from tuner.errors import OutputLost
from tuner.terminal_text import printable

PIPED_WIDTH = 200  # where nobody's window limits it, a table is as wide as its columns need


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


class MessageStream(io.TextIOBase):
    """The process's stderr as it is at the moment; what cannot be written to it is dropped for good."""

    def write(self, text: str) -> int:
        """Write the text, or drop it."""
        if sys.stderr is not None:
            try:
                sys.stderr.write(text)
                sys.stderr.flush()
            except (OSError, ValueError):  # a reader that left, a full disk; a stream that was closed
                _discard(sys.stderr)
        return len(text)

    def isatty(self) -> bool:
        """Tell whether a person reads it in a terminal."""
        return _is_terminal(sys.stderr)

    def fileno(self) -> int:
        """Return stderr's descriptor."""
        if sys.stderr is None:
            raise OSError("stderr is closed")
        return sys.stderr.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of stderr."""
        return getattr(sys.stderr, "encoding", None) or "utf-8"


messages = Console(
    file=cast("TextIO", MessageStream()), width=None if _is_terminal(sys.stderr) else PIPED_WIDTH
)


def write_message(text: str, style: str | None = None) -> None:
    """Write a message as it is, but for what a terminal would act on; a long line is not wrapped."""
    messages.print(printable(text), style=style, highlight=False, markup=False, soft_wrap=True)


def write_result(result: str | bytes | ConsoleRenderable) -> bool:
    """Write a result to stdout: a text with a line break after it, bytes as they are, or a table.

    Of a text, what a terminal would act on is left out.
    A reader that left its pipe, such as `head`, has seen what it wanted.

    Returns:
        False if the reader has left.

    Raises:
        OutputLost: stdout is closed, or what it leads to is full.
    """
    stream = sys.stdout
    if stream is None:
        raise OutputLost("stdout is closed; the result could not be written")
    try:
        if isinstance(result, bytes):
            stream.buffer.write(result)
        else:
            text = f"{printable(result)}\n" if isinstance(result, str) else _rendered(result, stream)
            stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _discard(stream)
        return False
    except OSError as error:
        _discard(stream)
        raise OutputLost(f"stdout cannot be written to: {error.strerror}") from error
    return True


def reader_left(seconds: float) -> bool:
    """Wait so long, or until stdout's reader has left, though nothing is written; tell whether it has."""
    stdout = select.poll()
    stdout.register(sys.stdout.fileno(), 0)
    return bool(stdout.poll(seconds * 1000))


def prepare_streams() -> None:
    """Make the standard streams of a process that begins take whatever is written to them.

    One that was closed leads nowhere, or the next file opened would stand in for it; a character that the
    encoding of one lacks becomes a question mark.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _rendered(table: ConsoleRenderable, stream: TextIO) -> str:
    console = Console(file=stream, width=None if _is_terminal(stream) else PIPED_WIDTH)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def _discard(stream: TextIO) -> None:
    """Lead a stream that cannot be written to nowhere, so that what is still buffered fails nobody."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
