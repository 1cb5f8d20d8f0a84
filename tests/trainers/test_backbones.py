from typing import Any

import pytest
import torch
from torch import nn

from trainers.backbones import MLP, ConvNet
from trainers.errors import ConfigError


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (1, 28, 28), (2, 5, 7), (1, 1, 1)])
def test_maps_images_of_any_shape_to_embeddings(backbone_type: Any, shape: tuple[int, int, int]) -> None:
    model = backbone_type().build(shape, 6)
    assert model(torch.rand(5, *shape)).shape == (5, 6)


def test_an_image_is_embedded_alike_in_any_batch(backbone_type: Any) -> None:
    model = backbone_type().build((1, 8, 8), 6)
    images = torch.rand(5, 1, 8, 8)
    torch.testing.assert_close(model(images)[2:3], model(images[2:3]))


def test_every_weight_gets_a_gradient(backbone_type: Any) -> None:
    model = backbone_type().build((1, 8, 8), 6)
    model(torch.rand(64, 1, 8, 8)).square().sum().backward()
    assert all(weights.grad.abs().sum() > 0 for weights in model.parameters())


def widths(model: nn.Module) -> list[int]:
    return [layer.weight.shape[0] for layer in model.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]


def test_widths_are_as_configured() -> None:
    assert widths(MLP(hidden=(7, 5)).build((1, 8, 8), 3)) == [7, 5, 3]
    assert widths(ConvNet().build((1, 28, 28), 3)) == [16, 32, 64, 128, 3]
    assert widths(ConvNet(channels=(4,), hidden=9).build((1, 8, 8), 3)) == [4, 9, 3]


def test_convnet_refuses_vectors() -> None:
    with pytest.raises(ConfigError, match=r"holds vectors of 128 numbers; write backbone: \{name: mlp\}"):
        ConvNet().build((1, 1, 128), 4)
