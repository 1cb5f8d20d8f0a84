"""What the environment says, read once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_STORAGE = "sqlite:///tuner.db"


@dataclass(frozen=True)
class Settings:
    """Where a study is kept and where its trials write.

    Attributes:
        storage: the study store's URL; it may carry a password, so it is never printed nor passed on.
        runs_folder: the folder for checkpoints, a folder a study; absolute, because workers have a
            working folder of their own.
        ray_address: the Ray cluster to join, or None to start Ray on this machine.
        repeated: the options that name the same store in another command.
    """

    storage: str = field(repr=False)
    runs_folder: Path
    ray_address: str | None
    repeated: tuple[str, ...] = ()

    @classmethod
    def read(cls, storage: str | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
        """The settings of this process; a storage named on the command line wins over `TUNER_STORAGE`."""
        return cls(
            storage=storage or environ.get("TUNER_STORAGE") or DEFAULT_STORAGE,
            runs_folder=Path(environ.get("TUNER_RUNS") or "runs").absolute(),
            ray_address=environ.get("RAY_ADDRESS") or None,
            repeated=("--storage", storage) if storage and "password" not in storage else (),
        )
