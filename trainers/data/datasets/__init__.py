"""The datasets, one file each; ``Dataset`` is the union of their configs, told apart by ``name``."""

from typing import Annotated

from pydantic import Field

from trainers.data.datasets.cars196 import Cars196
from trainers.data.datasets.cifar10 import Cifar10
from trainers.data.datasets.cub200 import Cub200
from trainers.data.datasets.digits import Digits
from trainers.data.datasets.fashion_mnist import FashionMnist
from trainers.data.datasets.image_folder import ImageFolder
from trainers.data.datasets.image_set import ImageSet
from trainers.data.datasets.mnist import Mnist
from trainers.data.datasets.organamnist import OrganAMnist
from trainers.data.datasets.synthetic import Synthetic

Dataset = Annotated[
    Digits | Mnist | ImageFolder | FashionMnist | Cifar10 | OrganAMnist | Cub200 | Cars196 | Synthetic,
    Field(discriminator="name"),
]

__all__ = [
    "Cars196",
    "Cifar10",
    "Cub200",
    "Dataset",
    "Digits",
    "FashionMnist",
    "ImageFolder",
    "ImageSet",
    "Mnist",
    "OrganAMnist",
    "Synthetic",
]
