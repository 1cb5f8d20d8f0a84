"""The validation split as the figures see it: embeddings, classes, pictures."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from trainers.data.datasets.files.image_files import ImageFiles
from trainers.data.datasets.image_set import ImageSet
from trainers.losses.functional.metric_space import in_metric_space
from trainers.training.seeding import generator
from trainers.training.trainer import Trainer


@dataclass(frozen=True)
class ValidationSplit:
    """Validation images, or some of them.

    Attributes:
        data: the dataset that they are of.
        indices: (N,) int64, which images of the dataset.
        embeddings: (N, D) float32 on the CPU, as the network gives them.
        normalize: whether the loss, and so the evaluation, puts embeddings on the unit sphere.
    """

    data: ImageSet
    indices: Tensor
    embeddings: Tensor
    normalize: bool

    @classmethod
    def of(cls, trainer: Trainer) -> "ValidationSplit":
        """Embed the validation split with the weights that a trainer holds."""
        data, indices = trainer.task.data, trainer.task.splits.validation
        embeddings = trainer.learner.embed(data.images[indices]).cpu()
        return cls(data, indices, embeddings, trainer.config.loss.geometry.on_sphere)

    def sample(self, count: int, seed: int) -> "ValidationSplit":
        """Return ``count`` of the images in their order, drawn evenly; all of them if there are no more."""
        order = torch.randperm(len(self.indices), generator=generator(seed))
        chosen = order[:count].sort().values
        return replace(self, indices=self.indices[chosen], embeddings=self.embeddings[chosen])

    @property
    def labels(self) -> Tensor:
        """The class of every image, (N,) int64, an index into the dataset's class names."""
        return self.data.labels[self.indices]

    @property
    def points(self) -> Tensor:
        """The embeddings in the metric space of the evaluation, (N, D) float64."""
        return in_metric_space(self.embeddings.double(), on_sphere=self.normalize)

    @property
    def has_pictures(self) -> bool:
        """Whether the data are pixels, not vectors."""
        return isinstance(self.data.images, ImageFiles) or not self.data.images.is_floating_point()

    def pictures(self, positions: Tensor) -> Tensor:
        """Return the images (n, C, H, W) uint8 at positions (n,) of this split; files at ``image_size``."""
        images = self.data.images[self.indices[positions]]
        if isinstance(images, Tensor):
            return images
        return torch.stack([images.squeezed(index) for index in range(len(images))])
