import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.trainers.data.datasets.made import organs
from trainers.data.datasets import OrganAMnist
from trainers.data.datasets import organamnist as module
from trainers.data.splits import split
from trainers.errors import DatasetError


def test_the_published_test_images_are_the_test_split(tmp_path: Path) -> None:
    organs(tmp_path)
    spec = OrganAMnist(root=tmp_path, checksum="any")
    data = spec.load()
    assert data.images.shape == (165, 1, 28, 28)
    assert torch.equal(data.images[:, 0, 0, 0].long(), data.labels)
    assert data.labels.bincount().tolist() == [15] * 11
    assert split(spec, data).test.tolist() == list(range(132, 165))
    assert data.class_names[6] == "liver"


def test_a_published_file_is_known_by_its_checksum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    md5 = hashlib.md5(organs(tmp_path).read_bytes()).hexdigest()
    monkeypatch.setattr(module, "CHECKSUMS", ("0" * 32, md5))
    assert len(OrganAMnist(root=tmp_path).load().images) == 165


def test_another_file_is_named_with_both_sums_and_the_way_out(tmp_path: Path) -> None:
    file = organs(tmp_path)
    md5 = hashlib.md5(file.read_bytes()).hexdigest()
    OrganAMnist(root=tmp_path).check()
    with pytest.raises(DatasetError, match=rf"organamnist\.npz has the md5 {md5}.*68e3f884.*checksum: any"):
        OrganAMnist(root=tmp_path).load()


@pytest.mark.parametrize("kept", [0, 2, 500, -30])
def test_a_cut_file_is_named(tmp_path: Path, kept: int) -> None:
    file = organs(tmp_path)
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(DatasetError, match=r"organamnist\.npz cannot be read: [^\n]*$"):
        OrganAMnist(root=tmp_path, checksum="any").load()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"val_labels": None}, r"cannot be read: .*val_labels"),
        ({"val_labels": np.array([None] * 22)}, r"cannot be read: .*pickle"),
        ({"val_images": np.zeros((22, 64, 64), np.uint8)}, r"holds images \(22, 64, 64\) uint8"),
        ({"val_images": np.zeros((22, 28, 28))}, r"holds images \(22, 28, 28\) float64"),
        ({"val_labels": np.zeros((21, 1), np.uint8)}, r"with labels \(21, 1\)"),
        ({"val_labels": np.full((22, 1), 11)}, "labels that are not the numbers 0 to 10"),
        ({"val_labels": np.full((22, 1), -1)}, "labels that are not the numbers 0 to 10"),
    ],
)
def test_other_contents_are_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    organs(tmp_path, **changes)
    with pytest.raises(DatasetError, match=message):
        OrganAMnist(root=tmp_path, checksum="any").load()


def test_a_missing_file_is_named_with_its_origin(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"lacks organamnist\.npz; write download: true.*zenodo\.org"):
        OrganAMnist(root=tmp_path).check()


def test_only_a_missing_file_is_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(url: str, root: str, filename: str, md5: str) -> None:
        asked.append((url, md5))
        organs(Path(root))

    monkeypatch.setattr("torchvision.datasets.utils.download_url", fetch)
    spec = OrganAMnist(root=tmp_path, download=True, checksum="any")
    spec.check()
    assert len(spec.load().images) == len(spec.load().images) == 165
    assert asked == [(module.URL, module.CHECKSUMS[0])]


def test_a_failed_download_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: Any, **__: Any) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr("torchvision.datasets.utils.download_url", offline)
    with pytest.raises(DatasetError, match=r"^organamnist: cannot be downloaded to .*: no route to host"):
        OrganAMnist(root=tmp_path, download=True).load()
