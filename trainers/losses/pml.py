"""Any loss of pytorch-metric-learning that compares embeddings by their labels, under its own name."""

import importlib
import importlib.util
import inspect
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import torch
from pydantic import Field, field_validator
from torch import Tensor, nn

from trainers.errors import ConfigError
from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.mined import MinedLoss
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.batch import labelled
from trainers.losses.miners import AllMiner
from trainers.losses.miners.candidates import Candidates
from trainers.specs import Mistake, nearest

Scalar = bool | int | float | str

NOT_USABLE = frozenset(
    {"BaseMetricLossFunction", "GenericPairLoss", "VICRegLoss", "ManifoldLoss", "DynamicSoftMarginLoss"}
)
"""Two that are only there to be derived from, two that take no labels, of which one wants two views of every
image, and one whose running histogram is not part of its state, so that it could not be resumed."""


class PMLLoss(MinedLoss):
    """A loss of pytorch-metric-learning (Musgrave et al., 2020), with its own defaults.

    Numbers of classes and dimensions are supplied where the loss wants them. ``options`` has what else
    it insists on, and what is to differ from its defaults. Needs the extra ``pml``. The active ratio is not
    known: it is 1, or 0 without a labelled image.

    Attributes:
        loss: the class's name in ``pytorch_metric_learning.losses``.
        options: arguments of the class by their names there, each a number, word or truth value.
        miner: which triplets, or pairs of them, the loss is given; ``all`` leaves the choice to the loss.
            Where the loss weights images, each weighs as often as it is chosen.
        normalize: whether embeddings are put on the unit sphere first. Most of these losses do so themselves
            whatever this says; evaluation follows it.
        proxy_lr_factor: the learning rate of the loss's own weights as a multiple of the optimizer's.
    """

    name: Literal["pml"] = "pml"
    loss: str = "TripletMarginLoss"
    options: dict[str, Scalar] = Field(default_factory=dict)
    normalize: bool = True
    proxy_lr_factor: float = Field(default=1.0, gt=0)

    @field_validator("options", mode="before")
    @classmethod
    def _plain(cls, options: Any) -> Any:
        if not isinstance(options, Mapping):
            return options
        for key, value in options.items():
            if not isinstance(value, Scalar):
                raise ValueError(f"{key}: {value!r} is no plain number, word or truth value")  # noqa: TRY004
        # In order, so that equal options are written, and therefore fingerprinted, equally.
        return {key: _as_number(options[key]) for key in sorted(options)}

    def _mistakes_together(self) -> Iterator[Mistake]:
        yield from super()._mistakes_together()
        # A loss cannot be asked what it takes but by making one; workers may have the library this lacks.
        if importlib.util.find_spec("pytorch_metric_learning") is not None:
            try:
                with torch.random.fork_rng(devices=()):
                    inner = self._inner(class_count=10, lsdim=8)
                    if not isinstance(self.miner, AllMiner):
                        _check_that_it_is_mined(self.loss, inner)
            except ConfigError as error:
                path, _, text = str(error).partition(": ")
                yield path.removeprefix("loss."), text

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

    @property
    def geometry(self) -> Geometry:
        """The space of the embeddings, or the unit sphere."""
        return Geometry(self.normalize)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:
        """Return the loss as a module: embeddings (B, lsdim) and labels (B,) in, a LossValue out.

        Raises:
            ConfigError: the library is not installed, has no such loss, or the loss no such options.
        """
        return _PML(self, self._inner(class_count, lsdim))

    def _inner(self, class_count: int, lsdim: int) -> nn.Module:
        kind = _loss_type(self.loss)
        accepted = _arguments(kind)
        for key in self.options:
            if key not in accepted:
                raise ConfigError(
                    f"loss.options.{key}: {self.loss} has no argument {key}{nearest(key, accepted)}; "
                    f"allowed: {', '.join(accepted)}"
                )
        supplied = {"num_classes": class_count, "embedding_size": lsdim, "descriptors_dim": lsdim}
        supplied = {key: value for key, value in supplied.items() if key in accepted}
        try:
            made: nn.Module = kind(**{**supplied, **self.options})
        except (TypeError, ValueError, KeyError, AssertionError, AttributeError) as error:
            raise ConfigError(f"loss.options: {self.loss} refuses them: {error}; correct them") from error
        return made


class _PML(nn.Module):
    def __init__(self, spec: PMLLoss, inner: nn.Module) -> None:
        super().__init__()
        self.spec = spec
        self.lr_factor = spec.proxy_lr_factor
        self.inner = inner

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, classes = labelled(embeddings, labels, on_sphere=self.spec.normalize)
        on_graph = points.sum() * 0  # no number if an embedding is none: some reducers leave such losses out
        if len(classes) == 0:
            return LossValue(on_graph, on_graph.detach())
        chosen = self._chosen(Candidates(points, classes, labels))
        return LossValue(on_graph + self.inner(points, classes, chosen), torch.ones_like(on_graph.detach()))

    def _chosen(self, candidates: Candidates) -> tuple[Tensor, Tensor, Tensor] | None:
        if isinstance(self.spec.miner, AllMiner):
            return None
        triplets = self.spec.miner.triplets(candidates)
        return triplets.anchors, triplets.positives, triplets.negatives


def _loss_type(name: str) -> Any:
    try:
        library = importlib.import_module("pytorch_metric_learning.losses")
    except ImportError as error:
        raise ConfigError(
            "loss.name: pml needs pytorch-metric-learning, which is not installed; "
            "install it: pip install 'metric-tuner[pml]'"
        ) from error
    known = {
        key: kind
        for key, kind in vars(library).items()
        if inspect.isclass(kind)
        and issubclass(kind, library.BaseMetricLossFunction)
        and key not in NOT_USABLE
    }
    if name not in known:
        raise ConfigError(
            f"loss.loss: {name} is no loss of pytorch-metric-learning that can be used here"
            f"{nearest(name, known) or '; allowed: ' + ', '.join(known)}"
        )
    return known[name]


def _check_that_it_is_mined(name: str, inner: nn.Module) -> None:
    """Compare the loss (of 10 classes in 8 dimensions) of all triplets with that of one.

    Raises:
        ConfigError: the loss refuses triplets, or does not look at them.
    """
    points, labels = torch.randn(9, 8), torch.arange(9) // 3
    one = tuple(torch.tensor([position]) for position in (0, 1, 3))
    try:
        ignores = torch.equal(inner(points, labels, one), inner(points, labels))
    except ValueError as error:
        raise ConfigError(f"loss.miner: {name} refuses: {error}; write miner: {{name: all}}") from error
    if ignores:
        raise ConfigError(f"loss.miner: {name} does not look at mined triplets; write miner: {{name: all}}")


def _arguments(kind: Any) -> list[str]:
    """Return the names of the arguments of a class and of those it passes its other keywords to."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    own = [
        each for each in inspect.getmro(kind) if each not in (nn.Module, object) and "__init__" in vars(each)
    ]
    parameters = [parameter for each in own for parameter in inspect.signature(each).parameters.values()]
    return list(dict.fromkeys(parameter.name for parameter in parameters if parameter.kind in named))


def _as_number(value: Scalar) -> Scalar:
    """Return the number that a string spells, because YAML reads ``1e-4`` as one; else the value itself."""
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value
