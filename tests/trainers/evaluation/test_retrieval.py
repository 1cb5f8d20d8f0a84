"""Retrieval against a double loop, worked examples, and two other libraries."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from trainers.errors import ConfigError
from trainers.evaluation import nearest
from trainers.evaluation.retrieval import retrieval


def slow(rows: Tensor, labels: Tensor) -> dict[str, float]:
    """Return the metrics from one sorted list a query; exact where differences and squares are exact."""
    found = [slow_query(rows, labels, query) for query in range(len(rows))]
    scores = [score for score in found if score]
    means = {name: sum(score[name] for score in scores) / len(scores) for name in scores[0]}
    return means | {"lone_queries": float(len(found) - len(scores))}


def slow_query(rows: Tensor, labels: Tensor, query: int) -> dict[str, float]:
    distances = (rows.double() - rows[query].double()).square().sum(1).tolist()
    right = (labels == labels[query]).tolist()
    others = sorted((distances[other], right[other]) for other in range(len(rows)) if other != query)
    hits = [hit for _, hit in others]
    count = sum(hits)
    if count == 0:
        return {}
    wrong = [distance for distance, hit in others if not hit]
    rights = [distance for distance, hit in others if hit]
    as_if_first = [place + sum(w < d for w in wrong) for place, d in enumerate(rights, start=1)]
    tied = any(d in wrong and first <= max(count, 8) for d, first in zip(rights, as_if_first, strict=True))
    return {
        **{f"recall_at_{k}": float(any(hits[:k])) for k in (1, 2, 4, 8)},
        "map_at_r": sum(sum(hits[: i + 1]) / (i + 1) for i in range(count) if hits[i]) / count,
        "r_precision": sum(hits[:count]) / count,
        "tie_share": float(tied),
    }


def assert_equals_slow(rows: Tensor, labels: Tensor) -> None:
    assert retrieval(rows, labels) == pytest.approx(slow(rows, labels), abs=1e-12)


def random_case(count: int = 60, dimensions: int = 5, classes: int = 6) -> tuple[Tensor, Tensor]:
    chance = torch.Generator().manual_seed(0)
    labels = torch.randint(0, classes, (count,), generator=chance)
    return torch.randn(count, dimensions, generator=chance) + labels[:, None], labels


def test_equals_the_double_loop() -> None:
    assert_equals_slow(*random_case())


@settings(max_examples=80, deadline=None)
@given(
    labels=st.lists(st.integers(0, 4), min_size=3, max_size=14),
    seed=st.integers(0, 1000),
    dimensions=st.integers(1, 3),
)
def test_equals_the_double_loop_where_most_distances_are_tied(
    labels: list[int], seed: int, dimensions: int
) -> None:
    labels += labels[:1]  # at least one pair
    chance = torch.Generator().manual_seed(seed)
    rows = torch.randint(-2, 3, (len(labels), dimensions), generator=chance).float()
    assert_equals_slow(rows, torch.tensor(labels))


@pytest.mark.parametrize(("dimensions", "scale"), [(2, 1.0), (784, 1.0), (64, 1e-3), (64, 1e4)])
def test_duplicated_rows_are_ties_however_wide(dimensions: int, scale: float) -> None:
    rows = scale * torch.rand(40, dimensions, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(40) % 5
    rows = torch.cat([rows, rows])
    labels = torch.cat([labels, (labels + 1) % 5])  # each twin has another class
    assert_equals_slow(rows, labels)
    found = retrieval(rows, labels)
    assert found["recall_at_1"] == 0  # the twin always comes first
    assert found["tie_share"] > 0.9


def test_duplicates_of_one_class_are_no_ties_and_self_is_not_a_hit() -> None:
    rows, labels = random_case()
    found = retrieval(torch.cat([rows, rows]), torch.cat([labels, labels]))
    assert found["recall_at_1"] == 1
    assert found["tie_share"] == 0
    alone = retrieval(torch.tensor([[0.0], [1.0], [1.5], [10.0]]), torch.tensor([0, 1, 1, 0]))
    assert alone["recall_at_1"] == 0.5


@pytest.mark.parametrize("labels", [torch.arange(40) % 4, torch.arange(40) // 10], ids=["mixed", "sorted"])
def test_a_collapsed_space_scores_nothing(labels: Tensor) -> None:
    for row in (torch.zeros(6), torch.rand(6)):
        found = retrieval(row.expand(40, 6), labels)
        assert found.pop("tie_share") == 1
        assert set(found.values()) == {0.0}


def test_float32_neighbours_that_differ_in_the_last_digits_are_not_tied() -> None:
    step = 1e-6
    rows = torch.tensor([[1.0, 0.0], [1.0, step], [1.0, 3 * step], [1.0, 7 * step]])
    found = retrieval(rows, torch.tensor([0, 0, 1, 1]))
    assert (found["recall_at_1"], found["tie_share"]) == (0.75, 0.0)


def test_perfect_and_worst_spaces() -> None:
    labels = torch.arange(20) % 4
    perfect = retrieval(torch.eye(4)[labels] + 0.01 * torch.rand(20, 4), labels)
    assert [perfect[name] for name in ("recall_at_1", "map_at_r", "r_precision")] == [1, 1, 1]
    worst = retrieval(torch.tensor([[0.0], [10.0], [0.1], [10.1]]), torch.tensor([0, 0, 1, 1]))
    assert [worst[name] for name in ("recall_at_1", "map_at_r", "r_precision")] == [0, 0, 0]
    assert worst["recall_at_2"] == 0.5  # 0 finds 10 behind 0.1; 10 finds 10.1, then 0.1, then 0


def test_a_worked_example() -> None:
    found = retrieval(torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([0, 0, 1, 0]))
    # 0: right, wrong | right   1: tie of right and wrong, right   3: wrong, right
    assert found["lone_queries"] == 1
    assert found["tie_share"] == pytest.approx(1 / 3)
    assert found["recall_at_1"] == pytest.approx(1 / 3)
    assert found["r_precision"] == pytest.approx((1 / 2 + 1 / 2 + 1 / 2) / 3)
    assert found["map_at_r"] == pytest.approx((1 / 2 + 1 / 4 + 1 / 4) / 3)


def test_lone_images_are_counted_and_still_found() -> None:
    found = retrieval(torch.tensor([[0.0], [2.0], [0.5]]), torch.tensor([0, 0, 1]))
    assert found["lone_queries"] == 1
    assert found["recall_at_1"] == 0
    assert found["recall_at_2"] == 1


def test_one_class_alone_is_always_right() -> None:
    found = retrieval(torch.rand(5, 2), torch.zeros(5, dtype=torch.int64))
    assert [found[name] for name in ("recall_at_1", "map_at_r", "tie_share")] == [1, 1, 0]


def test_no_pair_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="no two of the images"):
        retrieval(torch.rand(5, 2), torch.arange(5))


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, labels = random_case()
    whole = retrieval(rows, labels)
    monkeypatch.setattr(nearest, "BLOCK", 150)  # two queries at a time, odd ends
    assert retrieval(rows, labels) == pytest.approx(whole, abs=1e-12)


def test_order_and_names_do_not_change_the_result() -> None:
    rows, labels = random_case()
    order = torch.randperm(60, generator=torch.Generator().manual_seed(1))
    renamed = torch.tensor([50, 3, 7, 0, 90, 1])[labels]
    assert retrieval(rows[order], renamed[order]) == pytest.approx(retrieval(rows, labels), abs=1e-12)


def test_equals_pytorch_metric_learning() -> None:
    from pytorch_metric_learning.distances import LpDistance
    from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator
    from pytorch_metric_learning.utils.inference import CustomKNN

    rows, labels = random_case(count=120)
    calculator = AccuracyCalculator(
        include=("precision_at_1", "r_precision", "mean_average_precision_at_r"),
        k="max_bin_count",
        knn_func=CustomKNN(LpDistance(normalize_embeddings=False)),
        device=torch.device("cpu"),
    )
    theirs = calculator.get_accuracy(rows, labels)
    ours = retrieval(rows, labels)
    assert ours["tie_share"] == 0
    assert ours["recall_at_1"] == pytest.approx(theirs["precision_at_1"])
    assert ours["r_precision"] == pytest.approx(theirs["r_precision"])
    assert ours["map_at_r"] == pytest.approx(theirs["mean_average_precision_at_r"])


def test_equals_scikit_learn() -> None:
    rows, labels = random_case(count=120)
    neighbours = (
        NearestNeighbors(n_neighbors=8, algorithm="brute").fit(rows.numpy()).kneighbors(return_distance=False)
    )
    hits = labels[torch.from_numpy(neighbours)] == labels[:, None]
    found = retrieval(rows, labels)
    for k in (1, 2, 4, 8):
        assert found[f"recall_at_{k}"] == pytest.approx(float(hits[:, :k].any(1).float().mean()))


@pytest.fixture
def _rough(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small groups that distances in float32 choose the candidates of 80 images, too."""
    monkeypatch.setattr(nearest, "GROUP", 2)
    monkeypatch.setattr(nearest, "SPARE", 1)


def spaces() -> dict[str, tuple[Tensor, Tensor]]:
    """Embeddings of 90 images in 18 classes of 2 to 8 that float32 has its troubles with."""
    chance = torch.Generator().manual_seed(3)
    labels = torch.cat([torch.full((size,), label) for label, size in enumerate([2, 8] * 9)])
    labels = labels[torch.randperm(len(labels), generator=chance)]
    rows = torch.randn(len(labels), 4, generator=chance) + labels[:, None]
    twins = rows.clone()
    twins[1::2] = twins[::2]
    grid = torch.randint(-1, 2, rows.shape, generator=chance).float()
    return {
        "random": (rows, labels),
        "far from the origin": (rows + 1e3, labels),
        "huge": (rows * 1e18, labels),
        "tiny": (rows * 1e-18, labels),
        "twins": (twins, labels),
        "nearly twins": (twins + 1e-6 * torch.randn(rows.shape, generator=chance), labels),
        "a grid": (grid, labels),
        "one far away": (rows.index_fill(0, torch.tensor([0]), 1e6), labels),
        "collapsed": (rows[:1].expand_as(rows), labels),
    }


@pytest.mark.usefixtures("_rough")
@pytest.mark.parametrize("space", spaces())
def test_what_float32_cannot_decide_is_decided_in_float64(space: str) -> None:
    assert_equals_slow(*spaces()[space])


@pytest.mark.usefixtures("_rough")
def test_float32_decides_nothing_but_saves_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    whole = nearest.Gallery._of_all

    def counted(gallery: nearest.Gallery, block: Tensor, own: Tensor, reach: int) -> tuple[Tensor, Tensor]:
        looked_at.append(len(block))
        return whole(gallery, block, own, reach)

    monkeypatch.setattr(nearest.Gallery, "_of_all", counted)
    retrieval(*spaces()["random"])
    assert sum(looked_at) < 9
    retrieval(*spaces()["collapsed"])
    assert sum(looked_at) >= 90


@pytest.mark.usefixtures("_rough")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), levels=st.integers(2, 40), dimensions=st.integers(1, 4))
def test_equals_the_double_loop_where_some_distances_are_tied(
    seed: int, levels: int, dimensions: int
) -> None:
    chance = torch.Generator().manual_seed(seed)
    rows = torch.randint(0, levels, (80, dimensions), generator=chance).float()
    assert_equals_slow(rows, torch.randint(0, 20, (80,), generator=chance))
