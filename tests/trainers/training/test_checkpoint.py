from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from formats.durable_file import before
from trainers.errors import TrainerError
from trainers.training.saving import checkpoint


def test_tensors_and_facts_come_back_exactly(tmp_path: Path) -> None:
    tensors = {"a": torch.rand(3, 4).T, "b": torch.tensor(7), "c": torch.zeros(0)}
    facts = {"history": [{"epoch": 1, "x": 0.1 + 0.2}], "none": None}
    checkpoint.write(tmp_path / "new" / "x.safetensors", tensors, facts)
    read, facts_read = checkpoint.read(tmp_path / "new" / "x.safetensors")
    assert facts_read == facts
    assert read.keys() == tensors.keys()
    assert all(torch.equal(read[name], tensors[name]) for name in tensors)
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["x.safetensors"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.safetensors"
    checkpoint.write(path, {"a": torch.zeros(1)}, {})

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        checkpoint.write(path, {"a": torch.ones(1)}, {})
    assert checkpoint.read(path)[0]["a"] == 0
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_before_is_kept_if_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    for value in (1, 2, 3):
        checkpoint.write(path, {"a": torch.tensor(value)}, {}, keep_before=True)
    assert checkpoint.read(path)[0]["a"] == 3
    assert checkpoint.read(before(path))[0]["a"] == 2
    assert {file.name for file in tmp_path.iterdir()} == {"x.safetensors", "x.before.safetensors"}


def test_no_byte_can_change_unseen(tmp_path: Path) -> None:
    """The tensors, the facts and what describes them; only the header's padding means nothing."""
    path = tmp_path / "x"
    tensors = {"a": torch.rand(3), "b": torch.tensor([True, False]), "c": torch.tensor(1, dtype=torch.int64)}
    checkpoint.write(path, tensors, {"epoch": 7})
    whole = path.read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        path.write_bytes(damaged)
        try:
            read, facts = checkpoint.read(path)
        except TrainerError:
            continue
        assert facts == {"epoch": 7}
        assert read.keys() == tensors.keys()
        assert all(torch.equal(read[name], tensors[name]) for name in tensors)
        assert whole[position : position + 1] == b" "


def test_facts_that_are_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        checkpoint.write(tmp_path / "x", {}, {"loss": float("nan")})


def test_a_damaged_or_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    checkpoint.write(whole, {"a": torch.rand(100)}, {})
    (tmp_path / "cut").write_bytes(whole.read_bytes()[:-10])
    (tmp_path / "noise").write_bytes(b"\xff" * 200)
    save_file({"a": torch.zeros(1)}, tmp_path / "foreign")
    save_file({"a": torch.zeros(1)}, tmp_path / "no_json", metadata={"facts": "{"})
    for name in ("cut", "noise", "foreign", "no_json", "missing"):
        with pytest.raises(TrainerError, match=f"{name}: is no checkpoint that can be read"):
            checkpoint.read(tmp_path / name)


def test_groups_part_again() -> None:
    tensors = {"model": {"a.b": torch.zeros(1)}, "optimizer": {"0.step": torch.ones(1)}, "loss": {}}
    together = checkpoint.grouped(tensors)
    assert {name: checkpoint.group(together, name) for name in tensors} == tensors
