"""Files that hold the database's password."""

from __future__ import annotations

from pathlib import Path

from benchmarks.chaos.violation import Violation


def leaks(folder: Path, password: str) -> list[Violation]:
    """A violation for each file below the folder, a launch's output or a log of Ray's too, that holds it."""
    secret = password.encode()
    return [
        Violation("secrets", f"{path.relative_to(folder)} holds the password")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and secret in path.read_bytes()
    ]
