"""The main job, shortened, and everything that reads its study: our verbs and Optuna's own tools."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import DR_TRIPLET, environment, tuner, tuner_in_background, wait_until

pytestmark = pytest.mark.acceptance

STUDY = "dr-triplet-digits"
PORT = 18_473


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the main job has run: four trials of two epochs."""
    folder = tmp_path_factory.mktemp("main-job")
    done = tuner("launch", DR_TRIPLET, "budget={trials: 4, epochs: 2}", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "front of dr-triplet-digits" in done.stdout
    assert "[4/4] trial" in done.stderr
    assert "python -m tuner dashboard dr-triplet-digits" in done.stderr
    return folder


@pytest.fixture(scope="module")
def front(folder: Path) -> list[dict[str, Any]]:
    return list(json.loads(tuner("front", STUDY, "--json", folder=folder).stdout))


def test_status(folder: Path) -> None:
    (status,) = json.loads(tuner("status", "--json", folder=folder).stdout)
    assert (status["completed"], status["remaining"], status["running"]) == (4, 0, 0)
    assert (status["driver"], status["unreadable"]) == (None, None)
    table = tuner("status", STUDY, folder=folder).stdout
    assert STUDY in table
    assert "not driven; its budget is met" in table


def test_every_trial_has_all_that_was_measured(folder: Path) -> None:
    rows = json.loads(tuner("export", STUDY, "--format", "json", folder=folder).stdout)
    wanted = {"ari", "ami", "nmi", "recall_at_1", "recall_at_2", "recall_at_4", "recall_at_8", "map_at_r"}
    wanted |= {
        "r_precision",
        "seconds",
        "device",
        "node",
        "device_name",
        "config",
        "versions",
        "git_commit",
        "seed",
    }
    assert len(rows) == 4
    assert all(wanted <= set(row) for row in rows)
    assert all(row["split_hash"] == rows[0]["split_hash"] for row in rows)


def test_csv_and_parquet_hold_the_same_trials(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(tuner("export", STUDY, folder=folder).stdout)))
    tuner("export", STUDY, "--format", "parquet", "--to", "trials.parquet", folder=folder)
    from pyarrow import parquet

    table = parquet.read_table(folder / "trials.parquet").to_pylist()
    assert [float(row["recall_at_1"]) for row in rows] == [row["recall_at_1"] for row in table]
    assert [row["state"] for row in rows] == ["COMPLETE"] * 4


def test_optunas_command_line_reads_the_same_study(folder: Path, front: list[dict[str, Any]]) -> None:
    def optuna(verb: str) -> list[dict[str, Any]]:
        words = [verb, "--study-name", STUDY, "--storage", "sqlite:///tuner.db", "-f", "json"]
        done = subprocess.run(
            [Path(sys.executable).with_name("optuna"), *words],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return list(json.loads(done.stdout))

    assert [trial["state"] for trial in optuna("trials")] == ["COMPLETE"] * 4
    best = {trial["number"]: trial["values"] for trial in optuna("best-trials")}
    assert best == {trial["number"]: trial["values"] for trial in front}


@pytest.fixture(scope="module")
def dashboard(folder: Path) -> Iterator[str]:
    process = tuner_in_background("dashboard", STUDY, "--port", str(PORT), folder=folder)
    said = folder / "said.txt"
    wait_until(lambda: "the Pareto front is at" in said.read_text(), 30)
    address = f"http://127.0.0.1:{PORT}"
    wait_until(lambda: answers(address), 30)
    yield address
    process.terminate()
    process.wait(10)


def answers(address: str) -> bool:
    try:
        return bool(urllib.request.urlopen(f"{address}/api/studies").status == 200)
    except urllib.error.URLError:
        return False


def test_the_dashboard_shows_the_same_front(dashboard: str, front: list[dict[str, Any]]) -> None:
    studies = json.load(urllib.request.urlopen(f"{dashboard}/api/studies"))["study_summaries"]
    (study_id,) = [study["study_id"] for study in studies if study["study_name"] == STUDY]
    study = json.load(urllib.request.urlopen(f"{dashboard}/api/studies/{study_id}"))
    assert {trial["number"] for trial in study["best_trials"]} == {trial["number"] for trial in front}
    assert study["objective_names"] == list(front[0]["values"])
    assert len(study["trials"]) == 4
    page = urllib.request.urlopen(f"{dashboard}/dashboard/studies/{study_id}")
    assert page.status == 200


def test_the_dashboard_changes_nothing(dashboard: str) -> None:
    request = urllib.request.Request(f"{dashboard}/api/studies/1", method="DELETE")
    with pytest.raises(urllib.error.HTTPError, match="405"):
        urllib.request.urlopen(request)
    assert answers(dashboard)
