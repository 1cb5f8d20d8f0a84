from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainers.data.datasets.made import cifar_batches
from trainers.data.datasets import Cifar10
from trainers.errors import DatasetError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return cifar_batches(tmp_path, monkeypatch).parent


def test_channels_come_first_and_the_test_batch_last(root: Path) -> None:
    data = Cifar10(root=root).load()
    assert data.images.shape == (120, 3, 32, 32)
    assert data.own_test == 20
    assert torch.equal(data.images[:, 0, 5, 7].long(), data.labels)
    assert data.images[:, 1].max() == 0
    assert data.images[:, 2].min() == 255
    assert data.labels.tolist() == [index % 10 for index in range(20)] * 6
    assert data.class_names[3] == "class 3"


def test_missing_files_are_named_with_what_to_do(root: Path) -> None:
    for name in ("data_batch_3", "batches.meta"):
        (root / "cifar-10-batches-py" / name).unlink()
    with pytest.raises(
        DatasetError, match=r"cifar-10-batches-py lacks data_batch_3, batches.meta, .*CIFAR10.*download: true"
    ):
        Cifar10(root=root).check()


@pytest.mark.parametrize("name", ["data_batch_2", "test_batch", "batches.meta"])
def test_a_damaged_file_is_named_and_not_opened(root: Path, name: str) -> None:
    file = root / "cifar-10-batches-py" / name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DatasetError, match=rf"{name} is damaged or another file: its md5 is not \w{{32}}"):
        Cifar10(root=root).load()


def test_a_failed_download_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(root: str, download: bool) -> Any:
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.datasets.CIFAR10", offline)
    with pytest.raises(DatasetError, match=r"^cifar10: cannot be downloaded to .*: no route to host"):
        Cifar10(root=tmp_path, download=True).load()
