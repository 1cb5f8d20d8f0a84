"""The first of the inception networks."""

from typing import Literal

from torch import nn

from trainers.backbones.pooling import Pooling, pooled, refuse_small
from trainers.backbones.torchvision_network import TorchvisionSpec


class GoogLeNet(TorchvisionSpec):
    """22 layers of parallel convolutions (Szegedy et al., CVPR 2015); 6 million weights.

    With batch normalisation, without the auxiliary classifiers and the dropout. The published weights expect
    pixels between -1 and 1; torchvision's network brings them there by itself.

    Attributes:
        pooling: how the last map becomes a row: the mean of each channel (1024 numbers), or the mean and the
            largest value (twice as many).
    """

    name: Literal["googlenet"] = "googlenet"
    pooling: Pooling = "mean"

    def trunk(self, input_shape: tuple[int, int, int]) -> tuple[nn.Module, int]:
        """Return the network without its classifier, images (B, 3, H, W) to (B, F), and F.

        Raises:
            ConfigError: the images are smaller than 16x16.
        """
        from torchvision.models import googlenet

        refuse_small(self.name, input_shape)
        network = googlenet(
            aux_logits=False, dropout=0.0, transform_input=self.pretrained, init_weights=not self.pretrained
        )
        return pooled(network, self.pooling)
