"""Decides what to train next, and remembers; from Python by `load_config`, `launch` and `open_study`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuner.api import Study, Trial, launch, load_config, open_study

__all__ = ["Study", "Trial", "launch", "load_config", "open_study"]


def __getattr__(name: str) -> Any:
    """Return what `tuner.api` offers; workers import this package, and need none of it."""
    if name not in __all__:
        raise AttributeError(f"module 'tuner' has no attribute {name!r}")
    from tuner import api  # noqa: PLC0415

    return getattr(api, name)
