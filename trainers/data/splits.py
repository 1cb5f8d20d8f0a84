"""Which images train, which validate, which test at the very end."""

import hashlib
from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.data.datasets.image_set import DatasetSpec, ImageSet
from trainers.errors import ConfigError
from trainers.specs import nearest
from trainers.training.seeding import derive, generator


@dataclass(frozen=True)
class Splits:
    """Disjoint sets of image indices, each sorted, int64.

    Attributes:
        train: what the model learns from.
        validation: what every evaluation during a search looks at.
        test: what is looked at once, after the search.
    """

    train: Tensor
    validation: Tensor
    test: Tensor

    @property
    def hash(self) -> str:
        """Sixteen hexadecimal digits that are equal if and only if the three sets are."""
        digest = hashlib.sha256()
        for indices in (self.train, self.validation, self.test):
            digest.update(len(indices).to_bytes(8, "big") + indices.numpy().astype("<i8").tobytes())
        return digest.hexdigest()[:16]


def split(spec: DatasetSpec, data: ImageSet) -> Splits:
    """Split the images as ``spec`` says; the same spec and labels always give the same splits.

    Raises:
        ConfigError: a split would have fewer than two classes, or no two images of one class.
    """
    divide = _by_samples if spec.split_by == "samples" else _by_names if spec.unseen_classes else _by_classes
    parts = divide(spec, data, generator(derive(spec.split_seed, "splits", spec.split_by)))
    train, validation, test = (part.sort().values for part in parts)
    for name, indices in (("train", train), ("validation", validation), ("test", test)):
        _check(name, data.labels[indices], spec)
    return Splits(train, validation, test)


def _by_classes(spec: DatasetSpec, data: ImageSet, chance: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    classes = torch.unique(data.labels)
    own = classes >= len(data.class_names) - data.own_test_classes
    known, classes = classes[own], classes[~own]
    classes = classes[torch.randperm(len(classes), generator=chance)]
    test = 0 if data.own_test_classes else round(len(classes) * spec.test_percent / 100)
    validation = round(len(classes) * spec.validation_percent / 100)
    if spec.folds:
        held_out, seen, learnt = classes[:test], *_fold(spec.folds, spec.fold, classes[test:])
    else:
        held_out, seen, learnt = classes.split([test, validation, len(classes) - test - validation])
    parts = (learnt, seen, torch.cat([known, held_out]))
    members = [torch.isin(data.labels, part).nonzero()[:, 0] for part in parts]
    return members[0], members[1], members[2]


def _fold(folds: int, fold: int, classes: Tensor) -> tuple[Tensor, Tensor]:
    """Return the classes of one part, and those of all others; parts differ by one class at most."""
    if folds > len(classes):
        raise ConfigError(
            f"dataset.folds: {folds} folds are more than the {len(classes)} classes that are not tested"
        )
    parts = list(classes.tensor_split(folds))
    return parts.pop(fold), torch.cat(parts)


def _by_names(spec: DatasetSpec, data: ImageSet, chance: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    known = {name: label for label, name in enumerate(data.class_names)}
    for name in spec.unseen_classes:
        if name not in known:
            raise ConfigError(
                f"dataset.unseen_classes: there is no class {name!r}{nearest(name, known)}; "
                f"the classes are {', '.join(data.class_names)}"
            )
    unseen = torch.isin(data.labels, torch.tensor([known[name] for name in spec.unseen_classes]))
    own_test = torch.arange(len(data.labels)) >= len(data.labels) - data.own_test
    judged = (unseen & ~own_test).nonzero()[:, 0]
    judged = judged[torch.randperm(len(judged), generator=chance)]
    seen = round(len(judged) * spec.validation_percent / 100)
    held_out = round(len(judged) * spec.test_percent / 100)
    test = (unseen & own_test).nonzero()[:, 0] if data.own_test else judged[seen : seen + held_out]
    return (~unseen).nonzero()[:, 0], judged[:seen], test


def _by_samples(spec: DatasetSpec, data: ImageSet, chance: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    own = len(data.labels) - data.own_test
    test = [torch.arange(own, len(data.labels))]
    validation: list[Tensor] = []
    train: list[Tensor] = []
    for label in torch.unique(data.labels):
        members = (data.labels[:own] == label).nonzero()[:, 0]
        members = members[torch.randperm(len(members), generator=chance)]
        held_out = 0 if data.own_test else round(len(members) * spec.test_percent / 100)
        seen = round(len(members) * spec.validation_percent / 100)
        test.append(members[:held_out])
        validation.append(members[held_out : held_out + seen])
        train.append(members[held_out + seen :])
    return torch.cat(train), torch.cat(validation), torch.cat(test)


def _check(name: str, labels: Tensor, spec: DatasetSpec) -> None:
    counts = torch.unique(labels, return_counts=True)[1]
    if len(counts) < 2 or counts.max() < 2:
        share = "folds" if spec.folds else "validation_percent"
        raise ConfigError(
            f"dataset: split by {spec.split_by}, the {name} split has {len(counts)} classes and at most "
            f"{int(counts.max()) if len(counts) else 0} images a class; "
            f"it needs two classes and two images of one; change {share}, test_percent or split_by"
        )
