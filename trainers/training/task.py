"""What a training learns from: images, their splits, and which of them have their label known."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from trainers.config import TrainConfig
from trainers.data.datasets.files.image_files import ImageFiles
from trainers.data.datasets.image_set import ImageSet
from trainers.data.labelling import choose_labelled
from trainers.data.splits import Splits, split


@dataclass(frozen=True)
class Task:
    """A dataset as one training sees it.

    Attributes:
        data: all images.
        splits: which of them train, validate and test.
        labelled: (L,) int64, sorted: the training images whose label is known, by their index in ``data``.
        targets: (L,) int64, their classes, numbered from 0 over the classes of the training split.
        class_count: how many classes the training split has.
    """

    data: ImageSet
    splits: Splits
    labelled: Tensor
    targets: Tensor
    class_count: int

    @classmethod
    def load(cls, config: TrainConfig) -> "Task":
        """Load the data of a config.

        Raises:
            ConfigError: the config does not fit the data.
            DatasetError: the data is missing or damaged.
        """
        data = config.dataset.load()
        splits = split(config.dataset, data)
        labels = data.labels[splits.train]
        chosen = choose_labelled(labels, config.label_percent, config.seed)
        classes, targets = torch.unique(labels, return_inverse=True)
        return cls(data, splits, splits.train[chosen], targets[chosen], len(classes))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Channels, height and width of an image."""
        _, channels, height, width = self.data.images.shape
        return channels, height, width

    def facts(self) -> dict[str, Any]:
        """Return what a model needs to know of its data where they are not, as JSON can hold it."""
        images, names = self.data.images, self.data.class_names
        in_files = isinstance(images, ImageFiles)
        pixels = isinstance(images, ImageFiles) or images.dtype == torch.uint8
        trained = torch.unique(self.data.labels[self.splits.train])
        sizes = {name: len(indices) for name, indices in vars(self.splits).items()}
        return {
            "image_shape": list(self.image_shape),
            "values": "pixels" if pixels else "vectors",
            "in_files": in_files,
            "class_names": list(names),
            "trained_classes": [names[label] for label in trained.tolist()],
            "images": {**sizes, "labelled": len(self.labelled)},
        }
