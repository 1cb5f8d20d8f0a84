"""Where data sets lie: a relative `root` starts at the folder of the command, and is written out as such."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def with_absolute_roots(study: dict[str, Any]) -> dict[str, Any]:
    """Return a study as data, with each `root` in `train.dataset` absolute, also the choices of a hole.

    Links stay as they are: another machine may have the same path by other links. What is trained with a
    user's own code has keys of its own, which stay.
    """
    train = study.get("train")
    if study.get("trainable") is not None or not isinstance(train, dict) or "dataset" not in train:
        return study
    return {**study, "train": {**train, "dataset": _absolute(train["dataset"])}}


def _absolute(node: Any, key: str | None = None) -> Any:
    if isinstance(node, dict):
        is_hole = key == "root"
        return {
            name: _absolute(child, key if is_hole and name == "choices" else name)
            for name, child in node.items()
        }
    if isinstance(node, list):
        return [_absolute(child, key) for child in node]
    return str(Path(node).absolute()) if key == "root" and isinstance(node, str) else node


def relative_roots(written: Any) -> list[str]:
    """Return where each relative `root` of a study leads, as it is written in a file; none without a file."""
    if not isinstance(written, dict):
        return []
    absolute = with_absolute_roots(written)
    return [] if absolute == written else _roots(absolute["train"]["dataset"])


def _roots(node: Any, key: str | None = None) -> list[str]:
    if isinstance(node, dict):
        return [
            root
            for name, child in node.items()
            for root in _roots(child, key if key == "root" and name == "choices" else name)
        ]
    if isinstance(node, list):
        return [root for child in node for root in _roots(child, key)]
    return [node] if key == "root" and isinstance(node, str) else []
