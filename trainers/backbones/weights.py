"""Weights that somebody else trained: torchvision's own, or a file."""

import sys
import urllib.request
import zipfile
from contextlib import redirect_stdout
from http.client import HTTPException
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from trainers.errors import ConfigError

if TYPE_CHECKING:
    from torchvision.models import WeightsEnum

CLASSIFIERS = ("fc.", "heads.", "aux1.", "aux2.")
REACH_SECONDS = 10.0


def fetch(name: str) -> dict[str, Tensor]:
    """Return torchvision's ImageNet weights of a network, from torch's cache or the network.

    Raises:
        ConfigError: they are not in the cache and cannot be fetched, or are not what was published.
    """
    try:
        with redirect_stdout(sys.stderr):  # where the hub says that it downloads; stdout is for results
            state: dict[str, Tensor] = _published(name).get_state_dict(
                progress=False, check_hash=True, map_location="cpu", weights_only=True
            )
    except (OSError, RuntimeError, HTTPException, UnpicklingError) as error:
        raise _unreachable(name, error) from error
    return state


def require_reachable(name: str) -> None:
    """Ask whether ``fetch`` will find the weights, without fetching them.

    Raises:
        ConfigError: they are neither in torch's cache nor does their server answer.
    """
    url = _published(name).url
    if not _cached(name).exists():
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=REACH_SECONDS).close()
        except (OSError, HTTPException) as error:
            raise _unreachable(name, error) from error


def read(path: Path) -> dict[str, Tensor]:
    """Return the state dict in a ``.safetensors`` or ``.pth`` file, on the CPU; nothing in it is run.

    Raises:
        ConfigError: the file is missing, damaged or holds something else.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        # Only torch's newer format can be mapped into memory, which spares a check reading it all.
        state = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except (OSError, EOFError, RuntimeError, ValueError, UnpicklingError, SafetensorError) as error:
        raise ConfigError(
            f"backbone.weights: {path} is no readable file of weights: {_first_line(error)}; "
            "allowed: none, imagenet, or the path of a state dict in a .safetensors or .pth file"
        ) from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise ConfigError(
            f"backbone.weights: {path} holds something else than a state dict: names with tensors; "
            "save network.state_dict() alone"
        )
    return state


def fit(name: str, source: object, trunk: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return what of a state dict belongs to a trunk: all but a classifier.

    Raises:
        ConfigError: a tensor of the trunk is missing or of another shape, or one is left over.
    """
    tensors = {key: tensor for key, tensor in state.items() if not key.startswith(CLASSIFIERS)}
    wanted = trunk.state_dict()
    faults = [f"{key} is unknown" for key in tensors.keys() - wanted.keys()]
    for key, tensor in wanted.items():
        if key not in tensors and not key.endswith("num_batches_tracked"):
            faults.append(f"{key} is missing")
        elif key in tensors and tensors[key].shape != tensor.shape:
            faults.append(f"{key} is {tuple(tensors[key].shape)}, not {tuple(tensor.shape)}")
    if faults:
        raise ConfigError(
            f"backbone.weights: {source} does not fit {name}: {min(faults)}"
            f"{f', and {len(faults) - 1} more' if len(faults) > 1 else ''}; "
            f"give a state dict of torchvision's {name}"
        )
    return tensors


def _published(name: str) -> "WeightsEnum":
    from torchvision.models import get_model_weights

    return get_model_weights(name).IMAGENET1K_V1


def _cached(name: str) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(_published(name).url).name


def _unreachable(name: str, error: Exception) -> ConfigError:
    file = _cached(name)
    return ConfigError(
        f"backbone.weights: imagenet, but {file.name} cannot be fetched for {name}: {_first_line(error)}; "
        f"put that file into {file.parent}, or give its path as weights"
    )


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0]
