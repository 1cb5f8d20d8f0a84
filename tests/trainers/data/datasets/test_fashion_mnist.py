from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainers.data.datasets.made import idx_files
from trainers.data.datasets import FashionMnist, Mnist
from trainers.data.datasets.files.idx_files import FILES
from trainers.errors import DatasetError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    idx_files(tmp_path / "FashionMNIST" / "raw")
    return tmp_path


def test_test_files_come_last(root: Path) -> None:
    data = FashionMnist(root=root).load()
    assert data.images.shape == (120, 1, 28, 28)
    assert data.own_test == 20
    assert torch.equal(data.images[:, 0, 0, 0].long(), data.labels)
    assert data.class_names[::9] == ("T-shirt/top", "Ankle boot")


def test_it_is_not_mnist(root: Path) -> None:
    with pytest.raises(DatasetError, match=r"MNIST/raw lacks train-images"):
        Mnist(root=root).check()


def test_missing_files_are_named_with_what_to_do(root: Path) -> None:
    (root / "FashionMNIST" / "raw" / FILES[2]).unlink()
    with pytest.raises(
        DatasetError,
        match=rf"^fashion_mnist: .*/FashionMNIST/raw lacks {FILES[2]} \(plain or .gz\), which torchvision's "
        r"FashionMNIST downloads; write download: true, or set root to FashionMNIST/raw's place$",
    ):
        FashionMnist(root=root).check()


def test_a_damaged_file_is_named(root: Path) -> None:
    file = root / "FashionMNIST" / "raw" / FILES[3]
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(DatasetError, match=f"^fashion_mnist: .*{FILES[3]} is no complete idx file"):
        FashionMnist(root=root).load()


def test_a_failed_download_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(root: str, download: bool) -> Any:
        raise RuntimeError("Error downloading train-images")

    monkeypatch.setattr("torchvision.datasets.FashionMNIST", offline)
    with pytest.raises(DatasetError, match=r"^fashion_mnist: cannot be downloaded to .*: Error downloading"):
        FashionMnist(root=tmp_path, download=True).load()
