"""What the networks of torchvision share: where weights come from, what stays as it is, and the head."""

from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, nn

from trainers.backbones.vectors import refuse_vectors
from trainers.backbones.weights import fetch, fit, read, require_reachable
from trainers.errors import ConfigError
from trainers.specs import MethodSpec

PUBLISHED_SHAPE = (3, 224, 224)


class TorchvisionSpec(MethodSpec):
    """A network of torchvision whose classifier is replaced by a linear head.

    Attributes:
        weights: ``none`` draws them; ``imagenet`` takes torchvision's IMAGENET1K_V1, fetched once a machine
            into torch's cache and verified; anything else is the path of a state dict of that network, a
            ``.safetensors`` file or a ``.pth`` file, from which nothing is run. A classifier in it is left
            out. With weights given, pixels are standardised as ImageNet's were.
        frozen: what training leaves as it is: ``none``; ``backbone``, all but the head, which then sees the
            features of an evaluation; ``batch_norm``, running statistics and affine parameters of every
            batch normalisation.
    """

    weights: Literal["none", "imagenet"] | Path = "none"
    frozen: Literal["none", "backbone", "batch_norm"] = "none"

    @property
    def pretrained(self) -> bool:
        """Whether weights are given, so that pixels have to be standardised as ImageNet's were."""
        return self.weights != "none"

    def trunk(self, input_shape: tuple[int, int, int]) -> tuple[nn.Module, int]:
        """Return the network without its classifier, images (B, 3, H, W) to (B, F), and F.

        Raises:
            ConfigError: images of this shape do not suit it.
        """
        raise NotImplementedError

    def adapted(self, state: dict[str, Tensor], input_shape: tuple[int, int, int]) -> dict[str, Tensor]:  # noqa: ARG002
        """Return published weights for images of another size; most networks do not depend on it."""
        return state

    def check(self) -> None:
        """Look whether the weights are there and fit, or can be fetched; nothing is fetched.

        Raises:
            ConfigError: they are not.
        """
        if self.weights == "imagenet":
            require_reachable(self.name)
        elif isinstance(self.weights, Path):
            with torch.device("meta"):
                trunk, _ = self.trunk(PUBLISHED_SHAPE)
            state = self.adapted(read(self.weights), PUBLISHED_SHAPE)
            fit(self.name, self.weights, trunk, state)

    def build(self, input_shape: tuple[int, int, int], outputs: int) -> nn.Module:
        """Return a network from images (B, *input_shape), of 1 or 3 channels, to (B, outputs).

        Raises:
            ConfigError: the images do not suit the network, or the weights are missing or another network's.
        """
        network = self.unfilled(input_shape, outputs)
        if self.pretrained:
            state = read(self.weights) if isinstance(self.weights, Path) else fetch(self.name)
            state = fit(self.name, self.weights, network.trunk, self.adapted(state, input_shape))
            # Not strict: old files do not count the batches of a batch norm.
            network.trunk.load_state_dict(state, strict=False)
        return network

    def unfilled(self, input_shape: tuple[int, int, int], outputs: int) -> "TorchvisionNetwork":
        """Return the same network without the weights that are given, for others to be loaded into it.

        Raises:
            ConfigError: the images do not suit the network.
        """
        refuse_vectors(self.name, input_shape)
        if input_shape[0] not in {1, 3}:
            raise ConfigError(
                f"backbone: {self.name} wants images of 1 or 3 channels; these have {input_shape[0]}"
            )
        return TorchvisionNetwork(*self.trunk(input_shape), outputs, self.frozen)


class TorchvisionNetwork(nn.Module):
    """A trunk and a linear head; what is frozen has no gradient and stays in evaluation mode."""

    def __init__(self, trunk: nn.Module, features: int, outputs: int, frozen: str) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = nn.Linear(features, outputs)
        norms = [module for module in trunk.modules() if isinstance(module, nn.BatchNorm2d)]
        self.fixed = {"none": (), "backbone": (trunk,), "batch_norm": tuple(norms)}[frozen]
        for part in self.fixed:
            part.requires_grad_(False)
        self.train()

    def train(self, mode: bool = True) -> "TorchvisionNetwork":
        """Set the mode of all but what is frozen."""
        super().train(mode)
        for part in self.fixed:
            part.eval()
        return self

    def forward(self, images: Tensor) -> Tensor:
        """Return (B, outputs) for images (B, 1 or 3, H, W); a single channel is shown three times."""
        outputs: Tensor = self.head(self.trunk(images.expand(-1, 3, -1, -1)))
        return outputs
