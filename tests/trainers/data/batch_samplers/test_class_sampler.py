"""Balanced batches of some classes."""

import pytest
import torch
from torch import Tensor

from trainers.data.batch_samplers import ClassSampler
from trainers.errors import ConfigError

LABELS = torch.arange(60) % 6


def batches(spec: ClassSampler, labels: Tensor = LABELS, *, epoch: int = 1, seed: int = 0) -> list[Tensor]:
    return list(spec.build(labels, train_size=60, seed=seed).epoch(epoch))


def test_a_batch_has_p_classes_with_k_different_images_each() -> None:
    for batch in batches(ClassSampler(classes=4, per_class=5)):
        assert len(batch.unique()) == 20
        assert LABELS[batch].unique(return_counts=True)[1].tolist() == [5, 5, 5, 5]


def test_every_class_and_every_image_gets_its_turn() -> None:
    drawn = torch.cat(batches(ClassSampler(classes=2, per_class=2, steps_per_epoch=300)))
    assert len(drawn.unique()) == 60


def test_batches_depend_on_seed_and_epoch_alone() -> None:
    spec = ClassSampler(classes=3, per_class=3)
    built = spec.build(LABELS, train_size=60, seed=0)
    first = torch.stack(list(built.epoch(1)))
    second = torch.stack(list(built.epoch(2)))
    torch.rand(7)
    assert torch.equal(torch.stack(batches(spec, epoch=2)), second)
    assert not torch.equal(first, second)
    assert not torch.equal(torch.stack(batches(spec, seed=1)), first)


def test_an_epoch_is_as_long_as_the_whole_training_split() -> None:
    spec = ClassSampler(classes=4, per_class=4)
    assert len(batches(spec)) == len(batches(spec, LABELS[:12])) == 4  # 60 images in batches of 16
    assert len(batches(ClassSampler(steps_per_epoch=7))) == 7


def test_small_classes_give_all_they_have_and_few_classes_all_there_are() -> None:
    labels = torch.tensor([0, 0, 0, 1, 1, 1, 1, 1])
    for batch in batches(ClassSampler(classes=10, per_class=4), labels):
        assert labels[batch].bincount().tolist() == [3, 4]


def test_lone_and_unlabelled_images_are_never_drawn() -> None:
    labels = torch.tensor([-1, -1, -1, 0, 0, 1, 1, 2])
    drawn = torch.cat(batches(ClassSampler(classes=3, per_class=2), labels))
    assert drawn.unique().tolist() == [3, 4, 5, 6]


def test_a_single_class_is_refused() -> None:
    with pytest.raises(ConfigError, match="1 classes have two labelled images"):
        batches(ClassSampler(), torch.tensor([0, 0, 0, 1]))
