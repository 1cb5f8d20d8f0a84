"""A study with completed, stopped, infeasible and failed trials: whatever shows its front shows the same."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import optuna_dashboard._app
import pyarrow.parquet
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from tests.tuner import toy
from tests.tuner.configs import SINGLE, toy_config
from tests.tuner.launching import launch_toy
from tests.tuner.results.dashboard.test_middleware import ask
from tuner.cli import app
from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, StudyFailed
from tuner.results.dashboard.front import front_trials
from tuner.results.dashboard.server import _optuna_dashboard
from tuner.results.status.shown import status_table
from tuner.results.status.study_status import status_of
from tuner.run.ended import Launched
from tuner.run.live.progress import Progress
from tuner.run.live.tally import Tally
from tuner.settings import Settings
from tuner.store.copy_study import copy_study
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.reading.study_view import StudyView
from tuner.study.trial import Report, TrialSpec
from tuner.verbs.search import _write_next_steps

ENDS: dict[int, tuple[float, float]] = {
    0: (0.5, 0.5),
    1: (0.9, 0.1),  # would dominate all others, and is infeasible
    2: (0.6, 0.6),
    5: (0.4, 0.6),  # dominated
    6: (0.3, 0.4),
    7: (0.2, 0.3),  # exactly on the bound
    8: (0.8, 0.25),
}
"""Score, to be brought up, and cost, to be brought down, of the completed trials; 3 is stopped, 4 fails."""

FRONT = [0, 2, 6, 7]
BEST_FIRST = [2, 0, 6, 7]
INFEASIBLE = {1: 0.3 - 0.1, 8: 0.3 - 0.25}
BOUND = [{"metric": "cost", "at_least": 0.3}]


def train(spec: TrialSpec) -> Iterator[Report]:
    if spec.number == 3:
        yield Report(1, {"score": 9.0, "cost": 0.3}, stopped="it was too good to be true")
    elif spec.number == 4:
        raise RuntimeError("the trainer broke")
    else:
        score, cost = ENDS[spec.number]
        measured = {"score": score, "cost": cost}
        yield Report(1, measured, result=measured)


def config_of(**changes: Any) -> StudyConfig:
    return toy_config(**({"trials": 8, "epochs": 1, "constraints": BOUND} | changes))


@dataclass(frozen=True)
class Shown:
    """A launched study, what its launch said, and its store."""

    launched: Launched
    said: str
    url: str

    @property
    def study(self) -> StudyView:
        return self.launched.study

    def tuner(self, *arguments: str) -> Result:
        result = CliRunner().invoke(app, [*arguments], env={"TUNER_STORAGE": self.url})
        assert result.exit_code == 0, result.output
        return result


def shown(url: str, folder: Path, **changes: Any) -> Shown:
    said = io.StringIO()
    return Shown(launch_toy(config_of(**changes), url, folder, said=said, train=train), said.getvalue(), url)


@pytest.fixture
def study(storage_url: str, tmp_path: Path) -> Shown:
    return shown(storage_url, tmp_path)


def dashboard(url: str) -> dict[str, Any]:
    """What the dashboard's page is given of the first study."""
    answer = ask(_optuna_dashboard(ReadingStore.open(url)), path="/api/studies/1")
    assert answer.status == 200, answer.body
    return dict(json.loads(answer.body))


def test_every_front_is_the_same(study: Shown) -> None:
    states = [record.state for record in study.study.records()]
    assert [states.count(state) for state in ("COMPLETE", "PRUNED", "FAIL")] == [7, 1, 1]
    assert [record.number for record in study.launched.front] == FRONT
    assert study.launched.infeasible == len(INFEASIBLE)
    front = study.tuner("front", "toy", "--json")
    assert [trial["number"] for trial in json.loads(front.stdout)] == BEST_FIRST
    assert "2 completed trials are infeasible: off the front" in front.stderr
    table = study.tuner("front", "toy").stdout
    assert "front of toy: 4 trials" in table
    assert [int(number) for number in re.findall(r"^\W*(\d+) ", table, re.MULTILINE)] == BEST_FIRST
    confirmed = json.loads(study.tuner("front", "toy", "--confirmed", "--json").stdout)
    assert [trial["number"] for trial in confirmed] == BEST_FIRST
    assert optuna_front(study.url) == FRONT
    assert [trial["number"] for trial in dashboard(study.url)["best_trials"]] == BEST_FIRST
    status = status_of(study.study)
    assert (status["completed"], status["infeasible"], status["front"]) == (7, 2, len(FRONT))
    assert status["remaining"] == 0
    assert status["best"] == {"score": 0.6, "cost": 0.3}
    console = Console(file=io.StringIO(), width=160)
    console.print(status_table([status]))
    assert isinstance(console.file, io.StringIO)
    assert "8/8, 1 stopped, 1 failed, 2 infeasible" in console.file.getvalue()


def test_a_launch_says_how_many_are_infeasible(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = shown(sqlite_url, tmp_path)
    settings = Settings(storage=sqlite_url, runs_folder=tmp_path, ray_address=None)
    _write_next_steps(study.study.config, study.launched, settings)
    assert capsys.readouterr().err.startswith("2 completed trials are infeasible: off the front")


def optuna_front(url: str) -> list[int]:
    return sorted(trial.number for trial in optuna.load_study(study_name="toy", storage=url).best_trials)


def test_optunas_command_line_leaves_them_out(sqlite_url: str, tmp_path: Path) -> None:
    study = shown(sqlite_url, tmp_path)
    words = ["best-trials", "--study-name", "toy", "--storage", study.url, "--format", "json"]
    command = Path(sys.executable).with_name("optuna")
    done = subprocess.run([command, *words], capture_output=True, text=True, check=True)
    assert sorted({trial["number"] for trial in json.loads(done.stdout)}) == FRONT


def test_the_live_table_shows_the_same(study: Shown) -> None:
    tally = Tally.of(study.study.config, study.study.records())
    assert (tally.infeasible, tally.ended["completed"], tally.front()[0]) == (2, 7, len(FRONT))
    assert tally.best() == study.study.summary().best()
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    with Progress(tally, console) as progress:
        progress.refresh()
    assert isinstance(console.file, io.StringIO)
    assert "8 of 8: 7 completed (2 infeasible), 1 stopped, 1 failed" in console.file.getvalue()
    assert "4 trials, hypervolume" in console.file.getvalue()
    lines = [line for line in study.said.splitlines() if "infeasible" in line]
    assert lines == [
        "[2/8] trial 1 completed: score 0.9  cost 0.1  (infeasible: cost 0.1 is not at least 0.3)",
        "[8/8] trial 8 completed: score 0.8  cost 0.25  (infeasible: cost 0.25 is not at least 0.3)",
    ]


@pytest.mark.parametrize("kind", ["json", "csv", "parquet"])
def test_an_export_says_by_how_much(kind: str, study: Shown, tmp_path: Path) -> None:
    file = tmp_path / f"trials.{kind}"
    study.tuner("export", "toy", "--format", kind, "--to", str(file))
    rows: list[dict[str, Any]]
    if kind == "json":
        rows = json.loads(file.read_text())
    elif kind == "csv":
        rows = [dict(row) for row in csv.DictReader(io.StringIO(file.read_text()))]
    else:
        rows = pyarrow.parquet.read_table(file).to_pylist()
    feasible = {int(row["trial"]): row["feasible"] for row in rows if row.get("feasible") not in (None, "")}
    assert {number: str(value) for number, value in feasible.items()} == {
        number: str(number not in INFEASIBLE) for number in ENDS
    }
    beyond = {int(row["trial"]): float(row["constraint.cost.at_least"]) for row in rows
              if int(row["trial"]) in ENDS}  # fmt: skip
    assert beyond == {number: 0.3 - cost for number, (_, cost) in ENDS.items()}


def test_the_page_of_the_dashboard_is_told(study: Shown) -> None:
    """Its charts draw their own front, of the trials whose listed constraints are all 0 or less."""
    listed = {trial["number"]: trial["constraints"] for trial in dashboard(study.url)["trials"]}
    assert listed == {
        **{number: [pytest.approx(0.3 - cost)] for number, (_, cost) in ENDS.items()},
        **{number: [] for number in (3, 4)},
    }


@pytest.mark.parametrize("direction", ["maximize", "minimize"])
def test_one_objective(direction: str, storage_url: str, tmp_path: Path) -> None:
    """The best is infeasible; so is the worst, which is the best when brought down."""
    bounds = [*({"metric": "score", key: value} for key, value in (("at_most", 0.7), ("at_least", 0.25)))]
    objectives = [{"metric": "score", "direction": direction}]
    study = shown(storage_url, tmp_path, objectives=objectives, constraints=bounds)
    best = [2] if direction == "maximize" else [6]
    assert [record.number for record in study.study.front()] == best
    assert [trial["number"] for trial in dashboard(study.url)["best_trials"]] == best
    assert optuna_front(study.url) == best
    assert optuna.load_study(study_name="toy", storage=study.url).best_trial.number == best[0]


@pytest.mark.parametrize("objectives", [SINGLE, None])
def test_without_a_feasible_trial_every_front_is_empty(
    objectives: list[dict[str, str]] | None, storage_url: str, tmp_path: Path
) -> None:
    changes: dict[str, Any] = {} if objectives is None else {"objectives": objectives}
    changes["constraints"] = [{"metric": "cost", "at_most": 0.05}, {"metric": "score", "at_least": 0.35}]
    with pytest.raises(StudyFailed) as failed:
        shown(storage_url, tmp_path, **changes)
    assert str(failed.value) == (
        "study 'toy' ended, but none of 7 completed trials is feasible; "
        "7 break cost at most 0.05, by 0.05 or more; 2 break score at least 0.35, by 0.05 or more; "
        "go on with --more TRIALS, or start a new study with other constraints"
    )
    result = CliRunner().invoke(app, ["front", "toy", "--json"], env={"TUNER_STORAGE": storage_url})
    assert (json.loads(result.stdout), result.exit_code) == ([], 0)
    assert "7 completed trials are infeasible" in result.stderr
    assert dashboard(storage_url)["best_trials"] == []
    assert optuna_front(storage_url) == []


def test_other_constraints_are_another_study(sqlite_url: str, tmp_path: Path) -> None:
    shown(sqlite_url, tmp_path)
    with pytest.raises(Conflict) as refused:
        shown(sqlite_url, tmp_path, constraints=[{"metric": "cost", "at_least": 0.2}])
    assert "choose a new name (with --from" in str(refused.value)
    assert "constraints.0.at_least: 0.3 stored, 0.2 in the file" in str(refused.value)


def test_a_copy_knows_which_trials_are_feasible(study: Shown, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/copy.db"
    copy_study("toy", study.url, target, toy.metrics)
    assert optuna_front(target) == FRONT
    stored = optuna.load_study(study_name="toy", storage=target).trials
    assert [trial.system_attrs for trial in stored] == [
        trial.system_attrs for trial in optuna.load_study(study_name="toy", storage=study.url).trials
    ]
    assert stored[1].constraints == {"cost.at_least": 0.3 - 0.1}


def test_the_dashboards_own_front_is_replaced(sqlite_url: str, tmp_path: Path) -> None:
    """Under these names its page asks for the front: an upgrade that changes them must be seen."""
    shown(sqlite_url, tmp_path)
    dashboard(sqlite_url)
    used = optuna_dashboard._app.create_app.__code__.co_consts
    names = {name for code in used if hasattr(code, "co_names") for name in _names(code)}
    replaced = {"get_trials", "get_pareto_front_trials"}
    replaced |= {"get_cached_extra_study_property", "serialize_study_detail"}
    assert replaced <= names
    assert optuna_dashboard._app.get_pareto_front_trials is front_trials


def _names(code: Any) -> set[str]:
    nested = [each for each in code.co_consts if hasattr(each, "co_names")]
    return {*code.co_names, *(name for each in nested for name in _names(each))}
