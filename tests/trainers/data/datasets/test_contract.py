"""What every dataset of the union does."""

from pathlib import Path
from typing import Any, get_args

import pytest
import torch

from trainers.config import TrainConfig
from trainers.data.datasets.files.image_files import ImageFiles
from trainers.data.splits import split
from trainers.errors import DatasetError
from trainers.training.trainer import Trainer


def ways_to_split(spec: Any) -> list[Any]:
    """Return the spec once for each ``split_by`` that it allows."""
    ways = get_args(type(spec).model_fields["split_by"].annotation)
    return [spec.model_copy(update={"split_by": way}) for way in ways]


def test_files_that_are_not_there_are_named_in_one_line(dataset_type: Any, tmp_path: Path) -> None:
    if "root" not in dataset_type.model_fields:
        return dataset_type().check()
    spec = dataset_type(root=tmp_path)
    for attempt in (spec.check, spec.load):
        with pytest.raises(DatasetError, match=rf"^{spec.name}: {tmp_path}[^\n]*root") as caught:
            attempt()
        assert "\n" not in str(caught.value)
    return None


def test_a_config_with_it_survives_json(made: Any) -> None:
    config = TrainConfig(dataset=made, loss={"name": "triplet"})
    assert TrainConfig.model_validate_json(config.model_dump_json()) == config


def test_images_and_labels_are_as_promised(made: Any) -> None:
    made.check()
    data = made.load()
    assert data.images.ndim == 4
    assert data.images.is_contiguous()
    assert data.images.dtype == torch.uint8 or (
        data.images.dtype == torch.float32 and data.images.shape[1:3] == (1, 1)
    )
    assert (data.labels.dtype, data.labels.shape) == (torch.int64, (len(data.images),))
    assert torch.equal(torch.unique(data.labels), torch.arange(len(data.class_names)))
    assert len(set(data.class_names)) == len(data.class_names)
    assert 0 <= data.own_test < len(data.images)
    assert 0 <= data.own_test_classes < len(data.class_names)


def test_decoded_every_epoch_it_shows_the_same(made: Any) -> None:
    if "decode" not in type(made).model_fields:
        assert isinstance(made.load().images, torch.Tensor)
        return
    once, files = made.load(), made.model_copy(update={"decode": "every_epoch"}).load()
    assert isinstance(files.images, ImageFiles)
    assert (files.images.shape, files.class_names) == (once.images.shape, once.class_names)
    assert torch.equal(files.labels, once.labels)
    assert torch.equal(torch.stack([files.images.squeezed(index) for index in range(9)]), once.images[:9])


def test_it_is_read_once_however_it_is_split(made: Any) -> None:
    assert made.load() is made.model_copy(update={"split_seed": 5}).load()


def test_splits_are_disjoint_and_seeded(made: Any) -> None:
    data = made.load()
    for spec in ways_to_split(made):
        splits = split(spec, data)
        together = torch.cat([splits.train, splits.validation, splits.test])
        assert torch.equal(together.sort().values, torch.arange(len(data.labels)))
        other = split(spec.model_copy(update={"split_seed": 1}), data)
        assert split(spec, data).hash == splits.hash != other.hash
        if spec.split_by == "classes":
            parts = (splits.train, splits.validation, splits.test)
            assert sum(len(torch.unique(data.labels[part])) for part in parts) == len(data.class_names)


def test_it_trains(made: Any) -> None:
    config = {
        "dataset": made.model_dump(),
        "backbone": {"name": "mlp", "hidden": [8]},
        "lsdim": 4,
        "loss": {"name": "triplet"},
        "batch": {"classes": 4, "per_class": 2, "steps_per_epoch": 2},
        "epochs": 2,
        "device": "cpu",
    }
    first, second = Trainer(TrainConfig.model_validate(config)).fit()
    assert 0 <= second.metrics["map_at_r"] <= 1
    assert first.metrics["labelled_samples"] > 0
