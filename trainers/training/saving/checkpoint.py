"""Tensors and facts in one safetensors file: nothing in it can be executed, and damage is always noticed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from formats.durable_file import replace_file
from trainers.errors import TrainerError


def write(
    path: Path, tensors: dict[str, Tensor], facts: dict[str, Any], *, keep_before: bool = False
) -> None:
    """Put tensors and facts into ``path``, all or nothing.

    Args:
        path: the file; its folder is made if need be.
        tensors: by name; stored as they are on the CPU.
        facts: anything JSON can hold, finite numbers only.
        keep_before: whether what the file held stays beside it; see ``formats.durable_file.before``.

    Raises:
        OSError: the disk is full or broken; the file holds what it held.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    encoded = json.dumps(facts, allow_nan=False)
    content = save(stored, metadata={"facts": encoded, "sha256": _sha256(stored, encoded)})
    replace_file(path, content, keep_before=keep_before)


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors, on the CPU, and the facts of a file that ``write`` made.

    Raises:
        TrainerError: the file is missing, damaged or of another kind.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata()
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
        facts = json.loads(metadata["facts"])
        whole = _sha256(tensors, metadata["facts"]) == metadata["sha256"]
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise TrainerError(
            f"{path}: is no checkpoint that can be read ({error}); remove it and train again"
        ) from error
    if not whole:
        raise TrainerError(f"{path}: is damaged; remove it and train again")
    return tensors, facts


def facts_of(path: Path) -> dict[str, Any] | None:
    """Return the facts of a file that ``write`` made, its tensors unread; None if it is not one."""
    try:
        with safe_open(path, framework="pt") as file:
            facts: dict[str, Any] = json.loads(file.metadata()["facts"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None
    return facts


def _sha256(tensors: dict[str, Tensor], facts: str) -> str:
    """Return the digest of facts, names, types, shapes and contents."""
    digest = hashlib.sha256(facts.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(repr((name, str(tensor.dtype), tuple(tensor.shape))).encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


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
