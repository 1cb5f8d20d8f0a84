"""The service from Python: the studies of the command line, and nothing imported before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

import tuner
from tests.tuner.test_model_verb import STUDY
from tuner.errors import UsageError
from tuner.store.reading.reader import StudyStore

HEAVY = ("torch", "ray", "sklearn", "optuna", "pandas", "plotly")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text(STUDY)


def test_a_study_is_run_and_looked_at() -> None:
    config = tuner.load_config("study.yaml", ["budget.trials=2"])
    study = tuner.launch(config, serial=True)
    records = StudyStore.open("sqlite:///tuner.db").load("digits").records()
    assert [trial.number for trial in study.trials] == [0, 1]
    assert [trial.state for trial in study.trials] == ["completed", "completed"]
    assert [trial.params for trial in study.trials] == [dict(record.params) for record in records]
    assert study.trials[0].values == dict(zip(("map_at_r", "lsdim"), records[0].values, strict=True))
    assert study.trials[0].metrics["ari"] == records[0].attributes["ari"]
    again = tuner.open_study("digits")
    assert again.front == study.front
    assert again.front[0].values["map_at_r"] == max(trial.values["map_at_r"] for trial in again.front)
    assert {number for number, _, _ in again.reports} == {0, 1}
    assert list(again.to_pandas()["trial"]) == [0, 1]
    assert again.confirmed == {}
    for seeds, top, trials in ((0, None, None), (3, 0, None), (3, None, list[int]())):
        with pytest.raises(UsageError, match="are no training at all"):
            again.confirm(seeds=seeds, top=top, trials=trials)
    confirmed = again.confirm(top=1, seeds=2, serial=True)
    assert list(confirmed) == [again.front[0].number]
    assert confirmed == tuner.open_study("digits").confirmed
    assert confirmed[again.front[0].number][0].test["map_at_r"].count == 2
    images = torch.zeros(3, 1, 8, 8, dtype=torch.uint8)
    embedder = again.model(again.front[0].number, device="cpu")
    assert embedder.embed(images).shape == (3, again.front[0].values["lsdim"])


def test_mistakes_are_the_errors_of_the_command_line() -> None:
    with pytest.raises(UsageError, match=r"study\.yaml:4:\d+: budget\.trials: "):
        tuner.load_config(_broken())
    with pytest.raises(UsageError, match="launch or submit a study first"):
        tuner.open_study("digits")


def _broken() -> Path:
    path = Path("study.yaml")
    path.write_text(STUDY.replace("{trials: 3,", "{trials: 0,"))
    return path


def test_nothing_heavy_is_imported_with_the_package() -> None:
    program = "import sys, tuner; print([name for name in sys.argv[1:] if name in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", program, *HEAVY], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "[]\n"
