"""A result as a file: beside the old one until it is whole."""

from __future__ import annotations

from pathlib import Path

from formats.durable_file import replace_file
from tuner.errors import UsageError


def write_file(verb: str, to: Path, content: bytes) -> None:
    """Write what a verb found into a file; if that fails, the file holds what it held.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        file = to.resolve()  # a link goes on leading to it
        if file.exists() and not file.is_file():  # a pipe or a device is written to, and stays what it is
            file.write_bytes(content)
        else:
            replace_file(file, content)
    except OSError as error:
        why = error.strerror or error
        raise UsageError(f"{verb}: {to} cannot be written: {why}; name another with --to") from error
