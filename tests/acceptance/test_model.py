"""From a study to neighbours, in processes of their own: `model`, `load`, `embed`, `search`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from sklearn.datasets import load_digits
from torchvision.transforms.functional import to_pil_image

from tests.acceptance.command_line import DR_TRIPLET, environment, tuner

pytestmark = pytest.mark.acceptance

STUDY = "dr-triplet-digits"
LOAD = """
import sys, trainers
assert "torch" not in sys.modules
import numpy
numpy.save("loaded.npy", trainers.load("model", "cpu").embed("pictures").numpy())
strangers = {"ray", "optuna", "sqlalchemy", "tuner"} & set(sys.modules)
sys.exit(str(strangers) if strangers else 0)
"""


def python(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *words]
    return subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)


def test_a_model_is_all_that_is_needed(tmp_path: Path) -> None:
    launched = tuner("launch", DR_TRIPLET, "budget={trials: 2, epochs: 6}", "--serial", folder=tmp_path)
    assert launched.returncode == 0, launched.stderr
    written = tuner("model", STUDY, "--to", "model", folder=tmp_path)
    assert written.returncode == 0, written.stderr
    assert written.stdout.startswith("trial ")
    assert "Traceback" not in written.stderr
    # What follows has neither the study nor its folder.
    shutil.rmtree(tmp_path / "runs")
    (tmp_path / "tuner.db").unlink()
    (tmp_path / "pictures").mkdir()
    for number, image in enumerate(load_digits().images[:40]):
        picture = to_pil_image((image * 255 / 16).round().astype(np.uint8))
        picture.save(tmp_path / "pictures" / f"{number:02d}.png")

    loaded = python("-c", LOAD, folder=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    embed = ("-m", "trainers", "embed", "model", "pictures", "--device", "cpu", "--to", "x.parquet")
    embedded = python(*embed, folder=tmp_path)
    assert embedded.returncode == 0, embedded.stderr
    assert embedded.stdout == "x.parquet: 40 embeddings of 64 numbers\n"
    table = pyarrow.parquet.read_table(tmp_path / "x.parquet")
    vectors = np.array(table["embedding"].to_pylist(), np.float32)
    assert np.array_equal(vectors, np.load(tmp_path / "loaded.npy"))

    search = ("-m", "trainers", "search", "model")
    query = ("pictures/07.png", "--neighbours", "3")
    found = python(*search, "pictures", *query, "--to", "neighbours.png", folder=tmp_path)
    assert found.returncode == 0, found.stderr
    header, first, *others = found.stdout.splitlines()
    assert header.split() == ["query", "rank", "distance", "neighbour"]
    query_name, rank, distance, name = first.split()
    assert (query_name, rank, name) == ("pictures/07.png", "1", "pictures/07.png")
    assert float(distance) < 1e-5  # embedded alone and among others, it differs by rounding
    assert len(others) == 2
    assert (tmp_path / "neighbours.png").read_bytes().startswith(b"\x89PNG")
    assert python(*search, "x.parquet", *query, folder=tmp_path).stdout == found.stdout
    missing = python(*search, "pictures", "no.png", folder=tmp_path)
    assert (missing.returncode, missing.stderr) == (2, "no.png: there is no such file or folder\n")
