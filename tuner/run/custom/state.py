"""What a user's own trainer goes on from: its state and all that it reported until then, in one file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from formats.durable_file import replace_file


@dataclass(frozen=True)
class SavedState:
    """A training after so many epochs.

    The file's first line is the SHA-256 of the rest, its second the history as JSON; then comes the state.

    Attributes:
        history: the metrics of each epoch.
        state: the trainer's own, made after the last of them; None before the first.
    """

    history: tuple[dict[str, float], ...] = ()
    state: bytes | None = None

    def write(self, path: Path) -> None:
        """Put it into the file, all or nothing; what the file held stays beside it.

        `formats.durable_file.before` names that file.

        Raises:
            OSError: the disk is full or broken; the file holds what it held.
        """
        content = json.dumps(self.history).encode() + b"\n" + (self.state or b"")
        digest = hashlib.sha256(content).hexdigest().encode()
        replace_file(path, digest + b"\n" + content, keep_before=True)

    @classmethod
    def read(cls, path: Path) -> SavedState:
        """What `write` put there.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged.
        """
        digest, _, content = path.read_bytes().partition(b"\n")
        if hashlib.sha256(content).hexdigest().encode() != digest:
            raise ValueError(f"{path} is damaged")
        history, _, state = content.partition(b"\n")
        return cls(tuple(json.loads(history)), state)
