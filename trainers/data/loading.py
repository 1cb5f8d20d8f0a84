"""Batches of images that are decoded while the network trains, in processes of their own if wanted."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from trainers.data.augmentation import Transform, seeded
from trainers.errors import DatasetError

Wanted = Sequence[tuple[int, int]]


class _Pictures(Dataset[Tensor | DatasetError]):
    """Decodes a batch at a time: indices and seeds in, pixels (B, C, H, W) out."""

    def __init__(self, decode: Callable[[int], Tensor], transform: Transform | None) -> None:
        self.decode = decode
        self.transform = transform

    def __getitem__(self, wanted: Wanted) -> Tensor | DatasetError:
        try:
            return torch.stack([self._picture(index, seed) for index, seed in wanted])
        except DatasetError as error:
            # Raised in a worker it would reach the user wrapped in the worker's traceback.
            return error

    def _picture(self, index: int, seed: int) -> Tensor:
        image = self.decode(index)
        return seeded(self.transform, image, seed) if self.transform else image


def load(
    decode: Callable[[int], Tensor],
    transform: Transform | None,
    batches: Sequence[Wanted],
    workers: int,
) -> Iterator[Tensor]:
    """Yield the pixels (B, C, H, W) of each batch, in order, the same with any number of workers.

    Args:
        decode: from an index to an image (C, H, W).
        transform: what is done to each image after that.
        batches: indices, each with the seed of the chance in ``transform``.
        workers: processes that decode, each two batches ahead; 0 for this one.

    Raises:
        DatasetError: an image is missing or damaged.
    """
    loader = DataLoader(
        _Pictures(decode, transform),
        sampler=batches,  # an item is a batch
        batch_size=None,
        num_workers=min(workers, len(batches)),
        generator=torch.Generator(),  # torch's global one is the training's
    )
    for pixels in loader:
        if isinstance(pixels, DatasetError):
            raise pixels
        yield pixels
