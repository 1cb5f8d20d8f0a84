import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainers.data.labelling import choose_labelled
from trainers.errors import ConfigError

LABELS = torch.arange(1000) % 10


def counts(percent: float, labels: torch.Tensor = LABELS, seed: int = 0) -> list[int]:
    chosen = choose_labelled(labels, percent, seed)
    assert len(chosen.unique()) == len(chosen)
    return labels[chosen].bincount(minlength=int(labels.max()) + 1).tolist()


def test_all_labels_are_all_images_in_order() -> None:
    assert torch.equal(choose_labelled(LABELS, 100, 0), torch.arange(1000))


def test_shares_are_stratified() -> None:
    assert counts(10) == [10] * 10
    assert sorted(counts(10.5)) == [10] * 5 + [11] * 5
    uneven = torch.cat([torch.zeros(900, dtype=torch.int64), torch.ones(100, dtype=torch.int64)])
    assert counts(10, uneven) == [90, 10]


def test_few_labels_come_in_pairs() -> None:
    assert sorted(counts(0.6)) == [0] * 7 + [2] * 3
    assert sorted(counts(0.7)) == [0] * 6 + [1] + [2] * 3
    assert counts(2) == [2] * 10
    assert sum(len({tuple(counts(0.4, seed=seed))}) for seed in range(5)) == 5
    assert len({tuple(counts(0.4, seed=seed)) for seed in range(5)}) > 1


def test_a_tiny_class_still_gets_its_pair() -> None:
    labels = torch.cat([torch.zeros(1000, dtype=torch.int64), torch.ones(5, dtype=torch.int64)])
    assert counts(10, labels) == [98, 2]


def test_more_labels_with_the_same_seed_keep_the_few() -> None:
    few, more = choose_labelled(LABELS, 1, 0), choose_labelled(LABELS, 10, 0)
    assert set(few.tolist()) < set(more.tolist())


def test_too_few_labels_are_refused_with_the_smallest_percentage_that_works() -> None:
    with pytest.raises(
        ConfigError, match=r"0\.1 percent of 1000 training images is 1 labels; .* at least 0\.4"
    ):
        choose_labelled(LABELS, 0.1, 0)
    assert sum(counts(0.4)) == 4


def test_classes_of_one_image_are_refused() -> None:
    with pytest.raises(ConfigError, match="fewer than two classes have two training images"):
        choose_labelled(torch.tensor([0, 0, 0, 1, 2, 3]), 100, 0)


@settings(max_examples=100, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 30), min_size=2, max_size=8),
    percent=st.floats(1, 100),
    seed=st.integers(0, 99),
)
def test_two_classes_have_a_pair_whatever_the_sizes(sizes: list[int], percent: float, seed: int) -> None:
    labels = torch.repeat_interleave(torch.arange(len(sizes)), torch.tensor(sizes))
    wanted = round(len(labels) * percent / 100)
    if wanted < 4 or sum(size >= 2 for size in sizes) < 2:
        with pytest.raises(ConfigError):
            choose_labelled(labels, percent, seed)
    else:
        found = counts(percent, labels, seed)
        assert sum(found) == wanted
        assert sum(count >= 2 for count in found) >= 2
