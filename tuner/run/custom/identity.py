"""What is noted of a user's own code: a hash of all that workers are sent, and the commit it is of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from formats.messages import counted
from tuner.errors import UsageError
from tuner.terminal_text import printable
from tuner.versions import git_commit

_MADE_BY_PYTHON = "__pycache__"


def identity_of(package: Path | None) -> dict[str, str]:
    """Return `code_hash` and, in a checkout, `code_commit` of a package's folder or a module's file.

    The hash is that of the names and contents of all files, but for what Python makes of them. Code that has
    no file has neither.

    Raises:
        UsageError: a file cannot be read.
    """
    if package is None:
        return {}
    digest = hashlib.sha256()
    for file in _files(package):
        name = os.fsencode(file.relative_to(package))
        try:
            content = file.read_bytes()
        except OSError as error:
            raise UsageError(
                f"{file} cannot be read: {error.strerror}; workers would lack it: move it out of the package"
            ) from error
        digest.update(len(name).to_bytes(8, "big") + name + len(content).to_bytes(8, "big") + content)
    commit = git_commit(package if package.is_dir() else package.parent)
    return {"code_hash": digest.hexdigest()[:16], **({"code_commit": commit} if commit else {})}


def code_change(
    name: str, now: Mapping[str, str], stored: Sequence[tuple[str, str | None, int]]
) -> str | None:
    """Return a line that names the code that trains now and the others that have; None if there is no other.

    Args:
        name: a study's `trainable`.
        now: its identity.
        stored: hash and commit of the code of earlier trials, and how many they are.
    """
    named = _named(now.get("code_hash"), now.get("code_commit"))
    earlier = [
        f"{_named(code_hash, commit)} in {counted(trials, 'trial')}"
        for code_hash, commit, trials in stored
        if code_hash != now.get("code_hash")
    ]
    if not earlier:
        return None
    return (
        f"the code of {name} is {named}, and was {', '.join(earlier)}: their results stand side by side, "
        "and code_hash tells them apart"
    )


def _named(code_hash: str | None, commit: str | None) -> str:
    return printable(f"{code_hash} (commit {commit[:9]})" if commit else f"{code_hash}")


def _files(package: Path) -> list[Path]:
    if package.is_file():
        return [package]
    return sorted(each for each in package.rglob("*") if each.is_file() and _MADE_BY_PYTHON not in each.parts)
