import gzip
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainers.data.datasets.made import idx, idx_files
from trainers.config import TrainConfig
from trainers.data.datasets import Mnist
from trainers.data.datasets.files.idx_files import FILES
from trainers.errors import DatasetError
from trainers.training.trainer import Trainer


@pytest.fixture
def root(tmp_path: Path) -> Path:
    idx_files(tmp_path / "MNIST" / "raw")
    return tmp_path


def test_test_files_come_last(root: Path) -> None:
    data = Mnist(root=root).load()
    assert data.images.shape == (120, 1, 28, 28)
    assert data.own_test == 20
    assert torch.equal(data.images[:, 0, 0, 0].long(), data.labels)
    assert Mnist(root=root).load() is data


def test_packed_files_will_do(root: Path) -> None:
    plain = Mnist(root=root).load()
    for name in FILES:
        file = root / "MNIST" / "raw" / name
        file.with_name(f"{name}.gz").write_bytes(gzip.compress(file.read_bytes()))
        file.unlink()
    Mnist(root=root).check()
    assert torch.equal(Mnist(root=root).load().images, plain.images)


def test_it_trains(root: Path) -> None:
    config = TrainConfig.model_validate(
        {
            "dataset": {"name": "mnist", "root": str(root)},
            "backbone": {"name": "convnet", "channels": [4]},
            "loss": {"name": "triplet"},
            "epochs": 1,
            "device": "cpu",
        }
    )
    (evaluation,) = Trainer(config).fit()
    assert evaluation.metrics["labelled_samples"] == 80


def test_missing_files_are_named_with_what_to_do(root: Path) -> None:
    (root / "MNIST" / "raw" / FILES[1]).unlink()
    for attempt in (Mnist(root=root).check, Mnist(root=root).load):
        with pytest.raises(DatasetError, match=rf"raw lacks {FILES[1]} .*download: true"):
            attempt()


def damage(file: Path, how: str) -> None:
    data = file.read_bytes()
    file.write_bytes({"cut": data[:-1], "empty": b"", "text": b"hello world", "short": data[:6]}[how])


@pytest.mark.parametrize("how", ["cut", "empty", "text", "short"])
def test_a_damaged_file_is_named(root: Path, how: str) -> None:
    damage(root / "MNIST" / "raw" / FILES[0], how)
    with pytest.raises(DatasetError, match=f"{FILES[0]} is no complete idx file"):
        Mnist(root=root).load()


def test_a_damaged_packed_file_is_named(root: Path) -> None:
    file = root / "MNIST" / "raw" / FILES[0]
    file.with_name(f"{FILES[0]}.gz").write_bytes(gzip.compress(file.read_bytes())[:-20])
    file.unlink()
    with pytest.raises(DatasetError, match=f"{FILES[0]}.gz cannot be read"):
        Mnist(root=root).load()


def test_files_that_do_not_fit_together_are_refused(root: Path) -> None:
    raw = root / "MNIST" / "raw"
    (raw / FILES[1]).write_bytes((raw / FILES[3]).read_bytes())
    with pytest.raises(DatasetError, match="do not fit together"):
        Mnist(root=root).load()


def test_files_of_another_dataset_are_refused(root: Path) -> None:
    raw = root / "MNIST" / "raw"
    (raw / FILES[3]).write_bytes(idx(torch.full((20,), 10, dtype=torch.uint8)))
    with pytest.raises(DatasetError, match=r"are of another dataset: .* labels up to 10"):
        Mnist(root=root).load()
    (raw / FILES[2]).write_bytes(idx(torch.zeros(20, 32, 32, dtype=torch.uint8)))
    with pytest.raises(DatasetError, match=r"of another dataset: \(28, 28\) and \(32, 32\) pixels"):
        Mnist(root=root).load()


def test_empty_files_are_refused(root: Path) -> None:
    for name, shape in ((FILES[2], (0, 28, 28)), (FILES[3], (0,))):
        (root / "MNIST" / "raw" / name).write_bytes(idx(torch.zeros(shape, dtype=torch.uint8)))
    with pytest.raises(DatasetError, match=f"{FILES[2]} is no complete idx file"):
        Mnist(root=root).load()


def test_a_failed_download_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(root: str, download: bool) -> Any:
        assert (root, download) == (str(tmp_path), True)
        raise RuntimeError("Error downloading train-images")

    monkeypatch.setattr("torchvision.datasets.MNIST", offline)
    spec = Mnist(root=tmp_path, download=True)
    spec.check()
    with pytest.raises(DatasetError, match=r"cannot be downloaded to .*: Error downloading train-images"):
        spec.load()
