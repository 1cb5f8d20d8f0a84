"""The adapter to pytorch-metric-learning: the library's own values, and what is refused."""

import importlib
import importlib.util
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, random_rows, unit
from tests.trainers.losses.miners.oracles import triplets_of
from trainers.errors import ConfigError
from trainers.losses import PMLLoss
from trainers.losses.miners import HardMiner


def slow(spec: PMLLoss, module: Any, rows: Tensor, labels: Tensor) -> Tensor:
    """Return what the library itself gives for labelled rows: it is its own oracle, and the miner has one."""
    kept = (labels >= 0).nonzero()[:, 0]
    points, classes = rows[kept], labels[kept]
    if spec.normalize and len(kept):
        points = torch.stack(unit(points))
    if spec.miner.name == "all":
        value: Tensor = module.inner(points, classes)
        return value
    triplets = triplets_of(spec.miner, list(points), classes)
    mined: Tensor = module.inner(points, classes, tuple(torch.tensor(triplets).reshape(-1, 3).T))
    return mined


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("TripletMarginLoss", {"margin": 0.3}),
        ("CircleLoss", {}),
        ("NTXentLoss", {"temperature": 0.2}),
        ("SupConLoss", {}),
        ("ThresholdConsistentMarginLoss", {}),
    ],
)
def test_gives_the_librarys_own_value(name: str, options: dict[str, Any]) -> None:
    from pytorch_metric_learning import losses

    ours = PMLLoss(loss=name, options=options).build(class_count=4, lsdim=4)
    peer = getattr(losses, name)(**options)
    kept = LABELS >= 0
    assert_same(lambda rows: ours(rows, LABELS), lambda rows: peer(rows[kept], LABELS[kept]), random_rows(10))


@pytest.mark.parametrize(
    "name", ["ArcFaceLoss", "CosFaceLoss", "NormalizedSoftmaxLoss", "SubCenterArcFaceLoss"]
)
def test_number_of_classes_and_dimensions_are_supplied(name: str) -> None:
    module = PMLLoss(loss=name, proxy_lr_factor=10).build(class_count=6, lsdim=4)
    assert module.inner.W.shape[0] == 4
    assert module.inner.W.shape[1] % 6 == 0
    assert module.lr_factor == 10
    assert "inner.W" in module.state_dict()


def test_options_are_given_to_the_class_also_those_of_the_classes_it_derives_from() -> None:
    inner = (
        PMLLoss(loss="ArcFaceLoss", options={"margin": 20, "scale": "3.2e1"})
        .build(class_count=6, lsdim=4)
        .inner
    )
    assert inner.scale == 32
    assert inner.margin == pytest.approx(torch.pi / 9)


def test_an_unknown_loss_is_refused_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match=r"loss\s+ArcFaceLos is no .*did you mean ArcFaceLoss\?"):
        PMLLoss(loss="ArcFaceLos")


@pytest.mark.parametrize(
    "name", ["BaseMetricLossFunction", "CrossBatchMemory", "ManifoldLoss", "VICRegLoss", "inspect"]
)
def test_what_is_no_loss_of_labelled_embeddings_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match=rf"loss\s+{name} is no loss"):
        PMLLoss(loss=name)


def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        ValidationError, match=r"options\.margn\s.*has no argument margn; did you mean margin\?; allowed: "
    ):
        PMLLoss(options={"margn": 0.1})


def test_a_missing_option_is_named() -> None:
    with pytest.raises(ValidationError, match=r"options\s+RankedListLoss refuses them: .*'margin' and 'Tn'"):
        PMLLoss(loss="RankedListLoss")


@pytest.mark.parametrize("name", ["InstanceLoss", "PNPLoss"])
def test_a_loss_without_triplets_refuses_a_miner(name: str) -> None:
    with pytest.raises(ValidationError, match=rf"miner\s+{name} refuses: .*; write miner: {{name: all}}"):
        PMLLoss(loss=name, miner=HardMiner())
    assert PMLLoss(loss=name).build(class_count=6, lsdim=4)


def test_a_loss_that_would_not_look_at_the_triplets_refuses_a_miner(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytorch_metric_learning import losses

    class Deaf(losses.TripletMarginLoss):  # type: ignore[misc]
        def forward(self, embeddings: Tensor, labels: Tensor, indices_tuple: Any = None) -> Any:
            return super().forward(embeddings, labels)

    monkeypatch.setattr(losses, "TripletMarginLoss", Deaf)
    with pytest.raises(ValidationError, match="TripletMarginLoss does not look at mined triplets; write"):
        PMLLoss(miner=HardMiner())


def test_validating_leaves_chance_as_it_was() -> None:
    torch.manual_seed(0)
    first = torch.rand(1)
    torch.manual_seed(0)
    PMLLoss(loss="ArcFaceLoss", miner=HardMiner())
    assert torch.rand(1) == first


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}, None])
def test_only_plain_options_can_be_set(value: Any) -> None:
    with pytest.raises(ValidationError, match=r"distance: .* is no plain number, word or truth value"):
        PMLLoss(options={"distance": value})


@pytest.mark.parametrize("value", [float("nan"), "inf"])
def test_options_are_finite(value: Any) -> None:
    with pytest.raises(ValidationError):
        PMLLoss(options={"margin": value})


def test_the_order_of_options_is_no_matter() -> None:
    one, other = {"margin": 0.1, "swap": True}, {"swap": True, "margin": "1e-1"}
    assert PMLLoss(options=one).model_dump_json() == PMLLoss(options=other).model_dump_json()


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", missing)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    unchecked = PMLLoss(loss="ArcFaceLos")
    with pytest.raises(ConfigError, match=r"not installed; install it: pip install 'metric-tuner\[pml\]'"):
        unchecked.build(class_count=6, lsdim=4)
