"""Embeddings in a file: `.npy`, an array alone, or `.parquet`, a row an image with its path."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from formats.durable_file import replace_file
from trainers.errors import TrainerError

ENDINGS = (".npy", ".parquet")
_MODEL = b"model"


@dataclass(frozen=True)
class Embeddings:
    """Embeddings of some images.

    Attributes:
        vectors: (N, D) float32 on the CPU.
        names: the images' paths, or their numbers from 0 where the file has no paths.
        has_paths: whether the names are paths.
        model: the digest of the model's weights; None where the file does not say.
    """

    vectors: Tensor
    names: Sequence[str]
    has_paths: bool
    model: str | None


def require_writable(file: Path) -> None:
    """Look whether embeddings can be written into a file of this name.

    Raises:
        TrainerError: its ending is another one, its folder is not there, or pyarrow is not.
    """
    if file.suffix not in ENDINGS:
        raise TrainerError(f"{file}: ends in neither {' nor '.join(ENDINGS)}; name a file that does")
    if not file.parent.is_dir():
        raise TrainerError(f"{file}: there is no folder {file.parent}; make it first")
    if file.suffix == ".parquet":
        _parquet(file)


def write_embeddings(file: Path, embeddings: Embeddings) -> None:
    """Write them, all or nothing, over what the file held.

    Raises:
        TrainerError: the file cannot be written.
    """
    require_writable(file)
    content = _npy(embeddings) if file.suffix == ".npy" else _table(file, embeddings)
    try:
        replace_file(file, content)
    except OSError as error:
        raise TrainerError(f"{file}: cannot be written: {error.strerror}") from error


def read_embeddings(file: Path, lsdim: int, model: str) -> Embeddings:
    """Return the embeddings in a file that ``write_embeddings`` made.

    Args:
        file: its name ends in ``.npy`` or ``.parquet``.
        lsdim: how many numbers each has to have.
        model: the digest of the weights that they have to be of, where the file says.

    Raises:
        TrainerError: it is missing, damaged, empty or of another model.
    """
    try:
        embeddings = _read_npy(file) if file.suffix == ".npy" else _read_table(file)
    except (OSError, ValueError, TypeError, KeyError, EOFError, NotImplementedError) as error:
        raise TrainerError(f"{file}: holds no embeddings that can be read ({error})") from error
    shape = tuple(embeddings.vectors.shape)
    if len(shape) != 2 or shape[1] != lsdim or not shape[0]:
        raise TrainerError(f"{file}: holds an array {shape}, and this model's embeddings are (N, {lsdim})")
    if not embeddings.vectors.isfinite().all():
        raise TrainerError(f"{file}: holds numbers that are not finite, to which nothing is near")
    if embeddings.model not in {None, model}:
        raise TrainerError(f"{file}: holds the embeddings of another model; embed the images with this one")
    return embeddings


def _npy(embeddings: Embeddings) -> bytes:
    sink = io.BytesIO()
    np.save(sink, embeddings.vectors.numpy(), allow_pickle=False)
    return sink.getvalue()


def _read_npy(file: Path) -> Embeddings:
    array = np.atleast_1d(np.load(file, allow_pickle=False))
    if array.dtype.kind not in "fiu":
        raise ValueError(f"its numbers are {array.dtype}")
    vectors = torch.from_numpy(array.astype(np.float32))
    return Embeddings(vectors, [str(number) for number in range(len(vectors))], has_paths=False, model=None)


def _table(file: Path, embeddings: Embeddings) -> bytes:
    pyarrow = _parquet(file)
    flat = pyarrow.array(embeddings.vectors.numpy().reshape(-1))
    vectors = pyarrow.FixedSizeListArray.from_arrays(flat, embeddings.vectors.shape[1])
    try:
        images = pyarrow.array(embeddings.names, pyarrow.string())
    except UnicodeEncodeError as error:
        raise TrainerError(
            f"{file}: Parquet holds UTF-8, which the name {error.object!r} is not; rename that file, or name "
            "a file .npy"
        ) from error
    table = pyarrow.table({"image": images, "embedding": vectors})
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(
        table.replace_schema_metadata({_MODEL: (embeddings.model or "").encode()}), sink
    )
    return bytes(sink.getvalue())


def _read_table(file: Path) -> Embeddings:
    pyarrow = _parquet(file)
    table = pyarrow.parquet.read_table(file)
    lists = table["embedding"].cast(pyarrow.list_(pyarrow.float32())).combine_chunks()
    if len(set(lists.value_lengths().to_pylist())) > 1:
        raise ValueError("they differ in how many numbers they have")
    vectors = torch.from_numpy(lists.flatten().to_numpy().reshape(len(table), -1).copy())
    model = (table.schema.metadata or {}).get(_MODEL, b"").decode() or None
    names = list(map(str, table["image"].to_pylist()))
    return Embeddings(vectors, names, has_paths=True, model=model)


def _parquet(file: Path) -> Any:
    if find_spec("pyarrow") is None:
        raise TrainerError(f"{file}: Parquet needs pyarrow; run: pip install pyarrow, or name a file .npy")
    import pyarrow  # noqa: PLC0415 - slow to import, and needed by this one format
    import pyarrow.parquet  # noqa: PLC0415

    return pyarrow
