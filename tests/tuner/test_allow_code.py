"""Nothing that a study names is imported unless the user allows it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tuner.own import write_example
from tests.tuner.test_cli import run
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError

REFUSED = 'trainable: "nca:Nca" names code; add --allow-code to run it'
SMALL = "budget={trials: 2, epochs: 2}"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documented study, whose code leaves a mark where it is imported."""
    written = write_example(tmp_path)
    code = tmp_path / "nca.py"
    code.write_text(f"{code.read_text()}\nopen('imported', 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "nca", raising=False)
    return written


def test_a_files_code_is_left_alone(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("launch",), ("launch", "--dry-run"), ("validate",), ("doctor",)):
        assert run(*words, file, monkeypatch=monkeypatch) == 2
        said = "".join(capsys.readouterr())
        assert f"{file}:2:1: {REFUSED}" in said
    override = "trainable=nca:Other"
    assert run("validate", file, override, monkeypatch=monkeypatch) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"override '{override}': trainable: \"nca:Other\" names code")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nca.py", "nca.yaml"]


def test_a_stores_code_is_left_alone_and_runs_if_allowed(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("validate", file, "--allow-code", monkeypatch=monkeypatch) == 0
    assert "nca-wine: valid; it searches over dimensions, learning_rate" in capsys.readouterr().err
    assert run("launch", file, SMALL, "--serial", "--allow-code", monkeypatch=monkeypatch) == 0
    assert "python -m tuner dashboard nca-wine" in capsys.readouterr().err
    (tmp_path / "imported").unlink()
    del sys.modules["nca"]
    assert run("resume", "nca-wine", "--serial", monkeypatch=monkeypatch) == 2
    assert capsys.readouterr().err == f'study "nca-wine": {REFUSED}\n'
    for verb in ("status", "front", "export"):
        assert run(verb, "nca-wine", monkeypatch=monkeypatch) == 0
    monkeypatch.setenv("TUNER_STORAGE_FROM", f"sqlite:///{tmp_path}/tuner.db")
    copied = ("copy", "nca-wine", "--storage", f"sqlite:///{tmp_path}/copy.db")
    assert run(*copied, monkeypatch=monkeypatch) == 0
    assert not (tmp_path / "imported").exists()
    assert run("resume", "nca-wine", "--serial", "--allow-code", monkeypatch=monkeypatch) == 0
    assert (tmp_path / "imported").exists()


def test_a_dimension_too_many_is_found_by_the_examples_check(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("validate", file, "--allow-code", "train.dimensions.high=14")
    assert run(*words, monkeypatch=monkeypatch) == 2
    said = capsys.readouterr().err
    assert "train: dimensions: 14 are more than the 13 of the data (when dimensions is 14)" in said


@pytest.mark.parametrize("name", ["nca", "nca:", ":Nca", "nca:Nca.train", "n-ca:Nca", "../nca:Nca", "a..b:C"])
def test_a_name_of_another_form_is_refused(name: str, file: Path) -> None:
    with pytest.raises(UsageError, match=r"trainable: .*: expected package\.module:Name, such as"):
        StudyConfig.load(file, [f"trainable='{name}'"])
