"""The config of one training, with no value left open."""

import hashlib
from collections.abc import Iterator, Sequence
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
from trainers.evaluation.metrics import METRICS, OF_METRIC_LOSS, OPTIONAL
from trainers.evaluation.monitor import Monitor
from trainers.evaluation.spec import EvaluationSpec
from trainers.losses import Loss
from trainers.losses.contract.mined import MinedLoss
from trainers.specs import Mistake, Spec, refuse
from trainers.training.optimizers import Adam, Optimizer
from trainers.unsupervised import Unsupervised

_HOW_FAR_AND_WHERE = ("device", "compile", "epochs", "patience", "stop_on", "loader_workers")


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
        evaluation: what is measured beside retrieval, and when.
        epochs: the most epochs; `evaluation.every` says which of them end with an evaluation.
        patience: epochs without a better monitored metric after which training ends; no such end if not
            given.
        monitor: the metric that patience and the best epoch look at.
        stop_on: verdicts that end the training when an epoch has them; one alone needs no list. None if not
            given; what diverges always ends.
        device: ``auto`` takes a GPU if there is one.
        precision: of the networks in training steps. With ``bfloat16`` their products have 8 binary digits;
            weights, losses and evaluation stay in float32.
        compile: whether the network is compiled before its first step, which takes from seconds to minutes;
            small networks on a GPU gain most. On the CPU it needs a C++ compiler.
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
    precision: Literal["float32", "bfloat16"] = "float32"
    compile: bool = False
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
        if lacking := self.lacking(self.monitor.metric, always=True):
            yield "monitor.metric", lacking

    @property
    def _has_posterior(self) -> bool:
        return self.unsupervised is not None and self.unsupervised.features(self.lsdim) > self.lsdim

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of all that the result of this training has."""
        skips = self.unsupervised is not None and self.unsupervised.skips_metric_loss
        others = {*OPTIONAL, *(OF_METRIC_LOSS if skips else ())}
        return (*(name for name in METRICS if name not in others), *self.evaluation.metrics)

    def lacking(self, metric: str, *, always: bool = False) -> str | None:
        """Return what to do where one of ``METRICS`` may not be measured; None if it is.

        Args:
            metric: its name.
            always: whether every evaluation has to have it, not the result alone.
        """
        when = self.evaluation.clustering
        if always and when != "every" and metric in self.evaluation.of_clusters:
            return (
                f"metric {metric} is needed at every evaluation, and is not measured there with "
                f"evaluation.clustering: {when}; write every"
            )
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

        A state may be gone on from on another device, compiled or not, for more epochs, with more patience,
        with other verdicts to stop on, or evaluated at other times.
        """
        left_out: dict[str, Any] = dict.fromkeys(_HOW_FAR_AND_WHERE, True)
        left_out["evaluation"] = {"every", "clustering"}
        # What was added since keeps the names of trainings that were begun without it.
        left_out["optimizer"] = _at_default(self.optimizer, "clip_norm", "accumulate")
        left_out |= dict.fromkeys(_at_default(self, "precision"), True)
        text = self.model_dump_json(exclude=left_out)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def _at_default(spec: Spec, *names: str) -> set[str]:
    fields = type(spec).model_fields
    return {name for name in names if getattr(spec, name) == fields[name].default}


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
