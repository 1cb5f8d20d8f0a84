import pytest
import torch

from trainers.errors import TrainingStopped
from trainers.evaluation import METRICS, evaluate


def test_normalising_compares_directions() -> None:
    directions = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    labels = torch.arange(12) % 2
    rows = directions[labels] * torch.linspace(1, 100, 12)[:, None] + 0.01 * torch.rand(12, 2)
    assert evaluate(rows, labels, seed=0, normalize=True)["map_at_r"] == 1
    assert evaluate(rows, labels, seed=0, normalize=False)["map_at_r"] < 1


def test_names_are_in_the_list_of_metrics() -> None:
    found = evaluate(torch.rand(12, 2), torch.arange(12) % 2, seed=0, normalize=True)
    assert list(found) == list(METRICS)[: len(found)]


def test_it_repeats_itself() -> None:
    rows, labels = torch.rand(50, 4), torch.arange(50) % 5
    assert evaluate(rows, labels, seed=0, normalize=True) == evaluate(rows, labels, seed=0, normalize=True)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
@pytest.mark.parametrize("normalize", [True, False])
def test_broken_embeddings_stop_the_training(value: float, normalize: bool) -> None:
    rows = torch.rand(12, 2)
    rows[3] = value
    with pytest.raises(TrainingStopped, match="diverged: 1 of 12 embeddings are not finite"):
        evaluate(rows, torch.arange(12) % 2, seed=0, normalize=normalize)


def test_a_dead_network_scores_nothing() -> None:
    found = evaluate(torch.zeros(12, 2), torch.arange(12) % 2, seed=0, normalize=True)
    assert (found["map_at_r"], found["recall_at_1"], found["tie_share"]) == (0, 0, 1)
    assert found["ari"] == pytest.approx(0)
