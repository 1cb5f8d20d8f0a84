"""Images with their classes, and what every dataset's config has."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import Field, NonNegativeInt, SerializerFunctionWrapHandler, model_serializer, model_validator
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


@dataclass(frozen=True)
class DataSize:
    """What is known of a dataset's size before it is read.

    Attributes:
        images: how many it has; no release has more.
        classes: how many they are of.
        own_test_classes: how many of these are the test split, where it is split by classes.
    """

    images: int
    classes: int
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
        folds: into how many parts the classes that are not tested are cut, for cross-validation; only when it
            is split by classes that are drawn. validation_percent is ignored then.
        fold: which of these parts is the validation split, from 0; the others are trained. split_seed alone
            cuts them, so all folds have one test split.
    """

    KNOWN_SIZE: ClassVar[DataSize | None] = None

    split_by: Literal["samples", "classes"] = "samples"
    unseen_classes: tuple[str, ...] = ()
    split_seed: NonNegativeInt = 0
    validation_percent: float = Field(default=20.0, gt=0, lt=100)
    test_percent: float = Field(default=20.0, gt=0, lt=100)
    folds: int | None = Field(default=None, ge=2)
    fold: NonNegativeInt = 0

    def size(self) -> DataSize | None:
        """Return what is known of its size; None if that is nothing before it is read."""
        return self.KNOWN_SIZE

    @property
    def trained_classes(self) -> int | None:
        """How many classes the training split has; None if that is not known before the data are read."""
        size = self.size()
        if size is None:
            return None
        if self.split_by == "samples":
            return size.classes
        if self.unseen_classes:
            return size.classes - len(self.unseen_classes)
        untested = self._untested(size.classes, size.own_test_classes)
        if self.folds:
            return untested - untested // self.folds - (self.fold < untested % self.folds)
        return untested - round((size.classes - size.own_test_classes) * self.validation_percent / 100)

    def too_many_folds(self, classes: int, own_test_classes: int = 0) -> str | None:
        """Return why so many classes cannot be cut into the folds, or None: each part needs two."""
        untested = self._untested(classes, own_test_classes)
        if self.folds is None or untested // self.folds >= 2:
            return None
        return (
            f"{self.folds} folds of the {untested} classes that are not tested have fewer than two classes "
            f"each; at most {untested // 2} can be cut"
        )

    def _untested(self, classes: int, own_test_classes: int) -> int:
        return classes - (own_test_classes or round(classes * self.test_percent / 100))

    @model_serializer(mode="wrap")
    def _without_folds(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write no key about folds where there are none: states are told apart by their config's text."""
        data: dict[str, Any] = written(self)
        if self.folds is None:
            data.pop("folds", None)
            data.pop("fold", None)
        return data

    @model_validator(mode="after")
    def _splits(self) -> "DatasetSpec":
        refuse(self._about_splits())
        return self

    def _about_splits(self) -> Iterator[Mistake]:
        if self.folds is None and self.validation_percent + self.test_percent >= 100:
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
        if self.folds is None:
            if self.fold:
                yield "fold", f"{self.fold} is given without folds, which says how many there are; add it"
            return
        if self.fold >= self.folds:
            yield "fold", f"{self.fold}: must be below the {self.folds} of folds; the first is 0"
        if self.split_by != "classes":
            yield (
                "folds",
                f"{self.folds} folds are of classes, and split_by: {self.split_by} puts every class into "
                "every split; set split_by: classes or remove them",
            )
        if self.unseen_classes:
            yield (
                "folds",
                "are of classes that are drawn, and unseen_classes names them; remove one of the two",
            )
        size = self.size()
        if size is not None and (why := self.too_many_folds(size.classes, size.own_test_classes)):
            yield "folds", why
