"""What every probe keeps, whatever it computes."""

from typing import Any, get_args

import pytest
import torch
from sklearn.metrics import accuracy_score, adjusted_mutual_info_score
from torch import Tensor

from trainers.evaluation.metrics import Probe
from trainers.evaluation.probes import LabelledPoints, agreement, probe


@pytest.fixture(params=get_args(Probe))
def name(request: pytest.FixtureRequest) -> Any:
    return request.param


def clusters(labels: Tensor, spread: float, seed: int = 0) -> Tensor:
    chance = torch.Generator().manual_seed(seed)
    return 5 * torch.eye(9)[labels] + spread * torch.randn(len(labels), 9, generator=chance)


def test_separated_clusters_are_told_apart(name: Any) -> None:
    labels = torch.arange(100) % 5 + 3
    references = LabelledPoints(clusters(labels, 0.2), labels)
    found = probe(name, references, clusters(labels, 0.2, seed=1))
    assert found.dtype == torch.int64
    assert agreement(found, labels) == pytest.approx({"accuracy": 1, "ami": 1})


def test_scale_does_not_matter(name: Any) -> None:
    labels = torch.arange(100) % 5
    for scale in (1e-4, 1e4):
        references = LabelledPoints(scale * clusters(labels, 0.2), labels)
        found = probe(name, references, scale * clusters(labels, 0.2, seed=1))
        assert agreement(found, labels)["accuracy"] == 1


@pytest.mark.parametrize("order", ["sorted", "mixed"])
def test_a_collapsed_space_is_chance(name: Any, order: str) -> None:
    labels = torch.arange(100) // 20 if order == "sorted" else torch.arange(100) % 5
    for row in (torch.zeros(4), torch.rand(4, generator=torch.Generator().manual_seed(0))):
        found = probe(name, LabelledPoints(row.expand(100, 4), labels), row.expand(50, 4))
        truth = torch.arange(50) // 10 if order == "sorted" else torch.arange(50) % 5
        assert agreement(found, truth) == pytest.approx({"accuracy": 0.2, "ami": 0}, abs=1e-9)


def test_noise_is_chance(name: Any) -> None:
    chance = torch.Generator().manual_seed(0)
    points, labels = torch.randn(900, 3, generator=chance), torch.arange(900) % 4
    found = agreement(probe(name, LabelledPoints(points[:300], labels[:300]), points[300:]), labels[300:])
    assert found["accuracy"] == pytest.approx(0.25, abs=0.06)
    assert found["ami"] == pytest.approx(0, abs=0.02)


def test_four_labels_are_enough(name: Any) -> None:
    labels = torch.tensor([2, 2, 7, 7])
    points = torch.tensor([[0.0, 1.0], [0.1, 1.1], [1.0, 0.0], [1.1, 0.1]])
    assert torch.equal(probe(name, LabelledPoints(points, labels), points + 0.05), labels)


def test_it_repeats_itself_and_leaves_chance_alone(name: Any) -> None:
    labels = torch.arange(100) % 5
    references = LabelledPoints(clusters(labels, 3.0), labels)
    queries = clusters(labels, 3.0, seed=1)
    torch.manual_seed(0)
    first = probe(name, references, queries, seed=3)
    assert torch.equal(probe(name, references, queries, seed=3), first)
    drawn = torch.rand(1)
    torch.manual_seed(0)
    assert torch.equal(torch.rand(1), drawn)


@pytest.mark.parametrize("name", ["random_forest", "mlp"])
def test_the_seed_decides(name: Any) -> None:
    labels = torch.arange(100) % 5
    references = LabelledPoints(clusters(labels, 3.0), labels)
    queries = clusters(labels, 3.0, seed=1)
    assert not torch.equal(probe(name, references, queries, seed=1), probe(name, references, queries, seed=2))


def test_agreement_equals_scikit_learn() -> None:
    chance = torch.Generator().manual_seed(0)
    truth = torch.randint(0, 4, (50,), generator=chance)
    said = torch.where(torch.rand(50, generator=chance) < 0.5, truth, 7)
    found = agreement(said, truth)
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, said))
    assert found["ami"] == pytest.approx(adjusted_mutual_info_score(truth, said))
    assert agreement(torch.full((50,), 3), truth)["ami"] == pytest.approx(0)
    assert agreement(1 - truth % 2, truth % 2) == pytest.approx({"accuracy": 0, "ami": 1})
