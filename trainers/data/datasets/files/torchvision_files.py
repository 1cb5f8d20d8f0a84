"""The files that torchvision can fetch: the messages for what is missing, and the download."""

from collections.abc import Callable
from pathlib import Path

from trainers.errors import DatasetError


def require(name: str, root: Path, place: str, missing: str, source: str) -> None:
    """Refuse a dataset that is not there.

    Args:
        name: the dataset's name.
        root: the dataset's root.
        place: the folder of the files, below ``root``.
        missing: the names of the missing files; empty if there are none.
        source: the class of torchvision that downloads them.

    Raises:
        DatasetError: a file is missing.
    """
    if missing:
        raise DatasetError(
            f"{name}: {(root / place).resolve()} lacks {missing}, "
            f"which torchvision's {source} downloads; write download: true, or set root to {place}'s place"
        )


def download(name: str, fetch: Callable[..., object], root: Path) -> None:
    """Let ``fetch(root, download=True)`` fetch what is missing; it verifies the checksums.

    Raises:
        DatasetError: it cannot.
    """
    try:
        fetch(str(root), download=True)
    except (OSError, RuntimeError) as error:
        raise DatasetError(
            f"{name}: cannot be downloaded to {root.resolve()}: {error}; fetch it by hand"
        ) from error
