"""Crops and mirrors beside torchvision's own, by chance that belongs to each image."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import Tensor
from torchvision.transforms import RandomResizedCrop
from torchvision.transforms.v2 import functional

from trainers.data import resized_crops
from trainers.data.augmentation import CropAndFlip
from trainers.data.resized_crops import CHANCES, boxes
from trainers.errors import ConfigError
from trainers.training.trainer import Trainer


def picture(height: int, width: int, seed: int = 0) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (3, height, width), dtype=torch.uint8, generator=chance)


def chances(count: int, seed: int = 0) -> Tensor:
    return torch.rand(count, CHANCES, generator=torch.Generator().manual_seed(seed))


@settings(deadline=None)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    crop=st.integers(2, 30),
    min_scale=st.floats(0.01, 1),
    seed=st.integers(0, 2**62),
)
def test_a_part_of_any_image_has_the_size_of_the_crop(
    height: int, width: int, crop: int, min_scale: float, seed: int
) -> None:
    images = torch.stack([picture(height, width, each) // 2 + 50 for each in range(3)])
    parts = CropAndFlip(crop=crop, min_scale=min_scale).training(images, chances(3, seed))
    assert (parts.shape, parts.dtype) == ((3, 3, crop, crop), torch.uint8)
    assert images.min() <= parts.min() <= parts.max() <= images.max()


@given(height=st.integers(1, 60), width=st.integers(1, 60), min_scale=st.floats(0.01, 1))
def test_parts_lie_in_the_image_and_have_the_ratio_asked_for(
    height: int, width: int, min_scale: float
) -> None:
    top, left, high, wide = boxes(chances(50), height, width, min_scale).unbind(1)
    assert (top >= 0).all()
    assert (left >= 0).all()
    assert (high >= 1).all()
    assert (wide >= 1).all()
    assert (top + high <= height).all()
    assert (left + wide <= width).all()
    assert ((wide - 1) / (high + 1) < 4 / 3).all()
    assert ((wide + 1) / (high - 1).clamp(min=0.1) > 3 / 4).all()


def test_parts_are_spread_as_torchvisions() -> None:
    ours = boxes(chances(20_000), 30, 50, 0.3).float()
    torch.manual_seed(0)
    image = torch.empty(3, 30, 50)
    theirs = torch.tensor(
        [RandomResizedCrop.get_params(image, [0.3, 1.0], [3 / 4, 4 / 3]) for _ in range(4000)]
    )
    assert torch.allclose(ours.mean(0), theirs.float().mean(0), atol=0.6)
    assert torch.allclose(ours.std(0), theirs.float().std(0), atol=0.6)


@pytest.mark.parametrize("how", [resized_crops._resized, resized_crops._multiplied], ids=["cpu", "gpu"])
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_both_ways_cut_as_torchvision_does(how: Any, dtype: torch.dtype) -> None:
    images = torch.stack([picture(30, 50, seed) for seed in range(40)]).to(dtype)
    drawn, flips = boxes(chances(40), 30, 50, 0.1), torch.arange(40) % 2 == 0
    found = how(images, drawn, flips, 16)
    assert found.dtype == dtype
    for image, box, flip, cut in zip(images, drawn.tolist(), flips, found, strict=True):
        expected = functional.resized_crop(image, *box, [16, 16], antialias=True)
        expected = expected.flip(2) if flip else expected
        assert (cut.float() - expected.float()).abs().max() <= (1 if dtype == torch.uint8 else 1e-2)


def test_all_of_an_image_is_itself_or_its_mirror() -> None:
    image = picture(12, 12)
    for flip, wanted in ((False, 1), (True, 2)):
        shown = CropAndFlip(crop=12, min_scale=1, flip=flip).training(
            image.expand(20, 3, 12, 12), chances(20)
        )
        seen = {each.numpy().tobytes() for each in shown}
        assert len(seen) == wanted
        assert seen <= {image.numpy().tobytes(), image.flip(2).contiguous().numpy().tobytes()}


def test_all_others_show_their_middle() -> None:
    images = torch.stack([picture(10, 14, seed) for seed in range(3)])
    assert torch.equal(CropAndFlip(crop=6).evaluation(images), images[:, :, 2:8, 4:10])


def test_a_crop_larger_than_the_images_is_refused(small: Any) -> None:
    assert CropAndFlip(crop=24).shape((3, 24, 30)) == (3, 24, 24)
    with pytest.raises(ConfigError, match=r"crop: 25 pixels do not fit into images of 24x30"):
        CropAndFlip(crop=25).shape((3, 24, 30))
    with pytest.raises(ConfigError, match=r"crop: 9 pixels do not fit into images of 8x8; write a sma"):
        Trainer(small(augmentation={"name": "crop_and_flip", "crop": 9}))
    vectors = {"name": "synthetic"}
    with pytest.raises(ConfigError, match="do not fit into images of 1x128"):
        Trainer(small(dataset=vectors, augmentation={"name": "crop_and_flip"}))


@pytest.mark.parametrize("value", [{"crop": 1}, {"min_scale": 0}, {"min_scale": 1.1}, {"size": 3}])
def test_values_out_of_range_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        CropAndFlip(**value)
