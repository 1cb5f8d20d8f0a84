"""A vision transformer that looks at patches of 32x32 pixels."""

from collections import OrderedDict
from math import isqrt
from typing import Literal

from torch import Tensor, nn

from trainers.backbones.torchvision_network import TorchvisionSpec
from trainers.errors import ConfigError

PATCH = 32
POSITIONS = "encoder.pos_embedding"


class ViTB32(TorchvisionSpec):
    """12 layers of attention between patches (Dosovitskiy et al., ICLR 2021); 88 million weights.

    The head reads the class token, as the paper's classifier does (768 numbers). Given weights for images of
    another size have their position embeddings interpolated.

    Attributes:
        frozen: what training leaves as it is: ``none``, or ``backbone``; there is no batch normalisation.
    """

    name: Literal["vit_b_32"] = "vit_b_32"
    frozen: Literal["none", "backbone"] = "none"

    def trunk(self, input_shape: tuple[int, int, int]) -> tuple[nn.Module, int]:
        """Return the network without its classifier, images (B, 3, H, W) to (B, F), and F.

        Raises:
            ConfigError: the images are not square, or their side is no multiple of 32 pixels.
        """
        from torchvision.models import vit_b_32

        _, height, width = input_shape
        if height != width or height % PATCH:
            raise ConfigError(
                f"backbone: vit_b_32 wants square images whose side is a multiple of {PATCH} pixels; these "
                f"have {height}x{width}; set dataset.image_size or augmentation.crop to such a size"
            )
        network = vit_b_32(image_size=height)
        network.heads = nn.Identity()
        return network, network.hidden_dim

    def adapted(self, state: dict[str, Tensor], input_shape: tuple[int, int, int]) -> dict[str, Tensor]:
        """Return published weights with a position embedding for every patch of such images."""
        from torchvision.models.vision_transformer import interpolate_embeddings

        positions = state.get(POSITIONS)
        if positions is None or positions.ndim != 3 or not _is_square(positions.shape[1] - 1):
            return state  # of another network, which is said when it is fitted
        return dict(interpolate_embeddings(input_shape[1], PATCH, OrderedDict(state)))


def _is_square(number: int) -> bool:
    return isqrt(number) ** 2 == number
