import pytest
import torch

from trainers.evaluation.clustering import clustering


def test_clean_clusters_are_found() -> None:
    labels = torch.arange(60) % 5
    found = clustering(torch.eye(5)[labels] + 0.01 * torch.rand(60, 5), labels, seed=0)
    assert found == pytest.approx({"ari": 1, "ami": 1, "nmi": 1})


def test_noise_is_chance_where_chance_is_taken_out() -> None:
    chance = torch.Generator().manual_seed(0)
    found = clustering(
        torch.randn(400, 3, generator=chance), torch.randint(0, 8, (400,), generator=chance), seed=0
    )
    assert abs(found["ari"]) < 0.02
    assert abs(found["ami"]) < 0.02


def test_a_collapsed_space_scores_nothing_and_does_not_warn() -> None:
    labels = torch.arange(40) % 4
    for row in (torch.zeros(3), torch.rand(3)):
        assert clustering(row.expand(40, 3), labels, seed=0) == pytest.approx({"ari": 0, "ami": 0, "nmi": 0})


def test_fewer_distinct_points_than_classes_do_not_warn() -> None:
    labels = torch.arange(40) % 4
    found = clustering(torch.eye(2)[labels // 2], labels, seed=0)
    assert 0.3 < found["ari"] < 0.7


def test_the_seed_decides() -> None:
    rows, labels = torch.randn(200, 3, generator=torch.Generator().manual_seed(0)), torch.arange(200) % 9
    assert clustering(rows, labels, seed=1) == clustering(rows, labels, seed=1)
    assert clustering(rows, labels, seed=1) != clustering(rows, labels, seed=2)
