from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from trainers.data.datasets import Digits, ImageFolder, ImageSet
from trainers.data.splits import split
from trainers.errors import ConfigError, DatasetError


def images(labels: Tensor, own_test: int = 0) -> ImageSet:
    names = tuple(map(str, range(int(labels.max()) + 1)))
    return ImageSet(torch.zeros(len(labels), 1, 1, 1, dtype=torch.uint8), labels, names, own_test)


LABELS = torch.cat([torch.arange(1000) % 10, torch.zeros(200, dtype=torch.int64)])


@pytest.mark.parametrize("split_by", ["samples", "classes"])
def test_every_image_is_in_exactly_one_split(split_by: Any) -> None:
    splits = split(Digits(split_by=split_by), images(LABELS))
    together = torch.cat([splits.train, splits.validation, splits.test])
    assert torch.equal(together.sort().values, torch.arange(1200))


def test_by_samples_every_class_is_divided_alike() -> None:
    splits = split(Digits(validation_percent=10, test_percent=30), images(LABELS))
    assert LABELS[splits.validation].bincount().tolist() == [30] + [10] * 9
    assert LABELS[splits.test].bincount().tolist() == [90] + [30] * 9


def test_by_classes_no_class_is_in_two_splits() -> None:
    splits = split(Digits(split_by="classes"), images(LABELS))
    classes = [set(LABELS[part].tolist()) for part in (splits.train, splits.validation, splits.test)]
    assert [len(part) for part in classes] == [6, 2, 2]
    assert len(set().union(*classes)) == 10


def test_a_dataset_with_test_images_of_its_own_keeps_them() -> None:
    data = images(LABELS, own_test=300)
    splits = split(Digits(), data)
    assert splits.test.tolist() == list(range(900, 1200))
    assert splits.validation.max() < 900
    by_classes = split(Digits(split_by="classes"), data)
    assert torch.cat([by_classes.train, by_classes.validation]).max() >= 900


def test_a_dataset_with_test_classes_of_its_own_keeps_them() -> None:
    data = replace(images(LABELS), own_test_classes=4)
    for seed in range(3):
        splits = split(Digits(split_by="classes", split_seed=seed, validation_percent=50), data)
        classes = [set(LABELS[part].tolist()) for part in (splits.train, splits.validation, splits.test)]
        assert classes[2] == {6, 7, 8, 9}
        assert [len(part) for part in classes] == [3, 3, 4]
        assert len(set().union(*classes)) == 10


@pytest.mark.parametrize("own_test", [0, 300])
def test_named_classes_are_never_trained(own_test: int) -> None:
    spec = Digits(split_by="classes", unseen_classes=("2", "9"), validation_percent=40, test_percent=20)
    splits = split(spec, images(LABELS, own_test))
    assert set(LABELS[splits.train].tolist()) == {0, 1, 3, 4, 5, 6, 7, 8}
    assert len(splits.train) == 1000
    for part in (splits.validation, splits.test):
        assert set(LABELS[part].tolist()) == {2, 9}
    assert not set(splits.validation.tolist()) & set(splits.test.tolist())
    if own_test:
        assert splits.validation.max() < 900 <= splits.test.min()
        assert (len(splits.validation), len(splits.test)) == (72, 20)
    else:
        assert (len(splits.validation), len(splits.test)) == (80, 40)


@given(
    classes=st.integers(10, 40),
    folds=st.integers(2, 4),
    seed=st.integers(0, 2**32),
    own=st.sampled_from([0, 2]),
)
def test_folds_share_the_test_split_and_each_class_is_validated_once(
    classes: int, folds: int, seed: int, own: int
) -> None:
    labels = torch.arange(3 * classes) % classes
    data = replace(images(labels), own_test_classes=own)

    def parts(**changes: Any) -> list[set[int]]:
        splits = split(Digits(split_by="classes", split_seed=seed, **changes), data)
        return [set(labels[each].tolist()) for each in (splits.train, splits.validation, splits.test)]

    cut = [parts(folds=folds, fold=fold) for fold in range(folds)]
    test = parts()[2]
    assert [each[2] for each in cut] == [test] * folds
    for train, validation, _ in cut:
        assert train | validation | test == set(range(classes))
        assert len(train) + len(validation) + len(test) == classes
    validated = [label for _, validation, _ in cut for label in validation]
    assert sorted([*validated, *test]) == list(range(classes))
    sizes = [len(validation) for _, validation, _ in cut]
    assert max(sizes) - min(sizes) <= 1
    assert [parts(folds=folds, fold=fold, validation_percent=70) for fold in range(folds)] == cut


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"folds": 4}, "4 folds are of classes, and split_by: samples puts every class into every split"),
        ({"folds": 1, "split_by": "classes"}, "greater than or equal to 2"),
        ({"folds": 4, "fold": 4, "split_by": "classes"}, "4: must be below the 4 of folds; the first is 0"),
        ({"fold": 1, "split_by": "classes"}, "1 is given without folds"),
        (
            {"folds": 4, "split_by": "classes", "unseen_classes": ("2", "9")},
            "are of classes that are drawn, and unseen_classes names them",
        ),
    ],
)
def test_folds_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Digits(**changes)


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        (9, r"^dataset\.folds: 9 folds are more than the 8 classes that are not tested"),
        (8, "the validation split has 1 classes .*; change folds, test_percent or split_by"),
    ],
)
def test_more_folds_than_the_classes_allow_are_refused(folds: int, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        split(ImageFolder(root=Path(), split_by="classes", folds=folds), images(LABELS))


@pytest.mark.parametrize("folds", [5, 8, 50])
def test_folds_are_refused_before_the_data_are_read_where_their_size_is_known(
    folds: int, tmp_path: Path
) -> None:
    message = f"{folds} folds of the 8 classes that are not tested have fewer than two classes each"
    with pytest.raises(ValueError, match=message):
        Digits(split_by="classes", folds=folds)
    for name in range(10):
        (tmp_path / str(name)).mkdir()
    with pytest.raises(DatasetError, match=f"^image_folder: folds: {message}"):
        ImageFolder(root=tmp_path, split_by="classes", folds=folds).check()


@given(
    split_by=st.sampled_from(["samples", "classes"]),
    folds=st.sampled_from([None, 2, 3, 4]),
    fold=st.integers(0, 1),
    unseen=st.sampled_from([(), ("2", "9")]),
    percents=st.tuples(st.integers(20, 40), st.integers(20, 40)),
)
def test_how_many_classes_are_trained_is_known_before(
    split_by: Any, folds: int | None, fold: int, unseen: tuple[str, ...], percents: tuple[int, int]
) -> None:
    folds = folds if split_by == "classes" and not unseen else None
    spec = Digits(
        split_by=split_by,
        unseen_classes=unseen if split_by == "classes" else (),
        folds=folds,
        fold=fold if folds else 0,
        validation_percent=percents[0],
        test_percent=percents[1] if not folds else 20,
    )
    assert spec.trained_classes == len(LABELS[split(spec, images(LABELS)).train].unique())


def test_a_class_that_does_not_exist_cannot_be_kept_from_training() -> None:
    names = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
    data = replace(images(LABELS), class_names=names)
    with pytest.raises(
        ConfigError, match=r"^dataset.unseen_classes: there is no class 'tow'; did you mean two"
    ):
        split(Digits(split_by="classes", unseen_classes=("tow",)), data)


def test_classes_are_kept_from_training_by_classes_only() -> None:
    with pytest.raises(ValueError, match="split_by: samples trains every class; set split_by: classes"):
        Digits(unseen_classes=("2", "9"))


def test_the_hash_names_the_split() -> None:
    data = images(LABELS)
    hashes = [split(Digits(split_seed=seed), data).hash for seed in (0, 0, 1)]
    assert hashes[0] == hashes[1] != hashes[2]
    assert len(hashes[0]) == 16
    # A search compares trials on one split for months: this one may not change unnoticed.
    assert hashes[0] == "494585174b9f31ec"


@pytest.mark.parametrize(
    ("spec", "labels", "message"),
    [
        (
            Digits(split_by="classes"),
            torch.arange(20) % 4,
            "split by classes, the validation split has 1 classes",
        ),
        (Digits(), torch.arange(20), "split by samples, the train split has 20 classes and at most 1 images"),
        (Digits(), torch.arange(50) % 10, "the validation split has 10 classes and at most 1 images a class"),
        (Digits(), torch.zeros(50, dtype=torch.int64), "the train split has 1 classes"),
    ],
)
def test_a_split_without_two_classes_and_a_pair_is_refused(
    spec: Digits, labels: Tensor, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        split(spec, images(labels))
