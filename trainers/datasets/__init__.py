"""The datasets, one file each; ``Dataset`` is the union of their configs, told apart by ``name``."""

from typing import Annotated

from pydantic import Field

from trainers.datasets.digits import Digits
from trainers.datasets.image_folder import ImageFolder
from trainers.datasets.image_set import ImageSet
from trainers.datasets.mnist import Mnist

Dataset = Annotated[Digits | Mnist | ImageFolder, Field(discriminator="name")]

__all__ = ["Dataset", "Digits", "ImageFolder", "ImageSet", "Mnist"]
