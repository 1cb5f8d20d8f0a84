"""What is the networks' of torchvision own: pooling, what is frozen, channels and sizes."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from trainers.backbones import GoogLeNet, ResNet18, ResNet50, ViTB32
from trainers.errors import ConfigError
from trainers.training.trainer import Trainer

CNNS = [ResNet18, ResNet50, GoogLeNet]
SHAPE = (3, 32, 32)


def snapshot(module: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in module.state_dict().items()}


def changed(before: dict[str, Tensor], after: nn.Module) -> set[str]:
    return {name for name, tensor in after.state_dict().items() if not torch.equal(tensor, before[name])}


def step(model: nn.Module) -> None:
    """Train a step as Trainer does, which sets the whole model's mode first."""
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-2)
    model(torch.rand(4, *SHAPE)).square().sum().backward()
    optimizer.step()


@pytest.mark.parametrize("network", [*CNNS, ViTB32], ids=lambda network: network.__name__)
def test_a_frozen_backbone_keeps_weights_and_running_statistics(network: Any) -> None:
    model = network(frozen="backbone").build(SHAPE, 4)
    before = snapshot(model)
    step(model)
    assert changed(before, model) == {"head.weight", "head.bias"}
    assert all(not weights.requires_grad for weights in model.trunk.parameters())


@pytest.mark.parametrize("network", CNNS, ids=lambda network: network.__name__)
def test_a_frozen_batch_norm_stays_while_the_rest_learns(network: Any) -> None:
    model = network(frozen="batch_norm").build(SHAPE, 4)
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    before, whole = [snapshot(norm) for norm in norms], snapshot(model)
    step(model)
    assert not any(changed(old, norm) for old, norm in zip(before, norms, strict=True))
    assert "head.weight" in changed(whole, model)
    assert any(name.startswith("trunk.") for name in changed(whole, model))


def test_nothing_is_frozen_unless_asked_for() -> None:
    model = ResNet18().build(SHAPE, 4)
    before = snapshot(model)
    step(model)
    assert {"trunk.bn1.running_mean", "trunk.bn1.weight", "trunk.conv1.weight"} <= changed(before, model)


def test_a_transformer_has_no_batch_norm_to_freeze() -> None:
    with pytest.raises(ValueError, match="'none' or 'backbone'"):
        ViTB32(frozen="batch_norm")


@pytest.mark.parametrize("network", CNNS, ids=lambda network: network.__name__)
def test_mean_and_max_doubles_what_the_head_reads(network: Any) -> None:
    plain, double = network().build(SHAPE, 4), network(pooling="mean_and_max").build(SHAPE, 4)
    assert double.head.in_features == 2 * plain.head.in_features
    assert double(torch.rand(2, *SHAPE)).shape == (2, 4)


def test_mean_and_max_are_those_of_the_last_map() -> None:
    images = torch.rand(2, 3, 64, 64)
    model = ResNet18(pooling="mean_and_max").build((3, 64, 64), 4).eval()
    oracle = resnet18().eval()
    oracle.load_state_dict(model.trunk.state_dict(), strict=False)
    oracle.avgpool = oracle.fc = nn.Identity()
    maps = oracle(images).reshape(2, 512, 2, 2)
    expected = torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1)
    torch.testing.assert_close(model.trunk(images), expected)


def test_a_grey_image_is_shown_three_times() -> None:
    model = ResNet18().build((1, 32, 32), 4).eval()
    grey = torch.rand(2, 1, 32, 32)
    assert torch.equal(model(grey), model(grey.repeat(1, 3, 1, 1)))


@pytest.mark.parametrize(
    ("spec", "shape", "message"),
    [
        (
            ResNet18(),
            (3, 15, 40),
            r"sides of 16 pixels or more; these have 15x40; write backbone:",
        ),
        (GoogLeNet(), (1, 8, 8), r"googlenet halves images five times.*these have 8x8"),
        (ViTB32(), (3, 48, 48), r"a multiple of 32 pixels; these have 48x48; set dataset.image_size or"),
        (ViTB32(), (3, 32, 64), r"wants square images.*these have 32x64"),
        (ResNet50(), (2, 32, 32), r"wants images of 1 or 3 channels; these have 2"),
    ],
)
def test_images_that_do_not_suit_are_refused(spec: Any, shape: tuple[int, int, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        spec.build(shape, 4)


def test_the_smallest_images_are_enough() -> None:
    for network in CNNS:
        assert network().build((3, 16, 16), 2)(torch.rand(2, 3, 16, 16)).shape == (2, 2)


@pytest.mark.parametrize("frozen", ["backbone", "batch_norm"])
def test_a_training_leaves_alone_what_is_frozen_and_resumes(
    small: Any, tmp_path: Path, folder_of_images: Path, frozen: str
) -> None:
    config = small(
        dataset={"name": "image_folder", "root": str(folder_of_images), "image_size": 20},
        backbone={"name": "resnet18", "frozen": frozen},
        batch={"classes": 3, "per_class": 2, "steps_per_epoch": 2},
        epochs=2,
    )
    straight, first, second = (Trainer(config) for _ in range(3))
    before = snapshot(straight.learner.model)
    list(straight.fit())
    moved = changed(before, straight.learner.model)
    assert "1.head.weight" in moved
    assert not any("bn" in name for name in moved)
    assert ("1.trunk.conv1.weight" in moved) == (frozen == "batch_norm")
    next(first.fit())
    second.restore(first.save(tmp_path))
    list(second.fit())
    assert not changed(snapshot(straight.learner.model), second.learner.model)


def test_only_what_is_trained_is_counted(small: Any, folder_of_images: Path) -> None:
    dataset = {"name": "image_folder", "root": str(folder_of_images), "image_size": 20}
    trainer = Trainer(small(dataset=dataset, backbone={"name": "resnet18", "frozen": "backbone"}))
    assert trainer.facts()["parameters"] == 512 * 4 + 4
