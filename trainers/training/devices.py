"""Where a training runs."""

import os
import shutil
from typing import Literal

import torch

from trainers.errors import ConfigError


def pick_device(wanted: Literal["auto", "cpu", "cuda"]) -> torch.device:
    """Return the device; ``auto`` is the current GPU if there is one, else the CPU.

    Raises:
        ConfigError: ``cuda`` is wanted and torch sees no GPU.
    """
    if wanted == "cuda" and not torch.cuda.is_available():
        raise ConfigError("device: cuda, but torch sees no GPU; write auto or cpu, or check the driver")
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(wanted)


def check_compiler(device: torch.device) -> None:
    """Whether networks can be compiled for the device.

    Raises:
        ConfigError: it is the CPU, and there is no C++ compiler.
    """
    compilers = (os.environ.get("CXX", ""), "g++", "clang++", "c++")
    if device.type == "cpu" and not any(name and shutil.which(name) for name in compilers):
        raise ConfigError(
            "compile: true on the CPU needs a C++ compiler, and there is none; install g++, or write false"
        )


def device_name(device: torch.device) -> str:
    """Return the GPU's model name, or ``cpu``."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def wait_for(device: torch.device) -> None:
    """Return when the device has done all it was given, so that a clock may be read."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def forget_peak_memory(device: torch.device) -> None:
    """Let the next ``peak_memory_mib`` count from now on: a warm worker trains one config after another."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)


def peak_memory_mib(device: torch.device) -> float | None:
    """Return the most GPU memory that tensors took at once, in MiB; None on the CPU, where nobody counts."""
    return torch.cuda.max_memory_allocated(device) / 2**20 if device.type == "cuda" else None
