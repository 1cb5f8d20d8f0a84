"""One trial from the command line: what became of it, what it wrote, its figures."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.command_line import command, environment, tuner_in_background, wait_until
from tests.tuner import toy
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.own import import_from
from tests.tuner.test_cli import run
from tuner.errors import StudyFailed
from tuner.output import messages
from tuner.results.trial import curve_line
from tuner.run.custom.loading import trainable_of
from tuner.run.launch import launch
from tuner.settings import Settings
from tuner.store.tables.optuna_tables import trials_of, user_attributes
from tuner.store.writing.event_sql import set_attributes
from tuner.study.trial import Report, TrialSpec


@pytest.fixture(autouse=True)
def _here(storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNER_STORAGE", storage_url)
    monkeypatch.setenv("TUNER_RUNS", str(tmp_path / "runs"))


PRINTS = """
class Mine:
    metrics = ("score",)

    def train(self, config, run):
        print("printed")
        yield {"score": config["x"]}
"""


def talks(spec: TrialSpec) -> Iterator[Report]:
    for report in toy.train(spec):
        print(f"epoch {report.epoch} printed")
        yield report


def test_a_trial_is_shown_whole(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    view = launch_toy(toy_config(trials=2), storage_url, tmp_path).study
    record = view.records()[1]
    assert run("show", "toy", "1", "--json", monkeypatch=monkeypatch) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["params"] == dict(record.params)
    assert shown["values"] == dict(zip(("score", "cost"), record.values, strict=True))
    assert shown["curve"] == [[epoch, toy.score(record.params["x"], epoch)] for epoch in range(1, 5)]
    assert [each["state"] for each in shown["attempts"]] == ["completed"]
    assert "log.txt" in shown["files"]
    assert run("show", "toy", "1", monkeypatch=monkeypatch) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "trial 1    of toy: completed"
    assert f"objective  cost = {record.values[1]:.4g}" in lines
    assert any(line.startswith("curve      score ▁") and line.endswith("epochs 1 to 4") for line in lines)


def test_all_attempts_are_one_trial(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def quits(spec: TrialSpec) -> Iterator[Report]:
        for report in talks(spec):
            yield report
            if spec.attempt == 1 and spec.retry_of is None and report.epoch == 2:
                raise KeyboardInterrupt

    for train in (quits, talks):
        try:
            launch_toy(toy_config(trials=1), storage_url, tmp_path, train=train)
        except KeyboardInterrupt:
            continue
    for number in ("0", "1"):
        assert run("show", "toy", number, "--json", monkeypatch=monkeypatch) == 0
        shown = json.loads(capsys.readouterr().out)
        assert [each["state"] for each in shown["attempts"]] == ["interrupted", "completed"]
        assert [epoch for epoch, _ in shown["curve"]] == [1, 2, 3, 4]
        assert run("logs", "toy", number, monkeypatch=monkeypatch) == 0
        printed = capsys.readouterr().out
        assert [printed.count(f"epoch {epoch} printed") for epoch in range(1, 5)] == [1, 1, 1, 1]
        assert printed.count(", attempt 1, on ") == 2


def test_a_log_is_followed_until_the_trial_has_ended(storage_url: str, tmp_path: Path) -> None:
    followers: list[subprocess.Popen[str]] = []
    settings = {"TUNER_STORAGE": storage_url, "TUNER_RUNS": str(tmp_path / "runs")}

    def slow(spec: TrialSpec) -> Iterator[Report]:
        for report in talks(spec):
            yield report
            if not followers:
                followers.append(
                    tuner_in_background("logs", "toy", "0", "--follow", folder=tmp_path, **settings)
                )
                wait_until(lambda: "epoch 1 printed" in (tmp_path / "said.txt").read_text())

    launch_toy(toy_config(trials=1), storage_url, tmp_path, train=slow)
    assert followers[0].wait(60) == 0
    log = (tmp_path / "said.txt").read_text()
    assert log.count(" printed\n") == 4
    assert log.endswith("epoch 4 was the last; it ran to its end\n")


def test_half_a_line_of_a_log_waits_for_its_rest(storage_url: str, tmp_path: Path) -> None:
    followers: list[subprocess.Popen[str]] = []
    settings = {"TUNER_STORAGE": storage_url, "TUNER_RUNS": str(tmp_path / "runs")}

    def halves(spec: TrialSpec) -> Iterator[Report]:
        print("a line\nhalf", end="", flush=True)
        followers.append(tuner_in_background("logs", "toy", "0", "--follow", folder=tmp_path, **settings))
        wait_until(lambda: "a line\n" in (tmp_path / "said.txt").read_text())
        print(" a line")
        yield from toy.train(spec)

    launch_toy(toy_config(trials=1), storage_url, tmp_path, train=halves)
    assert followers[0].wait(60) == 0
    assert "\nhalf a line\n" in (tmp_path / "said.txt").read_text()


def test_a_log_is_followed_no_longer_than_it_is_read(storage_url: str, tmp_path: Path) -> None:
    settings = {"TUNER_STORAGE": storage_url, "TUNER_RUNS": str(tmp_path / "runs")}
    ended: list[int | None] = []

    def watched(spec: TrialSpec) -> Iterator[Report]:
        words, around = command("logs", "toy", "0", "--follow"), environment(**settings)
        with subprocess.Popen(words, cwd=tmp_path, env=around, stdout=subprocess.PIPE) as follower:
            assert follower.stdout is not None
            assert b"trial 0, attempt 1" in follower.stdout.readline()
            follower.stdout.close()
            try:
                ended.append(follower.wait(20))
            except subprocess.TimeoutExpired:
                ended.append(None)
                follower.kill()
        yield from toy.train(spec)

    launch_toy(toy_config(trials=1), storage_url, tmp_path, train=watched)
    assert ended == [0]


def test_what_a_training_prints_is_in_the_log_of_all_it_was_for_and_in_no_result(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(PRINTS)
    import_from(tmp_path, monkeypatch)
    same = {"search": "categorical", "choices": [0.5]}
    config = toy_config(trials=2, train={"seed": 0, "x": same}, objectives=SINGLE, trainable="mine:Mine")
    settings = Settings(storage=storage_url, runs_folder=tmp_path / "runs", ray_address=None)
    study = launch(config, trainable_of(config, allow_code=True), settings, messages, serial=True).study
    assert study.record(1).attributes["same_as"] == 0
    capsys.readouterr()
    assert run("logs", "toy", "1", monkeypatch=monkeypatch) == 0
    assert "\nprinted\n" in capsys.readouterr().out
    assert run("rerun", "toy", "0", "--allow-code", "--json", monkeypatch=monkeypatch) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["now"] == {"score": 0.5}
    assert "printed\n" in said.err


def test_attributes_that_others_spoiled_are_shown_as_they_are(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    view = launch_toy(toy_config(trials=1), storage_url, tmp_path).study
    spoiled = {"reason": 5, "health": 1, "health_reason": [2], "seconds": "long", "node": {"a": 3}}
    with view.engine.begin() as connection:
        (owner,) = connection.scalars(trials_of(view.study_id))
        set_attributes(connection, user_attributes, owner, spoiled)
    assert run("show", "toy", "0", monkeypatch=monkeypatch) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "reason     5" in lines
    assert "health     1: [2]" in lines
    assert any(line.startswith("attempt    trial 0") and line.endswith(", long s") for line in lines)


@pytest.mark.parametrize("verb", ["show", "logs"])
def test_what_is_not_there_is_one_line(
    verb: str,
    storage_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    launch_toy(toy_config(trials=1), storage_url, tmp_path)
    assert run(verb, "toy", "7", monkeypatch=monkeypatch) == 2
    assert capsys.readouterr().err == "study 'toy' has no trial 7; see its export\n"
    monkeypatch.setenv("TUNER_RUNS", str(tmp_path / "elsewhere"))
    assert run(verb, "toy", "0", monkeypatch=monkeypatch) == (2 if verb == "logs" else 0)
    said = capsys.readouterr()
    assert ("has no " in said.err) if verb == "logs" else ("not on this machine" in said.out)


def test_a_failed_trial_says_why(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StudyFailed):
        launch_toy(toy_config(behaviour="raises", failures=0), storage_url, tmp_path)
    assert run("show", "toy", "0", monkeypatch=monkeypatch) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "reason     RuntimeError: the trainer broke" in lines
    begins = lines.index("Traceback (most recent call last):")
    assert any('raise RuntimeError("the trainer broke")' in line for line in lines[begins:])
    assert lines[-1] == "RuntimeError: the trainer broke"


def test_a_curve_of_equal_values_is_drawn() -> None:
    assert curve_line("score", [(1, 0.5), (2, 0.5)]) == "score ▁▁ 0.5 to 0.5, epochs 1 to 2"
