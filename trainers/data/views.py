"""What a network sees of stored images: batches of pixels of one size, on its device."""

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from trainers.config import TrainConfig
from trainers.data.augmentation import Augmentation
from trainers.data.datasets.files.image_files import ImageFiles
from trainers.data.datasets.image_set import Stored
from trainers.data.loading import Picture, load
from trainers.data.resized_crops import CHANCES
from trainers.training.seeding import derive, generator

MOST_IMAGES, MOST_PIXELS = 1024, 2**22
SAMPLE = 512


def at_once(images: Stored) -> int:
    """Return how many images (N, C, H, W) go through a network together where nothing is learnt."""
    _, _, height, width = images.shape
    return at_once_of(height, width)


def at_once_of(height: int, width: int) -> int:
    """Return how many images of a size go through a network together where nothing is learnt."""
    return max(1, min(MOST_IMAGES, MOST_PIXELS // (height * width)))


class Views:
    """Batches of images, whether they lie in memory or in files, augmented or as they are.

    The two give the same batches of the same images, wherever files hold squares of ``dataset.image_size``.

    Attributes:
        augmentation: how training images are changed at random; None if they are not.
        device: where batches go.
    """

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        self.augmentation = config.augmentation
        self.device = device
        self._seed = config.seed
        self._workers = config.loader_workers

    def shape(self, image_shape: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return channels, height and width of a view of images of a shape.

        Raises:
            ConfigError: the augmentation does not suit them.
        """
        return self.augmentation.shape(image_shape) if self.augmentation else image_shape

    def near(self, images: Stored) -> Stored:
        """Return the images on the device, where many batches of them are wanted; files stay files."""
        return images if isinstance(images, ImageFiles) else images.to(self.device)

    def training(self, images: Stored, batches: Sequence[Tensor], epoch: int) -> Iterator[Tensor]:
        """Yield the images of each batch of indices, (B, C, H, W), changed at random.

        What chance does depends on the training's seed, the epoch's number and the batches only.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        sizes = [len(batch) for batch in batches]
        chance = generator(derive(self._seed, "augmentation", epoch))
        numbers = torch.rand(sum(sizes), CHANCES if self.augmentation else 0, generator=chance)
        chances = torch.split(numbers, sizes)
        if isinstance(images, ImageFiles):
            yield from self._decoded(partial(_augmented, images, self.augmentation), batches, chances)
            return
        # All positions go to the device at once: a batch of them would have to be waited for.
        positions = torch.split(torch.cat(list(batches)).to(images.device), sizes)
        for batch, own in zip(positions, chances, strict=True):
            pixels = images[batch].to(self.device)
            yield self.augmentation.training(pixels, own) if self.augmentation else pixels

    def evaluation(self, images: Stored) -> Iterator[Tensor]:
        """Yield all images in order, (B, C, H, W), a batch at a time, without any chance.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        parts = torch.split(torch.arange(len(images)), at_once(images))
        if isinstance(images, ImageFiles):
            yield from self._decoded(partial(_middle, images, self.augmentation), parts)
            return
        for part in torch.split(images, at_once(images)):
            pixels = part.to(self.device)
            yield self.augmentation.evaluation(pixels) if self.augmentation else pixels

    def _decoded(
        self, picture: Picture, batches: Sequence[Tensor], chances: Sequence[Tensor] | None = None
    ) -> Iterator[Tensor]:
        none = [torch.empty(len(batch), 0) for batch in batches]
        wanted = [
            list(zip(batch.tolist(), own, strict=True))
            for batch, own in zip(batches, chances or none, strict=True)
        ]
        for pixels in load(picture, wanted, self._workers):
            yield pixels.to(self.device)

    def sample(self, images: Stored) -> Tensor:
        """Return images (N, C, H, W) from which mean and deviation are taken: all in memory, or 512 of files.

        Which files depends on the training's seed only.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        if not isinstance(images, ImageFiles):
            return images
        order = torch.randperm(len(images), generator=generator(derive(self._seed, "statistics")))
        chosen = torch.split(order[:SAMPLE].sort().values, 1)
        return torch.cat(list(self._decoded(partial(_middle, images, None), chosen)))


def _augmented(images: ImageFiles, augmentation: Augmentation | None, index: int, chances: Tensor) -> Tensor:
    if augmentation is None:
        return images.squeezed(index)
    return augmentation.training(images.original(index)[None], chances[None])[0]


def _middle(images: ImageFiles, augmentation: Augmentation | None, index: int, _: Tensor) -> Tensor:
    return augmentation.evaluation(images.scaled(index)) if augmentation else images.squeezed(index)
