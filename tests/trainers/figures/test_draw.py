"""All figures of a training: at its end, and after the fact from the folder of its checkpoint."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.full_disk import disk_full_above
from trainers import __main__ as training
from trainers.errors import TrainerError
from trainers.figures import __main__ as command
from trainers.figures import draw
from trainers.training.saving import checkpoint

PAGES = ("learning_curves.html", "embedding_map.html")
FIGURES = (*PAGES, "gallery.png")
CONFIG = """
dataset: {name: digits}
backbone: {name: mlp, hidden: [16]}
lsdim: 2
loss: {name: triplet}
unsupervised: {name: metric_vae, pseudo_inputs: 4, decoder: {name: mlp, hidden: [16]}}
batch: {classes: 4, per_class: 4, steps_per_epoch: 2}
epochs: 3
device: cpu
"""


def figures(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FIGURES}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "train.yaml"
    path.write_text(CONFIG)
    return path


def test_every_figure_is_there_and_a_second_drawing_is_the_same(trained: Any, tmp_path: Path) -> None:
    trainer, folder = trained(), tmp_path / "new" / "figures"
    lines = draw(trainer, folder)
    first = figures(folder)
    assert [line.split(": ") for line in lines] == [
        ["learning curves", str(folder / "learning_curves.html")],
        ["embedding map", str(folder / "embedding_map.html")],
        ["gallery", str(folder / "gallery.png")],
    ]
    assert draw(trainer, folder) == lines
    assert figures(folder) == first
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FIGURES, "plotly.min.js"])


def test_a_full_disk_is_one_line_and_leaves_what_was_there(trained: Any, tmp_path: Path) -> None:
    trainer, folder, new = trained(), tmp_path / "figures", tmp_path / "alone" / "new"
    draw(trainer, folder)
    before = figures(folder)
    for each in (folder, new):
        with (
            disk_full_above(1000),
            pytest.raises(TrainerError, match=f"^{each}: figures cannot be written there: File too large$"),
        ):
            draw(trainer, each)
    assert figures(folder) == before
    assert list(new.iterdir()) == []


def test_pages_name_no_address_of_a_network(trained: Any, tmp_path: Path) -> None:
    draw(trained(), tmp_path)
    for name in PAGES:
        text = (tmp_path / name).read_text()
        assert re.findall(r"https?://[^\"' ]*", text) == []
        assert re.findall(r'src="([^"]*)"', text) == ["plotly.min.js"]


def test_drawing_changes_nothing_of_the_training(trained: Any, tmp_path: Path) -> None:
    trainer = trained(lsdim=2, unsupervised={"name": "metric_vae", "pseudo_inputs": 2})
    before = {name: tensor.clone() for name, tensor in trainer.learner.state().items()}
    draw(trainer, tmp_path)
    after = trainer.learner.state()
    assert before.keys() == after.keys()
    assert all(before[name].equal(after[name]) for name in before)


def test_vectors_have_no_gallery(trained: Any, tmp_path: Path) -> None:
    vectors = {"name": "synthetic", "n_classes": 4, "samples_per_class": 20, "dims": 5}
    lines = draw(trained(dataset=vectors), tmp_path)
    assert lines[-1] == "gallery: none, because dataset synthetic holds vectors, not pictures"
    assert not (tmp_path / "gallery.png").exists()


def test_after_the_fact_the_figures_are_those_of_the_end(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # The first epoch has taken the least time, so the best weights are not the last and have to be loaded.
    out = tmp_path / "out"
    assert training.main([str(file), "monitor.metric=train_seconds", "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert "the best epoch is 1;" in said
    drawn = figures(out)
    for name in FIGURES:
        assert f": {out / name}" in said
        (out / name).unlink()
    assert command.main([str(out)]) == 0
    assert figures(out) == drawn
    assert capsys.readouterr().out.splitlines() == said.splitlines()[-3:]


def test_no_figures_if_so_asked(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert training.main([str(file), "epochs=1", "--out", str(out), "--no-figures"]) == 0
    assert {path.stem for path in out.iterdir()} == {"model", "state", "history"}


def test_without_the_state_of_a_training_that_is_finished_the_figures_are_the_same(folder: Path) -> None:
    assert command.main([str(folder)]) == 0
    drawn = figures(folder)
    (folder / "state.safetensors").unlink()
    (folder / "state.before.safetensors").unlink()
    assert command.main([str(folder)]) == 0
    assert figures(folder) == drawn


@pytest.fixture
def folder(trained: Any, tmp_path: Path) -> Path:
    trained()
    return tmp_path


def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert command.main([str(folder)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    return line


@pytest.mark.parametrize("name", ["model.safetensors", "state.safetensors"])
def test_a_missing_file_is_one_line(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).unlink()
    (folder / "history.safetensors").unlink()
    assert refused(folder, capsys).startswith(f"{folder / name}: is no file; name the folder of a training")


@pytest.mark.parametrize("name", ["model.safetensors", "state.safetensors"])
def test_a_damaged_file_is_one_line(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / name).write_bytes((folder / name).read_bytes()[:100])
    assert refused(folder, capsys).startswith(f"{folder / name}: is no checkpoint that can be read")


def test_a_file_of_another_training_is_one_line(
    folder: Path, small: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    model = folder / "model.safetensors"
    tensors, _ = checkpoint.read(model)
    checkpoint.write(model, tensors, {"config": small(seed=3).model_dump(mode="json")})
    assert "is the state of another config" in refused(folder, capsys)


@pytest.mark.parametrize(
    ("change", "said"), [({"lsdims": 4}, "did you mean lsdim"), ({"lsdim": 0}, "lsdim: ")]
)
def test_a_config_of_another_version_is_one_line(
    folder: Path, small: Any, change: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    model = folder / "model.safetensors"
    tensors, _ = checkpoint.read(model)
    checkpoint.write(model, tensors, {"config": small().model_dump(mode="json") | change})
    line = refused(folder, capsys)
    assert line.startswith(f"{model}: its config is none of this version (")
    assert said in line


def test_a_file_without_a_config_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = folder / "model.safetensors"
    checkpoint.write(model, checkpoint.read(model)[0], {})
    assert "its config is none of this version" in refused(folder, capsys)


def test_interrupting_is_code_130(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "draw", interrupt)
    assert command.main([str(folder)]) == 130
