"""Recorded trainings as arrays: a few MB that hold every metric of every epoch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MANTISSA_BITS = 13  # of 23: four significant digits; what is left compresses


@dataclass(frozen=True)
class Curves:
    """Trainings of one task, a row each; epochs that a training did not reach are NaN.

    Attributes:
        params: each parameter's values `(N,)`, as they were trained.
        metrics: each metric after each epoch `(N, epochs)`, to four significant digits.
        seconds: CPU seconds of each epoch `(N, epochs)`.
        start_seconds: CPU seconds before the first epoch `(N,)`.
    """

    params: Mapping[str, NDArray[Any]]
    metrics: Mapping[str, Array]
    seconds: Array
    start_seconds: Array

    def __len__(self) -> int:
        return len(self.seconds)

    def params_of(self, row: int) -> dict[str, Any]:
        """Return one training's parameters."""
        return {name: values[row].item() for name, values in self.params.items()}

    def rows(self, chosen: NDArray[np.int64]) -> Curves:
        """Return some of the trainings."""
        return Curves(
            {name: values[chosen] for name, values in self.params.items()},
            {name: values[chosen] for name, values in self.metrics.items()},
            self.seconds[chosen],
            self.start_seconds[chosen],
        )

    def save(self, path: Path) -> None:
        """Write everything into one compressed file."""
        arrays = {f"params/{name}": values for name, values in self.params.items()}
        arrays |= {f"metrics/{name}": _rounded(values) for name, values in self.metrics.items()}
        arrays |= {"seconds": _rounded(self.seconds), "start_seconds": _rounded(self.start_seconds)}
        np.savez_compressed(path, **arrays)  # type: ignore[arg-type] # its stubs take no arrays by name

    @classmethod
    def load(cls, path: Path) -> Curves:
        """Read what `save` wrote."""
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        return cls(
            params={name[7:]: values for name, values in arrays.items() if name.startswith("params/")},
            metrics={
                name[8:]: values.astype(np.float64)
                for name, values in arrays.items()
                if name.startswith("metrics/")
            },
            seconds=arrays["seconds"].astype(np.float64),
            start_seconds=arrays["start_seconds"].astype(np.float64),
        )

    @classmethod
    def of_folder(cls, folder: Path, epochs: int) -> Curves:
        """Read the trainings that `record` wrote into a folder, in the order of their numbers."""
        records = [json.loads(path.read_text()) for path in sorted(folder.glob("[0-9]*.json"))]
        names = [name for name in records[0]["epochs"][0] if name != "seconds"]
        return cls(
            params={
                name: np.array([each["params"][name] for each in records]) for name in records[0]["params"]
            },
            metrics={name: _column(records, name, epochs) for name in names},
            seconds=_column(records, "seconds", epochs),
            start_seconds=np.array([each["start_seconds"] for each in records]),
        )


def _column(records: list[Any], name: str, epochs: int) -> Array:
    """Return one value of each epoch, `(N, epochs)`."""
    column = np.full((len(records), epochs), np.nan)
    for row, each in zip(column, records, strict=True):
        values = [epoch[name] for epoch in each["epochs"]]
        row[: len(values)] = values
    return column


def _rounded(values: Array) -> NDArray[np.float32]:
    """Return values to four significant digits; whole numbers as they are."""
    mantissa, exponent = np.frexp(values)
    scale = 2.0**_MANTISSA_BITS
    rounded = np.ldexp(np.rint(mantissa * scale) / scale, exponent)
    return np.where(values == np.rint(values), values, rounded).astype(np.float32)
