"""The command line: a user's mistake is one line that says where, what and what is allowed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tuner.__main__ import main
from tuner.hidden_passwords import MOVED, split_option

ROOT = Path(__file__).parents[2]
DR_TRIPLET = ROOT / "search_spaces" / "dr_triplet.yaml"


def run(*arguments: str | Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Runs the program in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["tuner", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "UTC")


def edited(folder: Path, old: str, new: str) -> Path:
    text = DR_TRIPLET.read_text()
    assert old in text
    file = folder / "x.yaml"
    file.write_text(text.replace(old, new))
    return file


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "margin:",
            "margn:",
            r"x\.yaml:\d+:\d+: train\.loss\.margn: unknown key; did you mean margin\?",
        ),
        ("budget:", "budgt:", r"x\.yaml:\d+:\d+: budgt: unknown key; did you mean budget\?"),
        (
            "metric: map_at_r",
            "metric: map_at_k",
            r"\"map_at_k\" is no metric.*did you mean map_at_r or ",
        ),
        ("low: 0.05, high: 1.0", "low: -0.05, high: 1.0", r"train\.loss\.margin"),
        ("name: auto", "name: cmaes", r"x\.yaml:\d+:\d+: sampler\.name: .*cmaes"),
        ("name: auto", "name: grid", r"x\.yaml:\d+:\d+: sampler\.name: .*grid"),
        ("name: digits,", "name: mnist,", r"train\.dataset.*root"),
        (
            "lsdim: {search: categorical, choices: [2, 4, 10, 64]}",
            "lsdim: {search: float, low: 2, high: 64}",
            r"lsdim: 25\.\d+: .*inside the range",
        ),
    ],
)
def test_a_mistake_in_the_file_is_named(
    old: str,
    new: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = edited(tmp_path, old, new)
    for verb in ("validate", "launch"):
        assert run(verb, file, monkeypatch=monkeypatch) == 2
        assert re.search(message, capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("train.batch.classes=60", r"train\.batch\.classes: 60 are more than the \d+ that are trained"),
        (
            "objectives.0.direction=minimize",
            "minimize: map_at_r is better the other way: maximize",
        ),
        (
            "train.loss.margin.high=5",
            r"train\.loss\.margin: 5\.0 cannot be met: .* \(high end of",
        ),
    ],
)
def test_what_is_hardly_meant_is_said_by_validate(
    override: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("validate",), ("launch", "--dry-run")):
        assert run(*words, DR_TRIPLET, override, monkeypatch=monkeypatch) == 0
        said = capsys.readouterr().err
        assert re.search(f"^warning: .*{message}", said, re.MULTILINE)
        assert "dr-triplet-digits: valid; it searches over" in said


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("train.label_percent=0.0001", "label_percent: 0.0001 percent of all 1797 images is 0 labels"),
        ("replicates={folds: 50}", "train.dataset.folds: 50 folds of the 8 classes that are not tested have"),
    ],
)
def test_what_must_fail_is_refused(
    override: str, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = "train.dataset={name: digits, split_by: classes}"
    for verb in ("validate", "launch"):
        assert run(verb, DR_TRIPLET, dataset, override, monkeypatch=monkeypatch) == 2
        assert message in capsys.readouterr().err


def test_a_missing_dataset_folder_is_named_before_any_trial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    override = "train.dataset={name: mnist, root: no/such/folder}"
    assert run("launch", DR_TRIPLET, override, monkeypatch=monkeypatch) == 2
    said = capsys.readouterr().err
    assert re.search(r"train\.dataset: .*no/such/folder.*train-images-idx3-ubyte", said, re.DOTALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("no url", 2),
        ("mongodb://localhost/x", 2),
        ("sqlite:///no/such/folder/x.db", 2),
        ("postgresql://127.0.0.1:1/x", 4),
    ],
)
def test_a_wrong_storage_is_one_line(
    url: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("launch", DR_TRIPLET, "--storage", url, monkeypatch=monkeypatch) == code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_no_study_no_store(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("front", "export", "resume", "status"):
        assert run(verb, "x", monkeypatch=monkeypatch) == 2
        assert "there is no study store in sqlite:///tuner.db" in capsys.readouterr().err


def test_an_address_that_is_none_is_named_before_anything_is_made_and_keeps_nobody_from_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for address, said in (("ray://head:10001", "cannot run a study"), ("head:99999", "is not HOST:PORT")):
        monkeypatch.setenv("RAY_ADDRESS", address)
        assert run("launch", DR_TRIPLET, monkeypatch=monkeypatch) == 2
        assert said in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []
    launch_toy(toy_config(trials=1), "sqlite:///tuner.db", tmp_path)
    for verb in ("status", "front", "export"):
        assert run(verb, "toy", monkeypatch=monkeypatch) == 0


def test_validate_and_dry_run_make_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("validate", DR_TRIPLET, monkeypatch=monkeypatch) == 0
    assert run("launch", DR_TRIPLET, "--dry-run", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().err.count("dr-triplet-digits: valid") == 2
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_that_would_not_be_used_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("launch", DR_TRIPLET, "--serial", "--cluster", "head:6379", monkeypatch=monkeypatch) == 2
    assert re.match(r"--serial trains in this process.*leave out --cluster\n$", capsys.readouterr().err)
    assert list(tmp_path.iterdir()) == []


def test_resume_needs_only_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = "budget={trials: 2, epochs: 1}"
    assert run("launch", DR_TRIPLET, small, "--serial", monkeypatch=monkeypatch) == 0
    capsys.readouterr()
    assert run("resume", "dr-triplet-digits", "--serial", monkeypatch=monkeypatch) == 0
    assert "front of dr-triplet-digits" in capsys.readouterr().out
    assert run("launch", DR_TRIPLET, small, "train.seed=1", monkeypatch=monkeypatch) == 5
    assert re.search(r"stored with another config.*\n\s+train\.seed: 0 stored, 1", capsys.readouterr().err)


def test_front_and_export_say_what_the_store_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    launched = launch_toy(toy_config(trials=5), f"sqlite:///{tmp_path}/tuner.db", tmp_path)
    assert run("front", "toy", "--json", monkeypatch=monkeypatch) == 0
    front = json.loads(capsys.readouterr().out)
    assert [trial["number"] for trial in front] == [record.number for record in launched.study.front()]
    assert run("export", "toy", "--format", "xml", monkeypatch=monkeypatch) == 2
    assert "unknown format 'xml'; allowed: csv, json, parquet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "kept", "url"),
    [
        (["front", "x"], ["front", "x"], None),
        (["front", "--storage", "u", "x"], ["front", "x"], "u"),
        (["front", "x", "--storage=u=1"], ["front", "x"], "u=1"),
        (["front", "--storage"], ["front"], None),
    ],
)
def test_the_storage_is_taken_from_the_command_line(
    arguments: list[str], kept: list[str], url: str | None
) -> None:
    assert split_option("--storage", arguments) == (kept, url)


@pytest.mark.parametrize(
    ("url", "moved"),
    [
        ("postgresql://tuner:pw@host:5432/tuner", True),
        ("postgresql://tuner:p/w@host/tuner", True),
        ("postgresql://me@firm:pw@host/tuner", True),
        ("postgresql://host/tuner?user=tuner&password=pw", True),
        ("postgresql://tuner@host:5432/tuner", False),
        ("sqlite:///tuner.db", False),
    ],
)
@pytest.mark.parametrize(
    ("option", "name"), [("--storage", "TUNER_STORAGE"), ("--from", "TUNER_STORAGE_FROM")]
)
def test_a_password_leaves_the_command_line(
    url: str, moved: bool, option: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    again: list[list[str]] = []

    def execute(_program: str, words: list[str]) -> None:
        again.append(words[3:])
        sys.exit(0)

    monkeypatch.setattr(os, "execv", execute)
    monkeypatch.setenv(name, "")
    monkeypatch.setenv(MOVED, "")
    if moved:
        assert run("copy", "x", option, url, monkeypatch=monkeypatch) == 0
        assert (again, os.environ[name]) == ([["copy", "x"]], url)
        assert bool(os.environ[MOVED]) == (option == "--storage")
    else:
        assert run("copy", option, url, monkeypatch=monkeypatch) == 2  # it names no study
        assert (again, os.environ[name]) == ([], "")


def test_what_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    launch_toy(toy_config(trials=1), f"sqlite:///{tmp_path}/tuner.db", tmp_path)
    assert run("export", "toy", "--to", "no/such/x.csv", monkeypatch=monkeypatch) == 2
    said = "export: no/such/x.csv cannot be written: No such file or directory; name another with --to\n"
    assert capsys.readouterr().err == said
    monkeypatch.setenv("TUNER_RUNS", str(tmp_path / "tuner.db"))
    assert run("launch", DR_TRIPLET, monkeypatch=monkeypatch) == 2
    assert re.match(r"TUNER_RUNS: .*tuner\.db cannot be written to: .*\n$", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (DR_TRIPLET.read_text(), 0, "dr-triplet-digits: valid; it searches over label_percent, "),
        ("study: x\nbudgt: {}\n", 2, "-:2:1: budgt: unknown key; did you mean budget?"),
        ("", 2, "-:1:1: the file is empty; it needs a mapping of keys to values"),
    ],
)
def test_a_study_is_read_from_standard_input(text: str, code: int, message: str) -> None:
    program = [sys.executable, "-m", "tuner", "validate", "-"]
    ended = subprocess.run(program, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert message in ended.stderr


def test_a_shell_completes_verbs_and_studies(tmp_path: Path) -> None:
    launch_toy(toy_config(trials=1), f"sqlite:///{tmp_path}/tuner.db", tmp_path)

    def completed(typed: str) -> list[str]:
        program = [sys.executable, "-c", "from tuner.cli import app; app(prog_name='tuner')"]
        environ = {**os.environ, "_TUNER_COMPLETE": "complete_bash", "COMP_WORDS": f"tuner {typed}"}
        environ |= {"COMP_CWORD": str(len(typed.split(" "))), "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(program, env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert ended.stderr == ""
        return ended.stdout.split()

    assert completed("sta") == ["status"]
    assert completed("front to") == ["toy"]
    assert completed("front x") == []
    assert completed("front --storage sqlite:///none.db to") == []
    assert not (tmp_path / "none.db").exists()
