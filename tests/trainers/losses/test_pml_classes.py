"""Every class of pytorch-metric-learning that the adapter takes: its own values, and what losses promise."""

import inspect
import re
import warnings
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.trainers.losses.comparison import assert_same, random_rows
from tests.trainers.losses.test_pml import slow
from trainers.losses import PMLLoss
from trainers.losses.pml import NOT_USABLE

LABELS = torch.tensor(
    [0, 0, 1, 1, -1, 2, 2, 3, 3, 4, 4]
)  # classes of one size, which SmoothAPLoss insists on
UNEQUAL = torch.tensor([0, 1, 2, 0, 1, 2, 2, 0, 3])
OPTIONS: dict[str, dict[str, Any]] = {
    "RankedListLoss": {"margin": 0.5, "Tn": 10.0},
}
"""What the classes insist on."""

BREAKS = {
    "HistogramLoss": {"duplicates"},
    "NCALoss": {"no positives"},
    "P2SGradLoss": {"zeros"},
    "TupletMarginLoss": {"duplicates"},
    "SmoothAPLoss": {"unequal classes"},
}
"""What ends with an error of the library's, or no number; each has a row in docs/methods.md."""


def _classes() -> list[str]:
    from pytorch_metric_learning import losses

    kinds = {name: kind for name, kind in vars(losses).items() if inspect.isclass(kind)}
    found = [name for name, kind in kinds.items() if issubclass(kind, losses.BaseMetricLossFunction)]
    return sorted(set(found) - NOT_USABLE)


@pytest.fixture(params=_classes())
def spec(request: pytest.FixtureRequest) -> PMLLoss:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return PMLLoss(loss=request.param, options=OPTIONS.get(request.param, {}))


@pytest.fixture
def module(spec: PMLLoss) -> nn.Module:
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return spec.build(class_count=9, lsdim=5)


def finite(module: nn.Module, rows: Tensor, labels: Tensor) -> bool:
    """Say whether loss and gradient are; an error of the library's is none."""
    embeddings = rows.clone().requires_grad_()
    torch.manual_seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loss = deepcopy(module)(embeddings, labels).loss
            loss.backward()
    except (RuntimeError, ValueError):
        return False
    assert embeddings.grad is not None
    return bool(loss.isfinite()) and bool(embeddings.grad.isfinite().all())


def breaks(spec: PMLLoss, where: str) -> bool:
    return where in BREAKS.get(spec.loss, set())


@pytest.mark.filterwarnings("ignore")
def test_the_value_is_the_librarys_own(spec: PMLLoss, module: nn.Module) -> None:
    narrow = spec.loss == "SmoothAPLoss"  # it computes in float32, whatever it is given
    module = module if narrow else module.double()

    def alike(compute: Any) -> Any:
        def run(rows: Tensor) -> Any:
            torch.manual_seed(0)
            return compute(rows)

        return run

    assert_same(
        alike(lambda rows: module(rows, LABELS)),
        alike(lambda rows: slow(spec, module, rows, LABELS)),
        random_rows(len(LABELS), dimensions=5).to(torch.float32 if narrow else torch.float64),
        *module.parameters(),
    )


@pytest.mark.parametrize("labels", [[-1] * 8, [0] * 8, [0] + [-1] * 7])
def test_a_batch_with_nothing_to_compare_is_finite(module: nn.Module, labels: list[int]) -> None:
    assert finite(module, random_rows(8, dimensions=5).float(), torch.tensor(labels))


def test_a_batch_without_positives_is_finite(spec: PMLLoss, module: nn.Module) -> None:
    found = finite(module, random_rows(8, dimensions=5).float(), torch.arange(8))
    assert found != breaks(spec, "no positives")


def test_classes_of_different_sizes_are_finite(spec: PMLLoss, module: nn.Module) -> None:
    found = finite(module, random_rows(9, dimensions=5).float(), UNEQUAL)
    assert found != breaks(spec, "unequal classes")


def test_duplicates_and_collapse_are_finite(spec: PMLLoss, module: nn.Module) -> None:
    chance = torch.Generator().manual_seed(0)
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 2])
    repeated = torch.randn(3, 5, generator=chance).repeat(3, 1)
    collapsed = all(finite(module, rows, labels) for rows in (repeated, torch.ones(9, 5)))
    assert collapsed != breaks(spec, "duplicates")
    assert finite(module, torch.zeros(9, 5), labels) != breaks(spec, "zeros")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_broken_embedding_is_not_hidden(module: nn.Module, value: float) -> None:
    broken = random_rows(len(LABELS), dimensions=5).float()
    broken[5, 2] = value
    assert not finite(module, broken, LABELS)


def test_what_breaks_is_said_in_the_docs() -> None:
    rows = (Path(__file__).parents[3] / "docs/methods.md").read_text().splitlines()
    said = {name for row in rows for name in re.findall(r"^\| `(\w+Loss)` \|", row)}
    assert said == set(BREAKS)
