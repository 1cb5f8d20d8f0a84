"""Embeddings come back from a file as they were, or a line says why not."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from trainers.errors import TrainerError
from trainers.search import embedding_file
from trainers.search.embedding_file import Embeddings, read_embeddings, require_writable, write_embeddings

VECTORS = torch.randn(3, 4, generator=torch.Generator().manual_seed(0))
THREE = Embeddings(VECTORS, ["a", "b/ü", "c"], has_paths=True, model="m")


@pytest.mark.parametrize("ending", [".npy", ".parquet"])
def test_they_come_back(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"x{ending}"
    write_embeddings(file, THREE)
    read = read_embeddings(file, 4, "m")
    assert torch.equal(read.vectors, THREE.vectors)
    paths = ending == ".parquet"
    assert (list(read.names), read.has_paths) == (list(THREE.names) if paths else ["0", "1", "2"], paths)
    assert read.model == ("m" if paths else None)


def test_other_programs_read_them(tmp_path: Path) -> None:
    import pandas as pd

    for ending in (".npy", ".parquet"):
        write_embeddings(tmp_path / f"x{ending}", THREE)
    array = np.load(tmp_path / "x.npy")
    assert (array.shape, array.dtype) == ((3, 4), np.float32)
    table = pd.read_parquet(tmp_path / "x.parquet")
    assert table["image"].tolist() == THREE.names
    assert np.array_equal(np.stack(table["embedding"]), array)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("x.csv", "ends in neither .npy nor .parquet; name a file that does"),
        ("no/x.npy", "there is no folder"),
    ],
)
def test_what_cannot_be_written_is_one_line(file: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match=f"^{re.escape(str(tmp_path / file))}: {re.escape(said)}"):
        require_writable(tmp_path / file)


def test_without_pyarrow_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_file, "find_spec", lambda name: None)
    require_writable(tmp_path / "x.npy")
    with pytest.raises(TrainerError, match=r"pip install pyarrow, or name a file \.npy"):
        require_writable(tmp_path / "x.parquet")


@pytest.mark.parametrize("ending", [".npy", ".parquet"])
def test_what_cannot_be_read_is_one_line(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"x{ending}"
    for content in (None, b"", b"nonsense"):
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(TrainerError, match=rf"^{file}: holds no embeddings that can be read \("):
            read_embeddings(file, 4, "m")
    write_embeddings(file, THREE)
    with pytest.raises(TrainerError, match=r"array \(3, 4\), and this model's embeddings are \(N, 5\)$"):
        read_embeddings(file, 5, "m")


def test_embeddings_of_another_model_are_refused_where_it_is_known(tmp_path: Path) -> None:
    write_embeddings(tmp_path / "x.parquet", THREE)
    with pytest.raises(TrainerError, match="the embeddings of another model; embed the images with this"):
        read_embeddings(tmp_path / "x.parquet", 4, "other")


def test_another_table_is_one_line(tmp_path: Path) -> None:
    import pandas as pd

    for table in (
        {"x": [1, 2]},
        {"image": ["a"], "embedding": [1.0]},
        {"image": ["a"], "embedding": [["b"]]},
    ):
        pd.DataFrame(table).to_parquet(tmp_path / "x.parquet")
        with pytest.raises(TrainerError, match="holds no embeddings that can be read"):
            read_embeddings(tmp_path / "x.parquet", 1, "m")


def test_an_array_of_pickles_is_not_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(TrainerError, match="holds no embeddings that can be read"):
        read_embeddings(tmp_path / "x.npy", 4, "m")


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros(()), r"array \(1,\), and this"),
        (np.array(["a"]), "numbers are <U1"),
        (np.zeros((2, 4), complex), "numbers are complex128"),
        (np.full((2, 4), np.nan), "not finite"),
    ],
)
def test_another_array_is_one_line(array: np.ndarray, said: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(TrainerError, match=f"^{tmp_path}/x.npy: holds .*{said}"):
        read_embeddings(tmp_path / "x.npy", 4, "m")


def test_embeddings_of_several_lengths_are_not_cut_anew(tmp_path: Path) -> None:
    import pandas as pd

    lists = {"image": ["a", "b"], "embedding": [[1.0] * 3, [1.0] * 5]}
    pd.DataFrame(lists).to_parquet(tmp_path / "x.parquet")
    with pytest.raises(TrainerError, match="differ in how many numbers they have"):
        read_embeddings(tmp_path / "x.parquet", 4, "m")


def test_a_name_that_is_no_utf_8_is_one_line(tmp_path: Path) -> None:
    latin = Embeddings(VECTORS, ["a", os.fsdecode(b"caf\xe9.png"), "c"], has_paths=True, model="m")
    with pytest.raises(TrainerError, match=r"UTF-8, which the name 'caf\\udce9.png' is not; rename"):
        write_embeddings(tmp_path / "x.parquet", latin)
