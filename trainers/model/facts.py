"""What stands in `model.json`: all that has to be known of a model beside its weights."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PositiveInt, ValidationError

from trainers.backbones import Backbone
from trainers.data.augmentation import Augmentation
from trainers.errors import TrainerError
from trainers.specs import Spec, explain

FACTS, WEIGHTS, CONFIG, CARD, ONNX = (
    "model.json",
    "model.safetensors",
    "config.yaml",
    "README.md",
    "model.onnx",
)
"""The files of a model's folder; the last one only if it was asked for."""


class Preprocessing(Spec):
    """From an image to what the network sees; the same as where a training is evaluated.

    Attributes:
        values: ``pixels`` of images, or ``vectors`` of numbers, which are images (1, 1, width).
        channels: 1 for grey images, 3 for RGB.
        height, width: in pixels; what images are resized to.
        resize: ``both_sides`` makes every image height x width, whatever its proportions; ``shorter_side``
            keeps them, for an augmentation that cuts out the middle.
        augmentation: what training changed at random; of it, evaluation takes the middle. None if there is
            none.
    """

    values: Literal["pixels", "vectors"]
    channels: PositiveInt
    height: PositiveInt
    width: PositiveInt
    resize: Literal["both_sides", "shorter_side"]
    augmentation: Augmentation | None

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of what the network sees."""
        stored = (self.channels, self.height, self.width)
        return self.augmentation.shape(stored) if self.augmentation else stored

    @property
    def size(self) -> list[int]:
        """What torchvision's ``resize`` is told."""
        return [self.height, self.width] if self.resize == "both_sides" else [self.height]


class Labels(Spec):
    """The classes of the data.

    Attributes:
        names: of all classes, in the order of their numbers.
        trained: the names of those that the model was trained on.
    """

    names: tuple[str, ...]
    trained: tuple[str, ...]


class Interval(Spec):
    """Mean of some measurements, and half the width of its 95 % interval; None of one measurement."""

    mean: float
    half_width: float | None
    count: PositiveInt


class Confirmed(Spec):
    """What trainings of the same config with fresh seeds were worth on the test split.

    Attributes:
        folds: over how many folds each seed was trained; None for the split of this model.
        seeds: the seeds.
        test, validation: each metric on the two splits.
    """

    folds: PositiveInt | None
    seeds: tuple[int, ...]
    test: dict[str, Interval]
    validation: dict[str, Interval]


class Origin(Spec):
    """Where a model comes from, as far as whoever wrote it knew.

    Attributes:
        source: such as ``trial 3 of study dr-triplet-digits``.
        params: what was searched, and the values that this training had.
        trainings: how many trainings of the config its source had; this model is the first.
        confirmed: what others of the same config were worth on the test split.
        device_name, versions, git_commit: on what and with what it was trained.
    """

    source: str
    params: dict[str, Any] = Field(default_factory=dict)
    trainings: PositiveInt = 1
    confirmed: tuple[Confirmed, ...] = ()
    device_name: str | None = None
    versions: dict[str, str] = Field(default_factory=dict)
    git_commit: str | None = None


class ModelFacts(Spec):
    """A model without its weights.

    Attributes:
        format: of this file.
        weights_sha256: of the file with the weights.
        backbone: the network.
        outputs: how many numbers the network gives an image; twice ``lsdim`` where it has a posterior.
        lsdim: dimensions of an embedding.
        on_sphere: whether embeddings are compared on the unit sphere.
        preprocessing: from an image to what the network sees, but for mean and deviation, which are weights.
        labels: the classes.
        images: how many the training's splits have, and how many labels were known.
        seed: of the training.
        epoch: of how many, whose weights these are: the best in the monitored metric.
        metrics: of that epoch, on the validation split.
        origin: where the model comes from.
    """

    format: Literal[1] = 1
    weights_sha256: str
    backbone: Backbone
    outputs: PositiveInt
    lsdim: PositiveInt
    on_sphere: bool
    preprocessing: Preprocessing
    labels: Labels
    images: dict[str, int]
    seed: int
    epoch: PositiveInt
    metrics: dict[str, float]
    origin: Origin

    @classmethod
    def read(cls, folder: Path) -> "ModelFacts":
        """Return the facts in a model's folder.

        Raises:
            TrainerError: they are missing, damaged or of another version.
        """
        file = folder / FACTS
        written: Any = None
        try:
            written = json.loads(file.read_bytes())
            return cls.model_validate(written)
        except ValidationError as error:
            why = explain(error, written).splitlines()[0]
            raise TrainerError(
                f"{file}: is no model of this version ({why}); write it again, or use the version that did"
            ) from error
        except (OSError, ValueError, RecursionError) as error:
            raise TrainerError(f"{file}: cannot be read ({error}); name the folder of a model") from error
