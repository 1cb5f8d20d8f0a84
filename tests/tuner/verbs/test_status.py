"""Where studies stand, as people and programs read it: all, one that runs, one whose trials failed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.acceptance.command_line import wait_until
from tests.tuner import driver_process
from tests.tuner.configs import toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.test_cli import run
from tuner.results.status.seen import see_all
from tuner.store.reading.reader import StudyStore

LONG = "a-study-with-a-rather-long-name-of-its-own"


@pytest.fixture(autouse=True)
def _here(storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNER_STORAGE", storage_url)
    monkeypatch.setenv("TUNER_RUNS", str(tmp_path / "runs"))


@pytest.fixture
def status(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run the verb with these words; what it wrote to stdout, or what the JSON there says."""

    def call(*words: str) -> Any:
        capsys.readouterr()
        assert run("status", *words, monkeypatch=monkeypatch) == 0
        said = capsys.readouterr().out
        return json.loads(said) if "--json" in words else said

    return call


def test_names_and_counts_are_whole_in_80_columns(
    storage_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    choices = {"search": "categorical", "choices": ["raises", "good", "diverges"]}
    launch_toy(toy_config(study=LONG, trials=8, behaviour=choices), storage_url, tmp_path)
    launch_toy(toy_config(trials=2), storage_url, tmp_path)
    seen = see_all(StudyStore.open(storage_url))
    Console(width=80).print(*seen.parts)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(f"│ {LONG} │ 8/8, 5 stopped, " in line for line in lines)
    assert any(re.match(r"│ toy +│ 2/2 ", line) for line in lines)
    of_toy = seen.statuses[1]
    best = f"score {of_toy['best']['score']:.4g}, trial {of_toy['best_trials']['score']} "
    assert any(line.startswith("│ toy ") and best in line for line in lines)


def test_the_best_values_name_their_trials(storage_url: str, tmp_path: Path, status: Any) -> None:
    records = launch_toy(toy_config(), storage_url, tmp_path).study.records()
    score = max(records, key=lambda record: record.values[0])
    cost = min(records, key=lambda record: record.values[1])
    lines = status("toy").splitlines()
    assert f"best    score ↑ {score.values[0]:.4g}, trial {score.number}" in lines
    assert f"best    cost ↓ {cost.values[1]:.4g}, trial {cost.number}" in lines
    assert score.number != cost.number


def test_a_running_trial_is_shown_and_what_became_of_it(
    storage_url: str, tmp_path: Path, status: Any
) -> None:
    config = toy_config(trials=1, until=str(tmp_path / "until"))
    driver = driver_process.started(config, storage_url, tmp_path)
    try:

        def reported() -> bool:
            try:
                return bool(StudyStore.open(storage_url).load("toy").last_reports())
            except Exception:  # noqa: BLE001 - the store is being made
                return False

        wait_until(reported)
        (trial,) = status("toy", "--json")[0]["trials"]
        assert (trial["state"], trial["epoch"], trial["epochs"]) == ("running", 1, 4)
        assert trial["last_metrics"]["cost"] == trial["params"]["x"]
        assert trial["last_report_at"] >= trial["started_at"][:10]
        said = status("toy")
        assert "trials  0 of 1: 1 running\n" in said
        assert f"driver  driven by process {driver.pid} on " in said
        place = r"\S+ process:\d+, for \d+ s, last report \d+ s ago\n"
        assert re.search(rf"trial 0  running  epoch 1 of 4, score 0\.\d+, {place}", said)
    finally:
        driver.kill()
        driver.wait()
    assert "trial 0  orphaned  epoch 1 of 4, " in status("toy")
    (tmp_path / "until").touch()
    launch_toy(config, storage_url, tmp_path)
    (counts,) = status("toy", "--json")
    assert [counts[word] for word in ("completed", "failed", "interrupted", "running")] == [1, 0, 1, 0]
    assert [each["state"] for each in counts["trials"]] == ["interrupted", "completed"]
    said = status("toy")
    assert "trials  1 of 1: 1 completed, 1 interrupted\n" in said
    assert "trial 0  interrupted  its driver ended before it did; goes on as trial 1\n" in said


def test_a_failure_has_its_reason_and_the_way_to_its_traceback(
    storage_url: str, tmp_path: Path, status: Any
) -> None:
    choices = {"search": "categorical", "choices": ["raises", "good", "diverges"]}
    launch_toy(toy_config(trials=6, behaviour=choices), storage_url, tmp_path)
    (whole,) = status("toy", "--json")
    by_word = {
        word: [each for each in whole["trials"] if each["state"] == word]
        for word in ("completed", "stopped", "failed")
    }
    assert {word: len(listed) for word, listed in by_word.items()} == {word: whole[word] for word in by_word}
    assert all(by_word.values())
    for trial in by_word["failed"]:
        assert trial["reason"] == "RuntimeError: the trainer broke"
        assert 'raise RuntimeError("the trainer broke")' in trial["traceback"]
    assert all(set(trial["values"]) == {"score", "cost"} for trial in by_word["completed"])
    last = by_word["failed"][-1]["trial"]
    lines = status("toy").splitlines()
    assert lines[-1] == f"the last traceback: python -m tuner show toy {last}"
    assert f"trial {last}  failed   RuntimeError: the trainer broke" in lines
    assert not [line for line in lines if re.search("PRUNED|FAIL|COMPLETE", line)]
