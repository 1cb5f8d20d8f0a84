"""Batches of images that are decoded while the network trains, in processes of their own if wanted."""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from trainers.errors import DatasetError

Wanted = Sequence[tuple[int, Tensor]]
Picture = Callable[[int, Tensor], Tensor]


class _Pictures(Dataset[Tensor | DatasetError]):
    """Decodes a batch at a time: indices and chances in, pixels (B, C, H, W) out."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture

    def __getitem__(self, wanted: Wanted) -> Tensor | DatasetError:
        try:
            return torch.stack([self.picture(index, chances) for index, chances in wanted])
        except DatasetError as error:
            # Raised in a worker it would reach the user wrapped in the worker's traceback.
            return error


def load(picture: Picture, batches: Sequence[Wanted], workers: int) -> Iterator[Tensor]:
    """Yield the pixels (B, C, H, W) of each batch, in order, the same with any number of workers.

    Args:
        picture: from an index and its chances to an image (C, H, W); it travels to other processes.
        batches: indices, each with its chances.
        workers: processes that decode, each two batches ahead; 0 for this one.

    Raises:
        DatasetError: an image is missing or damaged.
    """
    loader = DataLoader(
        _Pictures(picture),
        sampler=batches,  # an item is a batch
        batch_size=None,
        num_workers=min(workers, len(batches)),
        generator=torch.Generator(),  # torch's global one is the training's
    )
    for pixels in loader:
        if isinstance(pixels, DatasetError):
            raise pixels
        yield pixels
