"""Crops and mirrors: torchvision's own, by chance that belongs to each image."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torchvision.transforms import RandomHorizontalFlip, RandomResizedCrop

from trainers.data.augmentation import CropAndFlip, seeded
from trainers.errors import ConfigError
from trainers.training.trainer import Trainer


def picture(height: int, width: int, seed: int = 0) -> torch.Tensor:
    chance = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (3, height, width), dtype=torch.uint8, generator=chance)


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
    image = picture(height, width) // 2 + 50
    part = seeded(CropAndFlip(crop=crop, min_scale=min_scale).training(), image, seed)
    assert (part.shape, part.dtype) == ((3, crop, crop), torch.uint8)
    assert image.min() <= part.min() <= part.max() <= image.max()


def test_it_is_torchvisions_crop_and_flip() -> None:
    image = picture(30, 50)
    for seed in range(20):
        torch.manual_seed(seed)
        crop = RandomResizedCrop(16, scale=(0.3, 1.0), antialias=True)
        expected = RandomHorizontalFlip()(crop(image))
        found = seeded(CropAndFlip(crop=16, min_scale=0.3).training(), image, seed)
        assert (found.int() - expected.int()).abs().max() <= 1  # theirs, the older one, rounds from floats


def test_the_trainings_own_chance_is_left_as_it_was() -> None:
    transform = CropAndFlip(crop=8).training()
    torch.manual_seed(3)
    expected = torch.rand(5)
    torch.manual_seed(3)
    first = seeded(transform, picture(20, 20), 1)
    assert torch.equal(torch.rand(5), expected)
    assert torch.equal(seeded(transform, picture(20, 20), 1), first)


def test_all_of_an_image_is_itself_or_its_mirror() -> None:
    image = picture(12, 12)
    for flip, wanted in ((False, 1), (True, 2)):
        transform = CropAndFlip(crop=12, min_scale=1, flip=flip).training()
        seen = {seeded(transform, image, seed).numpy().tobytes() for seed in range(20)}
        assert len(seen) == wanted
        assert seen <= {image.numpy().tobytes(), image.flip(2).contiguous().numpy().tobytes()}


def test_all_others_show_their_middle() -> None:
    images = torch.stack([picture(10, 14, seed) for seed in range(3)])
    assert torch.equal(CropAndFlip(crop=6).evaluation()(images), images[:, :, 2:8, 4:10])


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
