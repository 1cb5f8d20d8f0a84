"""The networks from image to embedding, one file each; ``Backbone`` is the union of their configs."""

from typing import Annotated

from pydantic import Field

from trainers.backbones.convnet import ConvNet
from trainers.backbones.googlenet import GoogLeNet
from trainers.backbones.mlp import MLP, Widths
from trainers.backbones.resnet18 import ResNet18
from trainers.backbones.resnet50 import ResNet50
from trainers.backbones.vae_conv import VAEConv
from trainers.backbones.vit_b_32 import ViTB32

Backbone = Annotated[
    MLP | ConvNet | VAEConv | ResNet18 | ResNet50 | GoogLeNet | ViTB32,
    Field(discriminator="name"),
]

__all__ = ["MLP", "Backbone", "ConvNet", "GoogLeNet", "ResNet18", "ResNet50", "VAEConv", "ViTB32", "Widths"]
