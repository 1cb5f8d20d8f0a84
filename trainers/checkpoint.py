"""Tensors and facts in one safetensors file: nothing in it can run, and it is never half written."""

import json
import os
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from trainers.errors import TrainerError


def write(path: Path, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Put tensors and facts into ``path``; whoever reads meanwhile finds the old file or the new one, whole.

    Args:
        path: the file; its folder is made if need be.
        tensors: by name; stored as they are on the CPU.
        facts: anything JSON can hold, finite numbers only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    data = save(stored, metadata={"facts": json.dumps(facts, allow_nan=False)})
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors, on the CPU, and the facts of a file that ``write`` made.

    Raises:
        TrainerError: the file is missing, damaged or of another kind.
    """
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads(file.metadata()["facts"])
            return {name: file.get_tensor(name) for name in file.keys()}, facts  # noqa: SIM118  (no mapping)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise TrainerError(
            f"{path}: is no checkpoint that can be read ({error}); remove it and train again"
        ) from error


def grouped(groups: dict[str, dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the groups' tensors in one mapping, named ``group.name``."""
    return {
        f"{group}.{name}": tensor for group, tensors in groups.items() for name, tensor in tensors.items()
    }


def group(tensors: dict[str, Tensor], name: str) -> dict[str, Tensor]:
    """Return the tensors of one group by the names they had in it; empty if there are none."""
    return {
        key.removeprefix(f"{name}."): tensor for key, tensor in tensors.items() if key.startswith(f"{name}.")
    }
