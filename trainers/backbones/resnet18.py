"""A residual network of 18 layers."""

from typing import Literal

from torch import nn

from trainers.backbones.pooling import Pooling, pooled, refuse_small
from trainers.backbones.torchvision_network import TorchvisionSpec


class ResNet18(TorchvisionSpec):
    """18 layers with shortcuts (He et al., CVPR 2016); 11 million weights.

    Attributes:
        pooling: how the last map becomes a row: the mean of each channel (512 numbers), or the mean and the
            largest value (twice as many).
    """

    name: Literal["resnet18"] = "resnet18"
    pooling: Pooling = "mean"

    def trunk(self, input_shape: tuple[int, int, int]) -> tuple[nn.Module, int]:
        """Return the network without its classifier, images (B, 3, H, W) to (B, F), and F.

        Raises:
            ConfigError: the images are smaller than 16x16.
        """
        from torchvision.models import resnet18

        refuse_small(self.name, input_shape)
        return pooled(resnet18(), self.pooling)
