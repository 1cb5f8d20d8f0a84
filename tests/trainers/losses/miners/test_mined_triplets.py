"""Mined and soft triplets against loops over explicit triplets, and against another library."""

from itertools import product
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor

from tests.trainers.losses.comparison import LABELS, assert_same, random_rows, unit
from tests.trainers.losses.miners.oracles import triplets_of
from trainers.losses import Loss, TripletLoss
from trainers.losses.miners import AllMiner, HardMiner, SemihardMiner

KINDS: list[dict[str, Any]] = [{"miner": {"name": name}} for name in ("semihard", "hard", "facenet")]
KINDS += [{"miner": {"name": name}, "soft": True} for name in ("all", "hard", "facenet")]
KINDS += [{"miner": {"name": "semihard", "margin": 0.9}, "soft": soft} for soft in (True, False)]
VARIANTS = [
    {"normalize": normalize, "power": power, "reduction": reduction, **kind}
    for normalize, power, reduction, kind in product((True, False), (1, 2), ("mean", "mean_active"), KINDS)
]


def slow(spec: TripletLoss, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, float]:
    """Return loss and active ratio, one triplet at a time."""
    rows = unit(embeddings) if spec.normalize else list(embeddings)
    every = len(triplets_of(AllMiner(), rows, labels))
    miner, own_margin = spec.miner, spec.miner == SemihardMiner()
    if own_margin:
        miner = SemihardMiner(margin=spec.margin)
    costs = []
    for a, p, n in triplets_of(miner, rows, labels, spec.power):
        gap = (rows[a] - rows[p]).norm() ** spec.power - (rows[a] - rows[n]).norm() ** spec.power
        costs.append((1 + gap.exp()).log() if spec.soft else (gap + spec.margin).clamp(min=0))
    active = sum(float(cost.detach()) > 0 for cost in costs)
    count = active if spec.reduction == "mean_active" else len(costs)
    total = torch.stack(costs).sum() if costs else embeddings.sum() * 0
    return total / max(count, 1), active / max(every if own_margin else len(costs), 1)


def made(variant: dict[str, Any]) -> TripletLoss:
    return TripletLoss(**variant) if variant.get("soft") else TripletLoss(margin=0.6, **variant)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: "-".join(map(str, variant.values())))
@pytest.mark.parametrize("labels", [LABELS, torch.zeros(10, dtype=torch.int64)])
def test_equals_the_loop(variant: dict[str, Any], labels: Tensor) -> None:
    spec = made(variant)
    module = spec.build(class_count=4, lsdim=4)
    assert_same(lambda rows: module(rows, labels), lambda rows: slow(spec, rows, labels)[0], random_rows(10))
    expected = slow(spec, random_rows(10), labels)[1]
    assert module(random_rows(10), labels).active_ratio.item() == pytest.approx(expected)


@pytest.mark.parametrize("name", ["semihard", "hard"])
@pytest.mark.parametrize("reduction", ["mean", "mean_active"])
@pytest.mark.parametrize("power", [1, 2])
def test_equals_pytorch_metric_learning(name: str, reduction: Any, power: Any) -> None:
    from pytorch_metric_learning import distances, losses, miners, reducers

    distance = distances.LpDistance(normalize_embeddings=True, p=2, power=power)
    peer = losses.TripletMarginLoss(
        margin=0.3,
        distance=distance,
        reducer=reducers.MeanReducer() if reduction == "mean" else reducers.AvgNonZeroReducer(),
    )
    miner = (
        miners.BatchHardMiner(distance=distance)
        if name == "hard"
        else miners.TripletMarginMiner(margin=0.3, type_of_triplets="semihard", distance=distance)
    )
    labels = torch.cat([torch.arange(25) % 5, torch.tensor([9])])
    ours = HardMiner() if name == "hard" else SemihardMiner()
    module = TripletLoss(margin=0.3, power=power, miner=ours, reduction=reduction).build(
        class_count=10, lsdim=4
    )
    assert_same(
        lambda rows: module(rows, labels),
        lambda rows: peer(rows, labels, miner(rows.detach(), labels)),
        random_rows(26),
    )


@pytest.mark.parametrize("reduction", ["mean", "mean_active"])
def test_soft_triplets_equal_pytorch_metric_learning_where_both_are_smooth(reduction: Any) -> None:
    from pytorch_metric_learning import losses, reducers

    peer = losses.TripletMarginLoss(margin=0, smooth_loss=True, reducer=reducers.MeanReducer())
    module = TripletLoss(soft=True, reduction=reduction).build(class_count=5, lsdim=4)
    labels = torch.arange(20) % 5
    assert_same(lambda rows: module(rows, labels), lambda rows: peer(rows, labels), random_rows(20))


def test_a_soft_triplet_is_exact_far_from_the_border() -> None:
    rows = torch.tensor([[0.0], [30.0], [1.0]], dtype=torch.float64)
    module = TripletLoss(soft=True, normalize=False, miner=HardMiner()).build(class_count=2, lsdim=1)
    expected = torch.tensor([30.0 - 1, 30.0 - 29], dtype=torch.float64).exp().log1p().mean()
    torch.testing.assert_close(module(rows, torch.tensor([0, 0, 1])).loss, expected, rtol=1e-15, atol=0)


@pytest.mark.parametrize("power", [1, 2])
def test_triplets_that_are_counted_cost_what_those_on_a_list_do(power: Any) -> None:
    labels = torch.arange(30) % 6
    counted, listed = (
        TripletLoss(margin=0.3, power=power, miner=miner).build(class_count=6, lsdim=4)
        for miner in (SemihardMiner(), SemihardMiner(margin=0.3))
    )
    assert_same(lambda rows: counted(rows, labels), lambda rows: listed(rows, labels).loss, random_rows(30))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"soft": True, "margin": 0.2}, r"margin\s+is given, and soft: true has none; remove one"),
        (
            {"soft": True, "miner": {"name": "semihard"}},
            r"miner\.name\s+semihard picks triplets by a margin, and this loss has none; "
            r"write miner: \{name: semihard, margin: 0\.2\}, or another miner",
        ),
        ({"soft": True, "reg_ratio": 1.0}, "keep miner: {name: all} and soft: false, or remove them"),
        (
            {"miner": {"name": "hard"}, "reg_constant": 0.1},
            "keep miner: {name: all} and soft: false, or remove them",
        ),
        (
            {"miner": {"name": "distance"}, "normalize": False},
            r"miner\.name\s+distance draws on the unit sphere; set normalize: true",
        ),
    ],
)
def test_what_has_no_meaning_together_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TripletLoss(**options)


@pytest.mark.parametrize("name", ["contrastive", "multi_similarity", "supervised_contrastive", "pml"])
def test_a_loss_without_a_margin_wants_that_of_the_semihard_miner(name: str) -> None:
    loss: Any = TypeAdapter(Loss)
    with pytest.raises(ValidationError, match=r"miner\.name\s+semihard picks triplets by a margin"):
        loss.validate_python({"name": name, "miner": {"name": "semihard"}})
    assert loss.validate_python({"name": name, "miner": {"name": "semihard", "margin": 0.3}})


@pytest.mark.parametrize("value", ["hard", "hardest", None, {"name": "hard"}])
def test_the_old_spelling_is_answered_with_the_new_one(value: Any) -> None:
    with pytest.raises(ValidationError, match=r"it is written miner: \{name: hard\} now"):
        TripletLoss(mining=value)


def test_a_weight_of_zero_goes_with_everything() -> None:
    assert TripletLoss(miner=HardMiner(), reg_ratio=0).direction_weight == 0


def test_a_soft_config_is_written_without_its_idle_margin() -> None:
    assert "margin" not in TripletLoss(soft=True).model_dump()
    assert TripletLoss().model_dump()["margin"] == 0.2
