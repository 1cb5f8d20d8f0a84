"""What may be embedded, and what becomes of it."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from trainers.data.datasets.files.decoding import decode_one
from trainers.errors import DatasetError
from trainers.model.facts import Preprocessing
from trainers.model.images import as_stored, listed

GREY = Preprocessing(values="pixels", channels=1, height=8, width=8, resize="both_sides", augmentation=None)
RGB = GREY.model_copy(update={"channels": 3})
CROPPED = Preprocessing(
    values="pixels",
    channels=3,
    height=10,
    width=10,
    resize="shorter_side",
    augmentation={"name": "crop_and_flip", "crop": 8},
)
VECTORS = GREY.model_copy(update={"values": "vectors", "height": 1})


def stored(images: Any, preprocessing: Preprocessing) -> list[torch.Tensor]:
    return list(as_stored(listed(images), preprocessing))


def noise(*shape: int) -> torch.Tensor:
    return torch.randint(256, shape, generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def saved(folder: Path, pixels: torch.Tensor, name: str = "x.png") -> Path:
    array = pixels.permute(1, 2, 0).squeeze(2).numpy()
    Image.fromarray(array).save(folder / name)
    return folder / name


@pytest.mark.parametrize("preprocessing", [GREY, RGB, CROPPED], ids=["grey", "rgb", "cropped"])
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 8), (3, 20, 31), (1, 5, 4)])
def test_a_tensor_a_picture_and_a_file_are_the_same(
    shape: tuple[int, int, int], preprocessing: Preprocessing, tmp_path: Path
) -> None:
    pixels = noise(*shape)
    file = saved(tmp_path, pixels)
    with Image.open(file) as picture:
        ways = [
            pixels,
            pixels[None],
            pixels.float() / 255,
            file,
            str(file),
            tmp_path,
            picture,
            [[pixels], file][1:],
        ]
        found = [stored(way, preprocessing) for way in ways]
    assert all(len(each) == 1 and torch.equal(each[0], found[0][0]) for each in found)
    assert found[0][0].shape == preprocessing.shape
    assert found[0][0].dtype == torch.uint8


def test_an_image_is_decoded_as_in_training(tmp_path: Path) -> None:
    file = saved(tmp_path, noise(3, 20, 31))
    (found,) = stored(file, GREY)
    assert torch.equal(found, decode_one("x", file, [8, 8], grayscale=True))
    (middle,) = stored(file, CROPPED)
    scaled = decode_one("x", file, [10])
    assert scaled.shape == (3, 10, 15)
    assert torch.equal(middle, scaled[:, 1:9, 4:12])


def test_one_channel_becomes_three_equal_ones_and_transparency_is_left_out(tmp_path: Path) -> None:
    (grey,) = stored(noise(1, 8, 8), RGB)
    assert torch.equal(grey, noise(1, 8, 8).expand(3, -1, -1))
    rgba = np.full((8, 8, 4), (10, 20, 30, 0), np.uint8)
    (opaque,) = stored(Image.fromarray(rgba, "RGBA"), RGB)
    assert opaque[:, 0, 0].tolist() == [10, 20, 30]


def test_lists_and_batches_keep_their_order(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "below/c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        saved(tmp_path, noise(3, 8, 8), name)
    (tmp_path / "notes.txt").write_text("no image")
    batch = noise(2, 3, 8, 8)
    found = listed([batch, tmp_path, batch[1]])
    assert [each.name for each in found[2:5]] == ["a.JPG", "b.png", "c.png"]
    assert torch.equal(torch.stack([found[0], found[1], found[5]]), batch[[0, 1, 1]])


def test_vectors_are_taken_as_they_are() -> None:
    vectors = torch.randn(3, 1, 1, 8)
    assert torch.equal(torch.stack(stored(vectors, VECTORS)), vectors)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (
            noise(2, 8, 8),
            "a tensor (2, 8, 8) is no image; give (C, H, W) or (N, C, H, W) with 1 or 3 channels",
        ),
        (noise(8, 8), "a tensor (8, 8) is no image"),
        (torch.full((3, 8, 8), 1.5), "give uint8 from 0 to 255, or floats from 0 to 1"),
        (torch.full((3, 8, 8), float("nan")), "give uint8 from 0 to 255, or floats from 0 to 1"),
        (torch.zeros(3, 8, 8, dtype=torch.int64), "a tensor of torch.int64 from 0 to 0"),
        (3, "int is no image; give a tensor, an image of Pillow's, the path of a file or folder, or a list"),
        (Image.new("I;16", (8, 8)), "it has more than 8 bits a pixel"),
        ("no/such.png", "no/such.png: there is no such file or folder"),
    ],
)
def test_what_is_no_image_is_one_line(image: Any, said: str) -> None:
    with pytest.raises(DatasetError, match=re.escape(said)) as error:
        stored([image], RGB)
    assert "\n" not in str(error.value)


def test_a_broken_file_is_one_line(tmp_path: Path) -> None:
    file = saved(tmp_path, noise(3, 20, 20))
    file.write_bytes(file.read_bytes()[:60])
    with pytest.raises(DatasetError, match=re.escape(f"{file} is no readable image: ")):
        stored(file, RGB)
    with Image.open(file) as picture, pytest.raises(DatasetError, match="one cannot be read: "):
        stored(picture, RGB)


def test_a_folder_without_images_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"the folder holds no image; allowed are \.bmp, "):
        listed(tmp_path)


def test_vectors_of_another_length_are_one_line() -> None:
    with pytest.raises(DatasetError, match=re.escape("vectors of 8 numbers, not (1, 1, 7)")):
        stored(torch.randn(3, 1, 1, 7), VECTORS)
    with pytest.raises(DatasetError, match="vectors of 8 numbers, not PosixPath"):
        stored([Path(__file__)], VECTORS)
