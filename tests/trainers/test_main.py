"""The command line: in this process where it fails, in one of its own where it trains."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from trainers import __main__ as command
from trainers.config import load_config

CONFIG = """
dataset: {name: digits}
backbone: {name: mlp, hidden: [16]}
lsdim: 4
loss: {name: triplet, reg_ratio: 1}
batch: {classes: 4, per_class: 4, steps_per_epoch: 2}
epochs: 2
device: cpu
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "train.yaml"
    path.write_text(CONFIG)
    return path


def test_it_trains_alone_and_says_where_the_model_lies(file: Path, tmp_path: Path) -> None:
    # The last line tells whether any of the other package's world was needed.
    code = (
        "import sys; from trainers.__main__ import main; code = main(sys.argv[1:]);"
        "strangers = {'ray', 'optuna', 'sqlalchemy', 'tuner'} & set(sys.modules);"
        "sys.exit(str(strangers) if strangers else code)"
    )
    ran = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            str(file),
            "epochs=1",
            "loss.margin=1e-1",
            "--out",
            str(tmp_path / "out"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    assert result["epoch"] == 1
    assert set(result) == {"epoch", *load_config(file).metrics}
    model = tmp_path / "out" / "model.safetensors"
    assert model.exists()
    assert "epoch 1/1  loss " in ran.stderr
    assert f"its weights lie in {model}\n" in ran.stderr
    assert ran.stderr.rstrip().endswith(f"gallery: {model.parent / 'gallery.png'}")
    assert " s  healthy\n" in ran.stderr


def test_a_mistake_is_one_line_and_code_2(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(file), "loss.margn=1"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("override 'loss.margn=1': loss.margn: unknown key; did you mean margin? allowed: ")


def test_missing_data_is_code_2(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(file), f"dataset={{name: mnist, root: {file.parent}}}"]) == 2
    assert "download: true" in capsys.readouterr().err


def test_a_diverged_training_is_code_3(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(file), "optimizer={name: adam, lr: 1e30}", "--out", str(file.parent)]) == 3
    assert capsys.readouterr().err.splitlines()[-1].startswith("stopped: diverged: ")


def test_interrupting_is_code_130(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_train", interrupt)
    assert command.main([str(file)]) == 130


def test_the_model_goes_to_runs_unless_told(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(file.parent)
    assert command.main([str(file)]) == 0
    assert (file.parent / "runs" / "train" / "model.safetensors").exists()
    assert len([line for line in capsys.readouterr().err.splitlines() if line.startswith("epoch ")]) == 2
