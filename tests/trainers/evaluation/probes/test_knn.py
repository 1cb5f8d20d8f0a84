"""kNN against a slow loop that votes by hand, scikit-learn, and examples that pin how ties end."""

import sys
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from trainers.evaluation.probes.knn import knn


def slow(references: Tensor, labels: Tensor, queries: Tensor, neighbours: int) -> list[int]:
    return [slow_query(references, labels, query, neighbours) for query in queries]


def slow_query(references: Tensor, labels: Tensor, query: Tensor, neighbours: int) -> int:
    """Return the elected class; exact where squares are exact."""
    classes = labels.tolist()
    count = min(neighbours, max(classes.count(each) for each in classes))
    distances = (references.double() - query.double()).square().sum(1).tolist()
    last = sorted(distances)[count - 1]
    nearer = sum(distance < last for distance in distances)
    share = Fraction(count - nearer, sum(distance == last for distance in distances))
    votes: dict[int, Fraction] = {}
    nearest: dict[int, float] = {}
    for distance, label in zip(distances, classes, strict=True):
        if distance <= last:
            votes[label] = votes.get(label, Fraction(0)) + (1 if distance < last else share)
            nearest[label] = min(distance, nearest.get(label, distance))
    return min(votes, key=lambda label: (-votes[label], nearest[label], label))


def elected(references: list[float], labels: list[int], query: float, neighbours: int) -> int:
    found = knn(torch.tensor(references)[:, None], torch.tensor(labels), torch.tensor([[query]]), neighbours)
    return int(found)


def random_case(classes: int, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    chance = torch.Generator().manual_seed(seed)
    labels = torch.arange(90) % classes
    centres = torch.randn(classes, 4, generator=chance)
    references = centres[labels] + torch.randn(90, 4, generator=chance)
    return references, labels, torch.randn(50, 4, generator=chance)


@pytest.mark.parametrize(("classes", "neighbours"), [(6, 1), (2, 3), (2, 5), (2, 7)])
def test_equals_scikit_learn_where_no_vote_is_tied(classes: int, neighbours: int) -> None:
    references, labels, queries = random_case(classes)
    theirs = KNeighborsClassifier(neighbours).fit(references.numpy(), labels.numpy()).predict(queries.numpy())
    assert knn(references, labels, queries, neighbours).tolist() == theirs.tolist()


def test_equals_the_slow_loop_where_only_votes_are_tied() -> None:
    references, labels, queries = random_case(6)
    assert knn(references, labels, queries, 4).tolist() == slow(references, labels, queries, 4)


@settings(max_examples=100, deadline=None)
@given(
    labels=st.lists(st.integers(0, 3), min_size=2, max_size=16),
    neighbours=st.integers(1, 6),
    dimensions=st.integers(1, 2),
    seed=st.integers(0, 1000),
)
def test_equals_the_slow_loop_where_most_distances_are_tied(
    labels: list[int], neighbours: int, dimensions: int, seed: int
) -> None:
    labels = labels * 2  # so that k is not 1 in nearly every example
    chance = torch.Generator().manual_seed(seed)
    references = torch.randint(-2, 3, (len(labels), dimensions), generator=chance).float()
    queries = torch.randint(-2, 3, (9, dimensions), generator=chance).float()
    found = knn(references, torch.tensor(labels), queries, neighbours)
    assert found.tolist() == slow(references, torch.tensor(labels), queries, neighbours)


def test_of_classes_with_as_many_votes_the_nearest_wins() -> None:
    assert elected([1.0, 4.0, 2.0, 3.0, 9.0, 9.0], [7, 7, 3, 3, 5, 5], query=0.0, neighbours=2) == 7
    assert elected([1.0, 4.0, 2.0, 3.0], [7, 7, 3, 3], query=5.0, neighbours=2) == 7
    assert elected([1.0, 9.0, -1.0, 9.0], [7, 7, 3, 3], query=0.0, neighbours=2) == 3  # equally near


def test_references_as_far_as_the_last_share_its_place() -> None:
    # Two places: the nearer one takes the first, and four references a quarter of the second each.
    assert elected([1.0, 9.0, 2.0, 2.0, 2.0, 2.0], [0, 0, 1, 1, 1, 1], query=0.0, neighbours=2) == 0
    # Two places for four equally far: three quarters of them are of class 1.
    assert elected([2.0, 9.0, 2.0, 2.0, 2.0], [0, 0, 1, 1, 1], query=0.0, neighbours=2) == 1


def test_one_small_class_changes_nothing_for_the_others() -> None:
    references, labels, queries = random_case(2)
    lone = torch.full((1, 4), 50.0)
    with_one = torch.cat([references, lone]), torch.cat([labels, torch.tensor([9])])
    theirs = KNeighborsClassifier(5).fit(with_one[0].numpy(), with_one[1].numpy()).predict(queries.numpy())
    assert knn(*with_one, queries, 5).tolist() == theirs.tolist()
    assert torch.equal(knn(*with_one, queries, 5), knn(references, labels, queries, 5))
    assert not torch.equal(knn(references, labels, queries, 5), knn(references, labels, queries, 1))


def test_no_more_neighbours_are_asked_than_the_largest_class_has() -> None:
    # With five, the three of class 1 would win everywhere.
    assert elected([0.0, 0.2, 1.0, 1.1, 1.2], [0, 0, 1, 1, 1], query=0.1, neighbours=5) == 0
    # Three it is: one of class 0 is outvoted by the two nearest of class 1.
    assert elected([0.0, 1.0, 1.1, 1.2], [0, 1, 1, 1], query=0.1, neighbours=3) == 1


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 12), min_size=2, max_size=5),
    neighbours=st.sampled_from([1, 2, 3, 5, 7]),
    seed=st.integers(0, 1000),
)
def test_equals_scikit_learn_however_unequal_classes_are(
    sizes: list[int], neighbours: int, seed: int
) -> None:
    labels = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    chance = torch.Generator().manual_seed(seed)
    references = torch.randn(len(labels), 3, generator=chance)
    queries = torch.randn(9, 3, generator=chance)
    count = min(neighbours, max(sizes))
    fitted = KNeighborsClassifier(count).fit(references.numpy(), labels.numpy())
    nearest = labels[torch.from_numpy(fitted.kneighbors(queries.numpy(), return_distance=False))]
    votes = torch.stack([(nearest == each).sum(1) for each in range(len(sizes))], 1)
    untied = (votes == votes.max(1, keepdim=True).values).sum(1) == 1
    found = knn(references, labels, queries, neighbours)[untied].tolist()
    assert found == fitted.predict(queries.numpy())[untied.numpy()].tolist()


@pytest.mark.parametrize("row", [torch.zeros(6), torch.rand(6), 1e-4 * torch.rand(6)])
def test_where_all_distances_are_equal_the_largest_class_wins(row: Tensor) -> None:
    labels = torch.tensor([0] * 10 + [4] * 11 + [2] * 10)  # sorted: by index the first would win
    assert set(knn(row.expand(31, 6), labels, row.expand(8, 6), 5).tolist()) == {4}


@pytest.mark.parametrize(("dimensions", "scale"), [(2, 1.0), (784, 1.0), (64, 1e-3), (64, 1e4)])
def test_duplicated_references_are_ties_however_wide(dimensions: int, scale: float) -> None:
    rows = scale * torch.rand(30, dimensions, generator=torch.Generator().manual_seed(0))
    labels = torch.cat([torch.ones(30), torch.zeros(30)]).long()
    found = knn(torch.cat([rows, rows]), labels, rows, 1)
    assert found.tolist() == [0] * 30  # not 1, whose copies come first


def test_the_order_of_the_references_does_not_matter() -> None:
    chance = torch.Generator().manual_seed(0)
    references = torch.randint(0, 3, (60, 2), generator=chance).float()
    labels, queries = torch.arange(60) % 7, torch.rand(40, 2, generator=chance) * 3
    order = torch.randperm(60, generator=chance)
    assert torch.equal(knn(references[order], labels[order], queries, 5), knn(references, labels, queries, 5))


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    references, labels, queries = random_case(6)
    whole = knn(references, labels, queries, 4)
    monkeypatch.setattr(sys.modules[knn.__module__], "BLOCK", 300)  # three queries at a time, an odd end
    assert torch.equal(knn(references, labels, queries, 4), whole)
