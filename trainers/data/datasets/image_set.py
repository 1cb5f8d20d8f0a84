"""Images with their classes, and what every dataset's config has."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, NonNegativeInt, model_validator
from torch import Tensor

from trainers.data.datasets.files.image_files import ImageFiles
from trainers.specs import MethodSpec, Mistake, refuse

Stored = Tensor | ImageFiles


@dataclass(frozen=True)
class ImageSet:
    """Images with their classes.

    Attributes:
        images: (N, C, H, W) uint8; or (N, 1, 1, D) float32, which are no images but vectors of D numbers; or
            files that stay on disk, for which indices (M,) and ``shape`` do the same.
        labels: (N,) int64, an index into class_names.
        class_names: one name a class.
        own_test: how many of the last images are the test split that the dataset itself defines; 0 if it has
            none.
        own_test_classes: how many of the last classes are the test split that the dataset is known by, when
            it is split by classes; 0 if it has none.
    """

    images: Stored
    labels: Tensor
    class_names: tuple[str, ...]
    own_test: int = 0
    own_test_classes: int = 0


class DatasetSpec(MethodSpec):
    """How a dataset is split. Each dataset adds ``check()``, quick, and ``load()``, slow once a process.

    Attributes:
        split_by: ``samples`` puts images of every class into every split; ``classes`` gives each split
            classes of its own, so that evaluation meets classes that were never trained.
        unseen_classes: the names of classes that are never trained, in place of classes drawn by chance; only
            when it is split by classes. Of their images validation_percent are the validation split; the test
            split are the dataset's own test images of them, or test_percent of their images.
        split_seed: picks the split; apart from the training's seed, so that seeds are compared on one split.
        validation_percent: share of the images, or of the classes, on which training is evaluated. Where the
            dataset has test images or classes of its own it is a share of the others.
        test_percent: share that is kept for the very end; ignored where the dataset has test images, or
            classes, of its own.
    """

    split_by: Literal["samples", "classes"] = "samples"
    unseen_classes: tuple[str, ...] = ()
    split_seed: NonNegativeInt = 0
    validation_percent: float = Field(default=20.0, gt=0, lt=100)
    test_percent: float = Field(default=20.0, gt=0, lt=100)

    @model_validator(mode="after")
    def _splits(self) -> "DatasetSpec":
        refuse(self._about_splits())
        return self

    def _about_splits(self) -> Iterator[Mistake]:
        if self.validation_percent + self.test_percent >= 100:
            given = "test_percent" if "test_percent" in self.model_fields_set else "validation_percent"
            yield (
                given,
                f"validation_percent {self.validation_percent:g} and test_percent {self.test_percent:g} "
                "leave nothing to train on; their sum has to be under 100",
            )
        if self.unseen_classes and self.split_by != "classes":
            yield (
                "unseen_classes",
                f"are given, and split_by: {self.split_by} trains every class; "
                "set split_by: classes or remove them",
            )
