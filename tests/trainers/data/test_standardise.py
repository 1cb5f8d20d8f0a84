import pytest
import torch

from trainers.data.standardise import Standardise


def test_training_images_get_mean_0_and_variance_1_a_channel() -> None:
    images = torch.randint(0, 256, (50, 3, 4, 4), dtype=torch.uint8)
    images[:, 1] = images[:, 1] // 4 + 90
    result = Standardise.of(images)(images)
    torch.testing.assert_close(result.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(result.std((0, 2, 3), correction=0), torch.ones(3), atol=1e-5, rtol=0)


def test_a_channel_that_never_changes_is_centred() -> None:
    images = torch.full((5, 1, 2, 2), 77, dtype=torch.uint8)
    torch.testing.assert_close(Standardise.of(images)(images), torch.zeros(5, 1, 2, 2), atol=1e-6, rtol=0)


def test_the_scale_is_part_of_the_weights() -> None:
    images = torch.randint(0, 256, (9, 1, 2, 2), dtype=torch.uint8)
    assert set(Standardise.of(images).state_dict()) == {"mean", "std"}


def test_pixels_may_only_be_brought_into_the_unit_interval() -> None:
    pixels = torch.tensor([[0, 51, 255]], dtype=torch.uint8)[:, None, None]
    assert Standardise.as_stored(pixels)(pixels).flatten().tolist() == pytest.approx([0, 0.2, 1])
    vectors = torch.tensor([[-3.0, 0.5, 700]])[:, None, None]
    assert Standardise.as_stored(vectors)(vectors).flatten().tolist() == pytest.approx([-3, 0.5, 700])
