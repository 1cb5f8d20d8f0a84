"""What every backbone of the union does."""

from functools import cache
from typing import Any

import pytest
import torch
from torch import nn

from trainers.backbones import MLP, ConvNet
from trainers.config import TrainConfig
from trainers.errors import ConfigError

SHAPE = (3, 32, 32)


@cache
def built(backbone_type: Any, shape: tuple[int, int, int]) -> nn.Module:
    """Return a network with six outputs, made once a session: the largest takes seconds."""
    return backbone_type().build(shape, 6)


@pytest.mark.parametrize("shape", [(1, 8, 8), SHAPE, (1, 28, 28), (2, 5, 7), (1, 1, 1), (1, 1, 128)])
def test_maps_images_to_embeddings_or_says_in_a_line_why_not(
    backbone_type: Any, shape: tuple[int, int, int]
) -> None:
    line = None
    try:
        assert built(backbone_type, shape)(torch.rand(5, *shape)).shape == (5, 6)
    except ConfigError as error:
        line = str(error)
    if line is not None:
        assert shape != SHAPE
        assert line.startswith(f"backbone: {backbone_type().name} ")
        assert "\n" not in line


def test_an_image_is_embedded_alike_in_any_batch(backbone_type: Any) -> None:
    model = built(backbone_type, SHAPE).eval()
    images = torch.rand(5, *SHAPE)
    torch.testing.assert_close(model(images)[2:3], model(images[2:3]), atol=1e-5, rtol=1e-4)
    model.train()


def test_every_weight_gets_a_gradient(backbone_type: Any) -> None:
    model = built(backbone_type, SHAPE)
    model(torch.rand(16, *SHAPE)).square().sum().backward()
    assert all(weights.grad.abs().sum() > 0 for weights in model.parameters())
    model.zero_grad()


def test_it_needs_no_file_unless_told(backbone_type: Any) -> None:
    backbone_type().check()
    assert not backbone_type().pretrained


def test_a_config_with_it_survives_json(backbone_type: Any) -> None:
    config = TrainConfig(dataset={"name": "digits"}, loss={"name": "triplet"}, backbone=backbone_type())
    assert TrainConfig.model_validate_json(config.model_dump_json()) == config


def widths(model: nn.Module) -> list[int]:
    return [layer.weight.shape[0] for layer in model.modules() if isinstance(layer, nn.Linear | nn.Conv2d)]


def test_widths_are_as_configured() -> None:
    assert widths(MLP(hidden=(7, 5)).build((1, 8, 8), 3)) == [7, 5, 3]
    assert widths(ConvNet().build((1, 28, 28), 3)) == [16, 32, 64, 128, 3]
    assert widths(ConvNet(channels=(4,), hidden=9).build((1, 8, 8), 3)) == [4, 9, 3]


def test_all_but_the_mlp_refuse_vectors(backbone_type: Any) -> None:
    if backbone_type is MLP:
        assert MLP().build((1, 1, 128), 4)(torch.rand(2, 1, 1, 128)).shape == (2, 4)
        return
    with pytest.raises(ConfigError, match=r"holds vectors of 128 numbers; write backbone: \{name: mlp\}"):
        backbone_type().build((1, 1, 128), 4)
