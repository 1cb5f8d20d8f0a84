"""The checkpoint of a user's own trainer: its state and its reports so far, in one file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from formats.durable_file import replace_file


@dataclass(frozen=True)
class SavedState:
    """A training after some of its epochs.

    The first line of its file is the SHA-256 of the rest, the second the history as JSON; the state follows.

    Attributes:
        history: the metrics of each epoch so far.
        state: what the trainer yielded after the last of them; None before the first.
    """

    history: tuple[dict[str, float], ...] = ()
    state: bytes | None = None

    def write(self, path: Path) -> None:
        """Write it to the file, all or nothing; the state before it stays in `formats.durable_file.before`.

        Raises:
            OSError: the disk is full or broken; the file holds what it held.
        """
        content = json.dumps(self.history).encode() + b"\n" + (self.state or b"")
        digest = hashlib.sha256(content).hexdigest().encode()
        replace_file(path, digest + b"\n" + content, keep_before=True)

    @classmethod
    def read(cls, path: Path) -> SavedState:
        """Read a file that `write` made.

        Raises:
            OSError: it cannot be read.
            ValueError: it is damaged.
        """
        digest, _, content = path.read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != digest:
            raise ValueError(f"{path} is damaged")
        history, _, state = content.partition(b"\n")
        return cls(tuple(json.loads(history)), state)
