"""What the page of a study is given: all that optuna-dashboard gives, and what is true when it asks."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import optuna
import optuna_dashboard._app
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.storages import RDBStorage
from optuna.trial import TrialState, create_trial
from optuna_dashboard import _inmemory_cache, _note, _pareto_front, _serializer, _storage
from sqlalchemy import text

from tests.tuner.results.dashboard.test_middleware import ask
from tuner.results.dashboard.server import _optuna_dashboard
from tuner.results.dashboard.shared import SharedAnswers
from tuner.results.wsgi import Application
from tuner.store.reading.dashboard_store import ReadingStore
from tuner.store.tables.creation import make_store, optuna_storage

KINDS = CategoricalDistribution(["good", None, True])
SPACES: list[dict[str, Any]] = [
    {"rate": FloatDistribution(0.1, 1.0), "layers": IntDistribution(1, 4), "kind": KINDS},
    {"rate": FloatDistribution(0.01, 0.5), "layers": IntDistribution(2, 9)},
    {"rate": FloatDistribution(0.2, 0.9), "width": IntDistribution(8, 64, log=True)},
]
PARAMS = {"rate": 0.3, "layers": 3, "kind": None, "width": 16}


@pytest.fixture
def stored(storage_url: str) -> Iterator[RDBStorage]:
    """Optuna's storage on each kind of store, as another program writes to it."""
    engine = make_store(storage_url, ["score"])
    storage = optuna_storage(engine.url)
    yield storage
    storage.remove_session()
    storage.engine.dispose()
    engine.dispose()


@pytest.fixture
def study(stored: RDBStorage) -> optuna.Study:
    """A study with trials in every state, with notes, artifacts and search spaces that differ."""
    ways = ["maximize", "minimize", "minimize"]
    study = optuna.create_study(storage=stored, study_name="toy", directions=ways)
    study.set_user_attr("by", ["hand", 1])
    for number in range(12):
        space = SPACES[number % len(SPACES)]
        attributes = {"seconds": number, "by": "hand" if number % 2 else 1, f"only {number % 4}": True}
        trial = create_trial(
            state=TrialState.FAIL if number == 5 else TrialState.COMPLETE,
            values=None
            if number == 5
            else [number % 5, number % 3, float("inf") if number == 7 else -number],
            params={name: PARAMS[name] for name in space},
            distributions=space,
            user_attrs=attributes,
            constraints={"cost": -1.0},
        )
        study.add_trial(trial)
    study.add_trial(create_trial(state=TrialState.PRUNED, intermediate_values={1: 0.5, 2: float("nan")}))
    study.enqueue_trial({"rate": 0.5})
    ids = {trial.number: trial._trial_id for trial in study.trials}
    _note.save_note_with_version(stored, study._study_id, ids[3], 1, "a note " * 1_000)
    _note.save_note_with_version(stored, study._study_id, None, 1, "of the study")
    artifact = json.dumps({"artifact_id": "1", "filename": "a.txt", "mimetype": "text/plain", "encoding": ""})
    stored.set_study_system_attr(study._study_id, f"dashboard:artifacts:{ids[2]}:1", artifact)
    return study


@pytest.fixture
def page(storage_url: str, study: optuna.Study) -> Application:
    store = ReadingStore.open(storage_url)
    return SharedAnswers(_optuna_dashboard(store), store.revision)


def given(page: Application, query: str = "", study_id: int = 1) -> Any:
    answer = ask(page, path=f"/api/studies/{study_id}", query=query)
    return json.loads(answer.body) if answer.status == 200 else answer.status


def numbers(page: Application) -> dict[int, str]:
    return {trial["number"]: trial["state"] for trial in given(page)["trials"]}


@pytest.mark.parametrize("query", ["", "after=5", "after=14", "after=99"])
def test_it_is_given_what_optuna_dashboard_gives(
    query: str, page: Application, stored: RDBStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for links and constraint values: an upgrade that gives more, or asks elsewhere, must be seen."""
    app: Any = optuna_dashboard._app
    ours = given(page, query)
    assert given(page, query) == ours
    monkeypatch.setattr(app, "get_trials", _storage.get_trials)
    monkeypatch.setattr(app, "get_pareto_front_trials", _pareto_front.get_pareto_front_trials)
    extra = _inmemory_cache.get_cached_extra_study_property
    monkeypatch.setattr(app, "get_cached_extra_study_property", extra)
    monkeypatch.setattr(app, "serialize_study_detail", _serializer.serialize_study_detail)
    theirs = given(app.create_app(stored), query)
    for answer in (ours, theirs):
        for trial in (*answer["trials"], *answer["best_trials"]):
            trial["note"]["body"] = trial["note"]["body"].partition("[Figures](/figures/toy/")[0] or "linked"
            assert trial.pop("constraints") in ([], [-1.0])
            trial["user_attrs"].sort(key=str)  # which Optuna reads in any order
        answer["union_user_attrs"].sort(key=str)
        answer["best_trials"].sort(key=lambda trial: trial["number"])
        for each in answer["union_search_space"] + answer["intersection_search_space"]:
            each["distribution"].get("choices", []).sort(key=str)
    assert ours.pop("note")["body"] == "[Report](/report/toy)\n\nof the study"
    assert theirs.pop("note")["body"] == "of the study"
    for trial in theirs["trials"] + theirs["best_trials"]:
        if trial["state"] == "Complete":
            trial["note"]["body"] = "linked"
    assert ours == theirs


def test_what_changes_is_there_at_the_next_poll(
    page: Application, study: optuna.Study, stored: RDBStorage
) -> None:
    before = numbers(page)
    asked = study.ask()
    assert numbers(page) == before | {13: "Running"}
    asked.set_user_attr("node", "node-1")
    assert {"key": "node", "value": "node-1"} in given(page, "after=13")["trials"][0]["user_attrs"]
    study.tell(asked, [99, -99, -99])
    assert numbers(page)[13] == "Complete"
    assert [trial["number"] for trial in given(page)["best_trials"]] == [13]
    study.set_user_attr("by", "another")
    assert given(page)["user_attrs"] == [{"key": "by", "value": "another"}]
    _note.save_note_with_version(stored, study._study_id, asked._trial_id, 1, "look at this")
    assert (
        given(page, "after=13")["trials"][0]["note"]["body"] == "[Figures](/figures/toy/13)\n\nlook at this"
    )
    _note.save_note_with_version(stored, study._study_id, None, 2, "done")
    assert given(page)["note"]["body"].endswith("done")
    with stored.engine.begin() as connection:
        connection.execute(text("UPDATE studies SET study_name = 'renamed'"))
    assert given(page)["name"] == "renamed"
    assert "/figures/renamed/13" in given(page, "after=13")["trials"][0]["note"]["body"]


def test_what_is_deleted_is_gone_at_the_next_poll(
    page: Application, study: optuna.Study, stored: RDBStorage
) -> None:
    before = numbers(page)
    (gone,) = [trial for trial in study.trials if trial.number == 12]
    with stored.engine.begin() as connection:
        for table in ("trial_intermediate_values", "trials"):
            connection.execute(text(f"DELETE FROM {table} WHERE trial_id = {gone._trial_id}"))
    assert numbers(page) == {number: state for number, state in before.items() if number != 12}
    assert given(page)["has_intermediate_values"] is False
    optuna.delete_study(study_name="toy", storage=stored)
    assert given(page) == 404
    another = optuna.create_study(storage=stored, study_name="another")
    another.add_trial(create_trial(value=0.5))
    found = given(page, study_id=another._study_id)
    assert (found["name"], found["union_search_space"], len(found["trials"])) == ("another", [], 1)


def test_importances_are_shown(page: Application) -> None:
    answer = ask(page, path="/api/studies/1/param_importances", errors=io.StringIO())
    assert [len(of_objective) for of_objective in json.loads(answer.body)["param_importances"]]
