"""Any loss of pytorch-metric-learning that compares embeddings by their labels, under its own name."""

import importlib
import importlib.util
import inspect
from collections.abc import Mapping
from typing import Any, Literal

import torch
from pydantic import Field, field_validator, model_validator
from torch import Tensor, nn

from trainers.errors import ConfigError
from trainers.losses.batch import labelled
from trainers.losses.value import LossValue
from trainers.specs import MethodSpec, nearest, refuse

Scalar = bool | int | float | str

# Two that are only there to be derived from, one that wants two views of every image, and one whose running
# histogram is not part of its state, so that it could not be resumed.
_NOT_USABLE = {"BaseMetricLossFunction", "GenericPairLoss", "VICRegLoss", "DynamicSoftMarginLoss"}


class PMLLoss(MethodSpec):
    """A loss of pytorch-metric-learning (Musgrave et al., 2020), with its own defaults, miners left out.

    ``num_classes`` and ``embedding_size`` are supplied where the loss wants them. ``options`` has what else
    it insists on, and what is to differ from its defaults. Needs the extra ``pml``. The active ratio is not
    known: it is 1, or 0 without a labelled image.

    Attributes:
        loss: the class's name in ``pytorch_metric_learning.losses``.
        options: arguments of the class by their names there, each a number, word or truth value.
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

    @model_validator(mode="after")
    def _is_the_librarys(self) -> "PMLLoss":
        # A loss cannot be asked what it takes but by making one; workers may have the library this lacks.
        if importlib.util.find_spec("pytorch_metric_learning") is not None:
            try:
                with torch.random.fork_rng(devices=()):
                    self._inner(class_count=10, lsdim=8)
            except ConfigError as error:
                path, _, text = str(error).partition(": ")
                refuse([(path.removeprefix("loss."), text)])
        return self

    def __hash__(self) -> int:
        return hash(self.model_dump_json())

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
        supplied = {"num_classes": class_count, "embedding_size": lsdim}
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
        points, labels = labelled(embeddings, labels, on_sphere=self.spec.normalize)
        on_graph = points.sum() * 0  # no number if an embedding is none: some reducers leave such losses out
        active_ratio = on_graph.detach().new_full((), float(len(labels) > 0))
        return LossValue(on_graph + self.inner(points, labels) if len(labels) else on_graph, active_ratio)


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
        and key not in _NOT_USABLE
    }
    if name not in known:
        raise ConfigError(
            f"loss.loss: {name} is no loss of pytorch-metric-learning that can be used here"
            f"{nearest(name, known) or '; allowed: ' + ', '.join(known)}"
        )
    return known[name]


def _arguments(kind: Any) -> list[str]:
    """Return the names of the arguments of a class and of those it hands its other keywords on to."""
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
