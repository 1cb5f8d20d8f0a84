"""The gallery: frames and pictures against neighbours found by a slow loop."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from trainers.data.datasets.image_set import ImageSet
from trainers.figures.gallery import NEIGHBOURS, QUERIES, RIGHT, WRONG, gallery
from trainers.figures.neighbours import choose_queries, nearest
from trainers.figures.sheet import FRAME_PX, MOST_PX, QUERY, picture_size, tile_corner
from trainers.figures.validation import ValidationSplit
from trainers.training.seeding import derive, generator


def frame(image: Image.Image, row: int, column: int, size: tuple[int, int]) -> Any:
    x, y = tile_corner(row, column, size)
    width, height = size
    far = (x + width + 2 * FRAME_PX - 1, y + height + 2 * FRAME_PX - 1)
    (colour,) = {image.getpixel(place) for place in ((x, y), far, (x, far[1]), (x + FRAME_PX - 1, y + 20))}
    return colour


def slow_neighbours(points: list[list[float]], labels: list[int], query: int) -> list[int]:
    found = []
    for other, point in enumerate(points):
        if other != query:
            squares = sum((a - b) ** 2 for a, b in zip(point, points[query], strict=True))
            found.append((squares, labels[other] == labels[query], other))
    return [other for _, _, other in sorted(found)]


@pytest.mark.parametrize("normalize", [True, False])
def test_frames_and_pictures_are_those_of_a_slow_search(trained: Any, normalize: bool) -> None:
    loss = {"name": "triplet", "margin": 0.2, "normalize": normalize}
    trainer = trained(loss=loss)
    validation = ValidationSplit.of(trainer)
    image = gallery(validation, 5)
    data, indices = trainer.task.data, trainer.task.splits.validation
    points = trainer.learner.embed(data.images[indices]).double()
    if normalize:
        points = points / points.norm(dim=1, keepdim=True)
    labels = data.labels[indices].tolist()
    colours = set()
    size = picture_size(8, 8)
    assert size == (96, 96)
    for row, query in enumerate(choose_queries(validation.labels, QUERIES, derive(5, "queries")).tolist()):
        found = [query, *slow_neighbours(points.tolist(), labels, query)[:NEIGHBOURS]]
        assert len(found) == NEIGHBOURS + 1
        for column, position in enumerate(found):
            expected = (RIGHT if labels[position] == labels[query] else WRONG) if column else QUERY
            assert frame(image, row, column, size) == expected
            colours.add(expected)
            x, y = tile_corner(row, column, size)
            for i in range(8):
                for j in range(8):
                    grey = int(data.images[indices[position], 0, i, j])
                    middle = (x + FRAME_PX + 12 * j + 6, y + FRAME_PX + 12 * i + 6)
                    assert image.getpixel(middle) == (grey, grey, grey)
    assert colours == {QUERY, RIGHT, WRONG}


def test_queries_are_of_different_classes_as_far_as_there_are() -> None:
    labels = torch.tensor([0] * 40 + [1] * 5 + [2] + [3] * 2)
    for seed in range(20):
        found = labels[choose_queries(labels, 3, seed)].tolist()
        assert sorted(found) == [0, 1, 3]
        assert sorted(labels[choose_queries(labels, 7, seed)].tolist()) == [0, 0, 0, 1, 1, 3, 3][:7] or (
            sorted(labels[choose_queries(labels, 7, seed)].tolist()) == [0, 0, 1, 1, 1, 3, 3]
        )
    assert len({tuple(choose_queries(labels, 3, seed).tolist()) for seed in range(20)}) > 10


@given(st.lists(st.integers(0, 4), min_size=2, max_size=30), st.integers(0, 9), st.integers(0, 2**32 - 1))
def test_queries_are_no_lone_images_and_as_many_as_there_are(
    labels: list[int], count: int, seed: int
) -> None:
    found = choose_queries(torch.tensor(labels), count, seed).tolist()
    able = [position for position, label in enumerate(labels) if labels.count(label) > 1]
    assert len(set(found)) == len(found) == min(count, len(able))
    assert set(found) <= set(able)
    asked = [[labels[position] for position in found].count(label) for label in {labels[p] for p in able}]
    # A class is behind another only if it has no image left.
    for label, times in zip({labels[p] for p in able}, asked, strict=True):
        assert times >= min(max(asked) - 1, labels.count(label))


def pictures(images: torch.Tensor, embeddings: torch.Tensor, labels: list[int]) -> ValidationSplit:
    names = tuple(f"a class with a very long name indeed {label}" for label in range(max(labels) + 1))
    data = ImageSet(images, torch.tensor(labels), names)
    return ValidationSplit(data, torch.arange(len(labels)), embeddings, normalize=False)


def test_at_one_distance_wrong_ones_come_first_and_the_query_is_left_out_by_its_place() -> None:
    images = torch.zeros(6, 1, 4, 4, dtype=torch.uint8)
    collapsed = pictures(images, torch.full((6, 3), 0.1), [0, 0, 1, 0, 1, 1])
    assert nearest(collapsed, 0, 9).tolist() == [2, 4, 5, 1, 3]
    assert nearest(collapsed, 4, 3).tolist() == [0, 1, 3]


def test_a_small_split_of_colours_has_a_small_gallery() -> None:
    images = torch.randint(0, 256, (3, 3, 10, 20), dtype=torch.uint8, generator=generator(0))
    made = gallery(pictures(images, torch.tensor([[0.0], [1.0], [5.0]]), [0, 0, 1]), 0)
    size = picture_size(10, 20)
    assert size == (100, 50)
    assert made.size == tile_corner(2, 3, size)
    assert [frame(made, 0, column, size) for column in range(3)] == [QUERY, RIGHT, WRONG]
    x, y = tile_corner(0, 2, size)
    corner = tuple(images[2, :, 0, 0].tolist())
    assert made.getpixel((x + FRAME_PX, y + FRAME_PX)) == corner


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_pictures_are_of_a_readable_size(height: int, width: int) -> None:
    across, down = picture_size(height, width)
    assert 64 <= max(across, down) <= MOST_PX
    if max(height, width) <= MOST_PX:
        assert across % width == 0
        assert down * width == across * height
    else:
        assert max(across, down) == MOST_PX


def test_large_pictures_are_made_smaller() -> None:
    images = torch.full((3, 3, 500, 300), 77, dtype=torch.uint8)
    made = gallery(pictures(images, torch.tensor([[0.0], [1.0], [5.0]]), [0, 0, 1]), 0)
    x, y = tile_corner(1, 1, picture_size(500, 300))
    assert made.getpixel((x + FRAME_PX + 60, y + FRAME_PX + 100)) == (77, 77, 77)
