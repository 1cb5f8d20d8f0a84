"""What a user's own trainer may import: the facts about its training, and a way to stop itself.

`docs/own_trainer.md` says how to write one; nothing else of this program has to be known for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class Stop(Exception):  # noqa: N818 - what happened says it better
    """Raised by a training whose configuration is at fault, with the reason in one line."""


@dataclass(frozen=True)
class Run:
    """The facts about one training that its trainer is given.

    Attributes:
        epochs: how many epochs the whole training has; a mapping of metrics is yielded after each.
        epochs_done: how many of them an earlier attempt has trained; 0 at the beginning.
        state: what that attempt yielded beside the metrics of its last such epoch, or None at the beginning.
        folder: a folder of this training's own, the same in all its attempts, for whatever it wants to keep.
        cpus: how many CPU threads the training may use.
    """

    epochs: int
    epochs_done: int
    state: bytes | None
    folder: Path
    cpus: float
