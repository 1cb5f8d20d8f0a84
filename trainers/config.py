"""The config of one training, with no value left open."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, ValidationError, field_validator, model_validator

from formats.problems import FormatError, problem_lines
from formats.validation import problems_of
from formats.yaml.file import YamlFile
from formats.yaml.overrides import apply_overrides
from trainers.backbones import MLP, Backbone
from trainers.data.augmentation import Augmentation
from trainers.data.batch_samplers import BatchSampler, ClassSampler, TripletSampler
from trainers.data.datasets import Dataset
from trainers.data.labelling import FEWEST
from trainers.diagnostics.health import Verdict
from trainers.errors import ConfigError
from trainers.evaluation.metrics import METRICS, OF_METRIC_LOSS, OPTIONAL, Direction
from trainers.evaluation.spec import EvaluationSpec
from trainers.losses import Loss
from trainers.losses.contract.mined import MinedLoss
from trainers.specs import Mistake, Spec, nearest, refuse
from trainers.training.optimizers import Adam, Optimizer
from trainers.unsupervised import Unsupervised


class Monitor(Spec):
    """The metric by which epochs are compared.

    Attributes:
        metric: a key of ``METRICS``.
        direction: which way is better; the metric's own way if only the metric is given.
    """

    metric: str = "map_at_r"
    direction: Direction = "maximize"

    @model_validator(mode="before")
    @classmethod
    def _own_direction(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "direction" not in data and data.get("metric") in tuple(METRICS):
            return {**data, "direction": METRICS[data["metric"]]}
        return data

    @field_validator("metric")
    @classmethod
    def _known(cls, metric: str) -> str:
        if metric not in METRICS:
            raise ValueError(
                f"unknown metric {metric}{nearest(metric, METRICS)}; allowed: {', '.join(METRICS)}"
            )
        return metric

    def prefers(self, one: Mapping[str, float], other: Mapping[str, float]) -> bool:
        """Return whether the metrics ``one`` are strictly better than ``other``."""
        difference = one[self.metric] - other[self.metric]
        return difference > 0 if self.direction == "maximize" else difference < 0


class TrainConfig(Spec):
    """Everything that decides what one training does; equal configs on one machine give equal models.

    Attributes:
        seed: of weights, batches and the choice of labelled images; not of the split, which the dataset has.
        dataset: what is learnt, and how it is split.
        augmentation: how training images are changed at random; not at all if not given.
        standardise: whether each channel is brought to mean 0 and variance 1 over the training images before
            the network; if not, pixels are only brought into [0, 1].
        backbone: the network.
        lsdim: the dimensionality of the embeddings.
        label_percent: share of the training images whose label is known, in (0, 100].
        loss: what is minimised on labelled images.
        unsupervised: what is minimised beside it on all training images; nothing if not given.
        batch: how images are drawn.
        optimizer: how weights follow the gradient.
        evaluation: what is measured after every epoch beside retrieval and clustering.
        epochs: the most epochs; one epoch ends with one evaluation on the validation split.
        patience: epochs without a better monitored metric after which training ends; no such end if not
            given.
        monitor: the metric that patience and the best epoch look at.
        stop_on: verdicts that end the training when an epoch has them; one alone needs no list. None if not
            given; what diverges always ends.
        device: ``auto`` takes a GPU if there is one.
        loader_workers: processes beside the training that decode images where ``dataset.decode`` is
            ``every_epoch``; with 0 the training does.
    """

    seed: NonNegativeInt = 0
    dataset: Dataset
    augmentation: Augmentation | None = None
    standardise: bool = True
    backbone: Backbone = MLP()
    lsdim: PositiveInt = 64
    label_percent: float = Field(default=100.0, gt=0, le=100)
    loss: Loss
    unsupervised: Unsupervised | None = None
    batch: BatchSampler = ClassSampler()
    optimizer: Optimizer = Adam()
    evaluation: EvaluationSpec = EvaluationSpec()
    epochs: PositiveInt = 30
    patience: PositiveInt | None = None
    monitor: Monitor = Monitor()
    stop_on: tuple[Verdict, ...] = ()
    device: Literal["auto", "cpu", "cuda"] = "auto"
    loader_workers: NonNegativeInt = 0

    @model_validator(mode="after")
    def _goes_together(self) -> "TrainConfig":
        refuse(
            (*self._about_labels(), *self._about_images(), *self._about_triplets(), *self._about_evaluation())
        )
        return self

    def _about_labels(self) -> Iterator[Mistake]:
        size = self.dataset.size()
        if size is not None and (count := round(size.images * self.label_percent / 100)) < FEWEST:
            yield (
                "label_percent",
                f"{self.label_percent:g} percent of all {size.images} images is {count} labels; "
                "two classes need two each; raise it",
            )

    def _about_images(self) -> Iterator[Mistake]:
        from_files = getattr(self.dataset, "decode", "once") == "every_epoch"
        if self.unsupervised and from_files:
            yield (
                "unsupervised",
                "holds training images in memory; leave it out, or write dataset.decode: once",
            )
        if self.unsupervised and self.augmentation:
            yield (
                "augmentation",
                "does not go with unsupervised, which sees images as they are; leave one out",
            )
        if self.loader_workers and not from_files:
            yield (
                "loader_workers",
                f"{self.loader_workers} have nothing to decode; write 0, or give a dataset "
                "that has it decode: every_epoch",
            )
        if self.backbone.pretrained and not self.standardise:
            yield (
                "standardise",
                "given weights want pixels as ImageNet's were; write true, or backbone.weights: none",
            )
        size = getattr(self.dataset, "image_size", None)
        if self.augmentation and size is not None:
            try:
                self.augmentation.shape((3, size, size))
            except ConfigError as error:
                path, _, text = str(error).partition(": ")
                yield path, text

    def _about_triplets(self) -> Iterator[Mistake]:
        by_position = isinstance(self.loss, MinedLoss) and self.loss.miner.by_position
        if by_position and not isinstance(self.batch, TripletSampler):
            yield (
                "loss.miner.name",
                '"sampled" takes the triplets that the batch was drawn as, and this one is drawn as classes; '
                "write batch: {name: triplets}, or another miner",
            )

    def _about_evaluation(self) -> Iterator[Mistake]:
        if self.evaluation.probes and self.dataset.split_by == "classes":
            yield (
                "evaluation.probes",
                "split_by: classes evaluates classes that no probe can be fitted on; "
                "leave probes out, or write dataset.split_by: samples",
            )
        if "sample" in self.evaluation.point and not self._has_posterior:
            yield (
                "evaluation.point",
                "sample wants an encoder with a posterior, and this one gives points; "
                "write point: [mean], or add a latent objective with a prior, such as "
                "unsupervised: {name: unit_prior}",
            )
        if lacking := self.lacking(self.monitor.metric):
            yield "monitor.metric", lacking

    @property
    def _has_posterior(self) -> bool:
        return self.unsupervised is not None and self.unsupervised.features(self.lsdim) > self.lsdim

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of all that every epoch of this training yields."""
        skips = self.unsupervised is not None and self.unsupervised.skips_metric_loss
        others = {*OPTIONAL, *(OF_METRIC_LOSS if skips else ())}
        return (*(name for name in METRICS if name not in others), *self.evaluation.metrics)

    def lacking(self, metric: str) -> str | None:
        """Return what to do where an epoch may not yield one of ``METRICS``; None if each does."""
        if metric in self.metrics:
            return None
        if metric in OF_METRIC_LOSS:
            return (
                f"metric {metric} is not measured in epochs without the metric loss; choose another, "
                "or write an unsupervised.alpha below 1 and no schedule: alternate_epochs"
            )
        return f"metric {metric} is not measured by this config; add {OPTIONAL[metric]}"

    @field_validator("stop_on", mode="before")
    @classmethod
    def _one_alone(cls, stop_on: Any) -> Any:
        # A hole has single values for its choices: a word, or null.
        if stop_on is None:
            return ()
        return (stop_on,) if isinstance(stop_on, str) else stop_on

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that name this training, wherever it runs and however long.

        A state may be gone on from on another device, for more epochs, with more patience, or with other
        verdicts to stop on.
        """
        text = self.model_dump_json(exclude={"device", "epochs", "patience", "stop_on", "loader_workers"})
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_config(path: Path, overrides: Sequence[str] = ()) -> TrainConfig:
    """Return the config in a YAML file.

    Args:
        path: the file.
        overrides: ``dotted.key=value``, the value in YAML; they replace what the file says.

    Raises:
        ConfigError: the file cannot be read or holds mistakes; each has a line with its place.
    """
    try:
        file = apply_overrides(YamlFile.read(path), overrides, example="loss.margin=0.2")
    except FormatError as error:
        raise ConfigError(str(error)) from error
    try:
        return TrainConfig.model_validate(file.data)
    except ValidationError as error:
        raise ConfigError(problem_lines(problems_of(error, file.data), file.where)) from error
