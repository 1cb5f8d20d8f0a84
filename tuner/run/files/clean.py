"""Removes what the trainings of a study no longer need from its folder, by what the store says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from formats.durable_file import before
from tuner.config.sections import Keep
from tuner.run.custom.training import STATE as OWN_STATE
from tuner.store.confirmations.confirmation_sql import confirmations_of
from tuner.store.reading.study_view import StudyView

STATE = "state.safetensors"
"""The state that a training of the project's saves in its folder."""

STATES = tuple(str(path) for name in (STATE, OWN_STATE) for path in (Path(name), before(Path(name))))
"""What a training goes on from: the project's, and a user's own."""

MODELS = ("model.safetensors", "history.safetensors")
"""What is of use of a training that has ended, to others than itself."""

_TRIAL = re.compile(r"trial-(\d{5,})")


@dataclass(frozen=True)
class Cleaned:
    """What was removed, or would be.

    Attributes:
        files: how many files.
        size_bytes: how large they are together.
        failed: why some are still there, a line each.
    """

    files: int
    size_bytes: int
    failed: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.files} files, {self.size_bytes / 1e6:.1f} MB"


def clean(view: StudyView, folder: Path, keep: Keep, *, dry_run: bool = False) -> Cleaned:
    """Remove the files of a study that nobody needs, also while it is driven or confirmed.

    What is to be trained or gone on with keeps its files, and so does what the store does not know. Since
    trainings that ended do not begin again under the same number, what the store said a moment ago will do.

    Args:
        view: the study in the store.
        folder: the study's.
        keep: what stays of trials that have ended.
        dry_run: whether nothing is removed.
    """
    files, size_bytes, failed = 0, 0, []
    for path in [*_of_trials(view, folder, keep), *_of_confirmations(view, folder / "confirm", keep)]:
        try:
            size = path.lstat().st_size
            if not dry_run:
                path.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            failed.append(f"{path} cannot be removed: {error.strerror}")
            continue
        files += 1
        size_bytes += size
    return Cleaned(files, size_bytes, tuple(failed))


def remove(folder: Path, names: Iterable[str]) -> None:
    """Remove files of these names from a training's folder; what cannot be removed is left to `clean`."""
    for path in _files(folder, names):
        with suppress(OSError):
            path.unlink()


def _of_trials(view: StudyView, folder: Path, keep: Keep) -> Iterator[Path]:
    states = view.last_states()  # before the front: a trial that ends in between counts as running
    front = {record.origin for record in view.front()}
    for trial in _folders(folder):
        named = _TRIAL.fullmatch(trial.name)
        origin = int(named[1]) if named else None
        if origin is None or states.get(origin) in (None, "RUNNING", "WAITING"):
            continue
        names = _unneeded(keep, is_on_front=origin in front)
        for training in (trial, *_folders(trial)):
            yield from _files(training, names)


def _of_confirmations(view: StudyView, folder: Path, keep: Keep) -> Iterator[Path]:
    names = _unneeded(keep, is_on_front=False)
    for each in confirmations_of(view):
        if each.is_done and not (job := folder / each.job.folder_name).is_symlink():
            yield from _files(job, names)


def _unneeded(keep: Keep, *, is_on_front: bool) -> list[str]:
    """Return the names of the files that nobody needs of a training that has ended."""
    of_states = STATES if keep.states == "running" else ()
    of_models = MODELS if keep.models == "front" and not is_on_front else ()
    return [*of_states, *of_models]


def _files(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    """Yield the files of these names in a folder, and those that a killed process had begun to write."""
    for name in names:
        yield from (folder / name, *folder.glob(f".{name}.*"))


def _folders(folder: Path) -> list[Path]:
    """Return the folders in a folder, by name; a link leads elsewhere, and is none."""
    if not folder.is_dir():
        return []
    return sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
