"""What a network sees of stored images: batches of pixels of one size, on its device."""

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

import torch
from torch import Tensor

from trainers.config import TrainConfig
from trainers.data.augmentation import Transform, seeded
from trainers.data.datasets.files.image_files import ImageFiles
from trainers.data.datasets.image_set import Stored
from trainers.data.loading import load
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
        transform = self.augmentation.training() if self.augmentation else None
        chance = generator(derive(self._seed, "augmentation", epoch))
        seeds = [torch.randint(2**62, (len(batch),), generator=chance).tolist() for batch in batches]
        if isinstance(images, ImageFiles):
            decode = images.original if transform else images.squeezed
            yield from self._decoded(decode, transform, batches, seeds)
        else:
            for batch, own in zip(batches, seeds, strict=True):
                pixels = images[batch].to(self.device)
                yield torch.stack(list(map(seeded, repeat(transform), pixels, own))) if transform else pixels

    def evaluation(self, images: Stored) -> Iterator[Tensor]:
        """Yield all images in order, (B, C, H, W), a batch at a time, without any chance.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        transform = self.augmentation.evaluation() if self.augmentation else None
        parts = torch.split(torch.arange(len(images)), at_once(images))
        if isinstance(images, ImageFiles):
            decode = images.scaled if transform else images.squeezed
            yield from self._decoded(decode, transform, parts, [[0] * len(part) for part in parts])
        else:
            for part in parts:
                pixels = images[part].to(self.device)
                yield transform(pixels) if transform else pixels

    def _decoded(
        self,
        decode: Callable[[int], Tensor],
        transform: Transform | None,
        batches: Sequence[Tensor],
        seeds: Sequence[Sequence[int]],
    ) -> Iterator[Tensor]:
        wanted = [
            list(zip(batch.tolist(), own, strict=True)) for batch, own in zip(batches, seeds, strict=True)
        ]
        for pixels in load(decode, transform, wanted, self._workers):
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
        chosen = order[:SAMPLE].sort().values
        wanted = [[(index, 0)] for index in chosen.tolist()]
        return torch.cat(list(load(images.squeezed, None, wanted, self._workers)))
