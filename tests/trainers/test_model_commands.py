"""`embed` and `search` on the command line, on a model of digits."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torchvision.transforms.functional import to_pil_image

import trainers
from trainers.__main__ import main
from trainers.config import TrainConfig
from trainers.figures.sheet import FRAME_PX, picture_size, tile_corner
from trainers.model.facts import Origin
from trainers.model.writing import write_model
from trainers.training.trainer import Trainer

CONFIG = {
    "dataset": {"name": "digits"},
    "backbone": {"name": "mlp", "hidden": [16]},
    "lsdim": 4,
    "loss": {"name": "triplet"},
    "batch": {"classes": 4, "per_class": 4, "steps_per_epoch": 3},
    "epochs": 1,
    "device": "cpu",
}


@pytest.fixture(scope="module")
def trainer() -> Trainer:
    return Trainer(TrainConfig.model_validate(CONFIG))


@pytest.fixture(scope="module")
def model(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    for _ in trainer.fit():
        trainer.save(folder / "training")
    write_model(folder / "training", folder / "model", Origin(source="x"))
    return folder / "model"


@pytest.fixture(scope="module")
def pictures(trainer: Trainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve images of digits, by their place in the data set."""
    folder = tmp_path_factory.mktemp("pictures")
    for index in range(12):
        to_pil_image(trainer.task.data.images[index]).save(folder / f"{index:02d}.png")
    return folder


def test_embed_writes_what_the_trainer_computes(
    trainer: Trainer, model: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = trainer.learner.embed(trainer.task.data.images[:12]).numpy()
    for name in ("x.npy", "x.parquet"):
        file = tmp_path / name
        assert main(["embed", str(model), str(pictures), "--to", str(file), "--device", "cpu"]) == 0
        assert capsys.readouterr().out == f"{file}: 12 embeddings of 4 numbers\n"
    assert np.array_equal(np.load(tmp_path / "x.npy"), expected)
    table = pd.read_parquet(tmp_path / "x.parquet")
    assert table["image"].tolist() == [str(pictures / f"{index:02d}.png") for index in range(12)]


def neighbours(out: str) -> list[tuple[str, int, float, str]]:
    """The rows of the table."""
    header, *rows = out.splitlines()
    assert header.split() == ["query", "rank", "distance", "neighbour"]
    return [
        (query, int(rank), float(distance), neighbour)
        for query, rank, distance, neighbour in map(str.split, rows)
    ]


def test_search_prints_the_nearest_of_a_folder_or_of_its_embeddings(
    model: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query = str(pictures / "03.png")
    embedder = trainers.load(model, "cpu")
    points = embedder.points(embedder.embed(pictures))
    distances = (points - points[3]).double().norm(dim=1)
    expected = distances.argsort(stable=True)[:5].tolist()
    printed = []
    for gallery in (pictures, tmp_path / "x.parquet", tmp_path / "x.npy"):
        if gallery.suffix:
            assert main(["embed", str(model), str(pictures), "--to", str(gallery)]) == 0
            capsys.readouterr()
        assert main(["search", str(model), str(gallery), query, "--neighbours", "5"]) == 0
        printed.append(neighbours(capsys.readouterr().out))
    names = [str(pictures / f"{index:02d}.png") for index in expected]
    assert [row[3] for row in printed[0]] == names
    assert [(row[0], row[1]) for row in printed[0]] == [(query, rank) for rank in range(1, 6)]
    assert [row[2] for row in printed[0]] == pytest.approx(distances[expected].tolist(), abs=1e-3)
    assert printed[1] == printed[0]
    assert [row[:3] for row in printed[2]] == [row[:3] for row in printed[0]]
    assert [row[3] for row in printed[2]] == [str(index) for index in expected]


def test_search_draws_the_query_and_its_neighbours(
    trainer: Trainer, model: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries = [str(pictures / f"{index:02d}.png") for index in (3, 7)]
    picture = tmp_path / "neighbours.png"
    options = ["--neighbours", "4", "--to", str(picture)]
    assert main(["search", str(model), str(pictures), *queries, *options]) == 0
    rows = neighbours(capsys.readouterr().out)
    size = picture_size(8, 8)
    with Image.open(picture) as sheet:
        for row, query in enumerate((3, 7)):
            shown = [query, *(int(Path(name).stem) for _, _, _, name in rows[4 * row : 4 * row + 4])]
            for column, index in enumerate(shown):
                x, y = (side + FRAME_PX for side in tile_corner(row, column, size))
                tile = sheet.crop((x, y, x + size[0], y + size[1])).convert("L").resize((8, 8), 0)
                pixels = torch.from_numpy(np.array(tile))
                assert torch.equal(pixels, trainer.task.data.images[index][0]), (row, column)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["embed", "MODEL", "no.png", "--to", "x.npy"], "no.png: there is no such file or folder"),
        (["embed", "MODEL", "BROKEN", "--to", "x.npy"], "is no readable image: "),
        (["embed", "MODEL", "PICTURES", "--to", "x.csv"], "x.csv: ends in neither .npy nor .parquet"),
        (["embed", "no", "PICTURES", "--to", "x.npy"], "no/model.json: cannot be read"),
        (["search", "MODEL", "PICTURES", "no.png"], "no.png: there is no such file or folder"),
        (["search", "MODEL", "no.npy", "PICTURES"], "no.npy: holds no embeddings that can be read"),
        (
            ["search", "MODEL", "PICTURES", "PICTURES", "--to", "x.jpg"],
            "a picture of neighbours is a PNG file",
        ),
        (
            ["search", "MODEL", "PICTURES", "PICTURES", "--to", "no/x.png"],
            "no/x.png: cannot be written: No such",
        ),
        (["search", "MODEL", "PICTURES", "PICTURES", "--device", "cuda:9"], "device: cuda:9 cannot be used"),
        (["search", "MODEL", "ARRAY", "PICTURES", "--to", "x.png"], "an array knows no images to draw"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(
    words: list[str],
    said: str,
    model: Path,
    pictures: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.png").write_bytes((pictures / "00.png").read_bytes()[:50])
    np.save("array.npy", np.zeros((3, 4), np.float32))
    known = {"MODEL": str(model), "PICTURES": str(pictures), "BROKEN": "broken.png", "ARRAY": "array.npy"}
    assert main([known.get(word, word) for word in words]) == 2
    printed = capsys.readouterr()
    (line,) = printed.err.splitlines()
    assert said in line
    assert printed.out == ""


@pytest.mark.parametrize("words", [["embed"], ["search"], ["search", "m", "g", "q", "--neighbours", "0"]])
def test_a_wrong_command_line_is_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert f"usage: python -m trainers {words[0]} " in capsys.readouterr().err
