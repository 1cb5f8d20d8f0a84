"""What the trends on MNIST share: the network, the optimizer, and how the images are split."""

from __future__ import annotations

from typing import Any

NETWORK = {"backbone": {"name": "convnet"}, "optimizer": {"name": "adam", "lr": 1e-3}}
"""Three convolutions of stride 2 (16, 32, 64 channels), 128 hidden units; Adam."""


def seen_classes(validation_percent: float) -> dict[str, Any]:
    """Return MNIST with every class in every split."""
    return {"name": "mnist", "root": ".", "validation_percent": validation_percent}


def unseen_classes() -> dict[str, Any]:
    """Return MNIST with 0 to 5 to learn, and 4,797 images of 6 to 9 to judge on."""
    return {**seen_classes(20), "split_by": "classes", "unseen_classes": ["6", "7", "8", "9"]}
