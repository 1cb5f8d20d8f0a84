"""What every miner in the union has to keep, whatever it chooses."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor
from torch.nn.functional import normalize

from tests.trainers.conftest import by_name, members
from tests.trainers.losses.comparison import random_rows
from tests.trainers.losses.miners.oracles import DRAWN, ORACLES, triplets_of
from trainers.losses.miners import DistanceMiner, Miner, SemihardMiner
from trainers.losses.miners.candidates import Candidates
from trainers.losses.miners.triplets import Triplets

LABELS = torch.tensor([0, 1, 2, -1, 0, 1, 2, 0, 3, 1, 0, 2])  # four anchors, their positives and negatives


def made(kind: type[Any]) -> Any:
    return kind(margin=0.4) if kind is SemihardMiner else kind()


@pytest.fixture(params=members(Miner), ids=by_name)
def miner(request: pytest.FixtureRequest) -> Any:
    return made(request.param)


def candidates(labels: Tensor, power: Any = 1, seed: int = 0) -> Candidates:
    known = labels >= 0
    points = normalize(random_rows(len(labels), seed))
    return Candidates(points[known], labels[known], labels, power)


def listed(triplets: Triplets) -> list[tuple[int, ...]]:
    return list(zip(*(each.tolist() for each in vars(triplets).values()), strict=True))


def test_every_member_has_a_slow_loop_or_draws() -> None:
    assert {by_name(kind) for kind in members(Miner)} == {*ORACLES, *DRAWN}


def test_it_has_a_row_in_the_docs(miner: Any) -> None:
    rows = (Path(__file__).parents[4] / "docs/methods.md").read_text().splitlines()
    assert [row for row in rows if row.startswith(f"| `{miner.name}`") and row.endswith(".py` |")]


def test_its_config_survives_json(miner: Any) -> None:
    again: Any = TypeAdapter(Miner).validate_json(miner.model_dump_json())
    assert again == miner
    assert hash(again) == hash(miner)


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("seed", range(5))
def test_chooses_what_a_slow_loop_chooses(name: str, power: int, seed: int) -> None:
    miner = made(next(kind for kind in members(Miner) if by_name(kind) == name))
    batch = candidates(LABELS, power, seed)
    positions = (LABELS >= 0).nonzero()[:, 0].tolist()
    chosen = [tuple(positions[i] for i in triplet) for triplet in listed(miner.triplets(batch))]
    expected = triplets_of(miner, list(normalize(random_rows(len(LABELS), seed))), LABELS, power)
    assert sorted(chosen) == sorted(expected)
    assert expected


@pytest.mark.parametrize("labels", [LABELS, torch.arange(12) % 4, torch.arange(12) // 6])
def test_chooses_triplets_only(miner: Any, labels: Tensor) -> None:
    batch = candidates(labels)
    chosen = listed(miner.triplets(batch))
    assert chosen or miner.by_position
    for anchor, positive, negative in chosen:
        assert anchor != positive
        assert batch.labels[anchor] == batch.labels[positive] != batch.labels[negative]


def test_its_pairs_are_those_of_its_triplets(miner: Any) -> None:
    batch = candidates(torch.arange(12) % 4)  # every anchor has a positive and a negative
    torch.manual_seed(0)
    positive, negative = miner.pairs(batch)
    torch.manual_seed(0)
    chosen = listed(miner.triplets(batch))
    near, far = Counter((a, p) for a, p, _ in chosen), Counter((a, n) for a, _, n in chosen)
    if miner.name == "all":  # each pair once, in however many triplets it is
        near, far = Counter(set(near)), Counter(set(far))
    for counts, expected in ((positive, near), (negative, far)):
        found = {(i, j): int(counts[i, j]) for i, j in counts.nonzero().tolist()}
        assert found == expected


@pytest.mark.parametrize("labels", [[], [-1] * 3, [0] * 3, [0, 1, 2], [0, -1, -1]])
def test_chooses_nothing_where_there_is_no_triplet(miner: Any, labels: list[int]) -> None:
    batch = candidates(torch.tensor(labels, dtype=torch.int64))
    assert listed(miner.triplets(batch)) == []
    positive, negative = miner.pairs(batch)
    assert positive.shape == negative.shape == (len(batch.labels),) * 2


@pytest.mark.parametrize("nearest", [1.4, 1.9])
def test_distances_are_in_order(nearest: float) -> None:
    with pytest.raises(ValidationError, match=rf"nearest\s+{nearest:g} is not below farthest 1.4; lower it"):
        DistanceMiner(nearest=nearest)
