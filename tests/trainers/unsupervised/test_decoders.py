"""What every decoder in the union has to keep."""

from typing import Any

import pytest
import torch

from trainers.unsupervised.decoders import SpatialBroadcastDecoder


@pytest.mark.parametrize("shape", [(1, 8, 8), (1, 28, 28), (3, 32, 32), (3, 5, 7)])
def test_draws_images_of_any_size_with_pixels_in_0_1(decoder_type: Any, shape: tuple[int, int, int]) -> None:
    torch.manual_seed(0)
    decoder = decoder_type().build(4, torch.zeros(2, *shape, dtype=torch.uint8))
    latents = torch.randn(3, 4, requires_grad=True)
    images = decoder(latents)
    assert images.shape == (3, *shape)
    assert ((images > 0) & (images < 1)).all()
    images.sum().backward()
    assert latents.grad is not None
    assert (latents.grad.abs().sum(1) > 0).all()
    assert all(parameter.grad is not None for parameter in decoder.parameters())


def test_begins_as_bright_as_the_training_images(decoder_type: Any) -> None:
    torch.manual_seed(0)
    brightness = torch.tensor([0.0, 0.1, 0.9, 1.0])
    images = (brightness * 255).to(torch.uint8)[None, :, None, None].expand(2, -1, 8, 8)
    drawn = decoder_type().build(4, images)(torch.randn(100, 4))
    assert torch.allclose(drawn.mean((0, 2, 3)), brightness, atol=0.05)


def test_a_broadcast_latent_knows_its_place() -> None:
    first = SpatialBroadcastDecoder().build(2, torch.zeros(1, 1, 2, 3))[0]  # type: ignore[index]
    (image,) = first(torch.tensor([[5.0, 7.0]]))
    assert image[0].tolist() == [[5] * 3] * 2
    assert image[1].tolist() == [[7] * 3] * 2
    assert image[2].tolist() == [[-1] * 3, [1] * 3]
    assert image[3].tolist() == [[-1, 0, 1]] * 2
