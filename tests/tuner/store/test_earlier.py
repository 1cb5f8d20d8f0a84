"""What a new study takes from earlier ones: results of equal trainings, or their best points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.tuner.configs import RANGE, SINGLE, toy_config
from tests.tuner.launching import launch_toy
from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.store import create_study
from tuner.store.create_study import create_or_load
from tuner.store.reading.reader import UNFINISHED, StudyStore
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.creation import make_store

HALF = {"search": "float", "low": 0.0, "high": 0.5}
COST = {"metric": "cost", "direction": "minimize"}


def new(storage: str, config: StudyConfig, results_of: str | None = None) -> tuple[StudyView, list[str]]:
    lines: list[str] = []
    engine = make_store(storage, ["score", "cost"])
    view = create_or_load(engine, config, results_of, lines.append)
    engine.dispose()  # it opens connections anew when it is used again
    return view, lines


def test_a_wider_range_takes_every_trial_over(storage_url: str, tmp_path: Path) -> None:
    old = launch_toy(toy_config(x=HALF, study="old"), storage_url, tmp_path).study
    wider = toy_config(x=RANGE, study="wider", trials=8)
    view, lines = new(storage_url, wider, "old")
    assert lines == ["took over 6 trials of study old"]
    for record, before in zip(view.records(), old.records(), strict=True):
        assert (record.state, record.params, record.values) == (before.state, before.params, before.values)
        assert record.attributes["taken_from"] == f"old/{before.number}"
        assert (record.started, record.ended) == (before.started, before.ended)
    assert sorted(map(str, view.reports())) == sorted(map(str, old.reports()))
    assert view.remaining == 2
    gone_on = launch_toy(wider, storage_url, tmp_path).study
    assert [record.state for record in gone_on.records()] == ["COMPLETE"] * 8
    assert len(StudyStore.open(storage_url).load("old").records()) == 6


def test_what_does_not_fit_is_left_out_with_its_reason(storage_url: str, tmp_path: Path) -> None:
    points = [{"x": 0.1}, {"x": 0.9}, {"x": 0.4}, {"x": 0.8}]
    launch_toy(toy_config(study="old", enqueue=points, trials=4), storage_url, tmp_path)
    view, lines = new(storage_url, toy_config(x=HALF, study="narrower"), "old")
    assert [record.params["x"] for record in view.records()] == [0.1, 0.4]
    assert lines == [
        "took over 2 trials of study old",
        "left out 2: x outside of the search space (trials 1, 3)",
    ]


def test_a_choice_and_an_objective_are_added(storage_url: str, tmp_path: Path) -> None:
    kind = {"search": "categorical", "choices": ["a"]}
    launch_toy(toy_config(study="old", kind=kind, objectives=SINGLE), storage_url, tmp_path)
    more = {"search": "categorical", "choices": ["a", "b"]}
    view, lines = new(storage_url, toy_config(study="more", kind=more), "old")
    assert lines == ["took over 6 trials of study old"]
    assert [len(record.values) for record in view.records()] == [2] * 6


def test_what_was_fixed_is_searched_over(storage_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(study="fixed", x=0.5, trials=1), storage_url, tmp_path)
    view, _ = new(storage_url, toy_config(study="searched", x=RANGE), "fixed")
    assert [record.params for record in view.records()] == [{"x": 0.5}]


def test_another_fixed_value_is_another_training(storage_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(study="old", epoch_seconds=0), storage_url, tmp_path)
    view, lines = new(storage_url, toy_config(study="slow", epoch_seconds=0.001), "old")
    assert view.records() == []
    assert lines == [
        "took over 0 trials of study old",
        "left out 6: another train.epoch_seconds (trials 0, 1, 2, 3, 4, 5)",
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"epochs": 5}, "another budget.epochs"),
        ({"objectives": [COST]}, "another the first of objectives"),
        ({"replicates": {"seeds": 2}}, "another replicates"),
    ],
)
def test_studies_that_train_differently_are_refused(
    changes: dict[str, Any], said: str, sqlite_url: str, tmp_path: Path
) -> None:
    launch_toy(toy_config(study="old", trials=1), sqlite_url, tmp_path)
    with pytest.raises(UsageError, match=said):
        new(sqlite_url, toy_config(study="new", **changes), "old")
    assert StudyStore.open(sqlite_url).names() == ["old"]


def test_trials_from_before_a_change_of_epochs_are_left_out(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(study="old", trials=1, epochs=2), sqlite_url, tmp_path)
    launch_toy(toy_config(study="old", trials=2, epochs=4), sqlite_url, tmp_path)
    _, lines = new(sqlite_url, toy_config(study="new", epochs=4), "old")
    assert lines == [
        "took over 1 trial of study old",
        "left out 1: trained with budget.epochs 2 (trials 0)",
    ]


def test_a_study_that_is_there_takes_nothing_more(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(study="old", trials=2), sqlite_url, tmp_path)
    config = toy_config(study="new", trials=3)
    new(sqlite_url, config, "old")
    view, lines = new(sqlite_url, config, "old")
    assert lines == ["study new is there already; nothing more is taken over from old"]
    assert len(view.records()) == 2


def test_a_changed_space_is_refused_and_shown_the_way(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(x=HALF, trials=1), sqlite_url, tmp_path)
    with pytest.raises(Conflict, match="with --from 'toy' it takes over every trial that fits"):
        new(sqlite_url, toy_config(x=RANGE, trials=1))


def test_who_is_killed_while_taking_over_leaves_no_study(
    storage_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_toy(toy_config(study="old", trials=3), storage_url, tmp_path)
    config = toy_config(study="new", trials=3)

    def dies(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(create_study, "insert", dies)
        with pytest.raises(KeyboardInterrupt):
            new(storage_url, config, "old")
    store = StudyStore.open(storage_url)
    assert [view.name for view in store.studies()] == ["old"]
    view, _ = new(storage_url, config, "old")
    assert len(view.records()) == 3
    assert f"new{UNFINISHED}" not in store.names()


def test_rungs_follow_from_the_reports_that_were_taken(storage_url: str, tmp_path: Path) -> None:
    rule = {"early_stopping": {"name": "asha"}, "sampler": {"name": "random", "seed": 1}, "epochs": 8}
    launch_toy(toy_config(study="old", trials=8, **rule), storage_url, tmp_path)
    config = toy_config(study="new", trials=16, **rule)
    new(storage_url, config, "old")
    parts = launch_toy(config, storage_url, tmp_path).study
    straight = launch_toy(toy_config(study="straight", trials=16, **rule), storage_url, tmp_path).study
    assert [(each.state, each.params, each.attributes.get("reason")) for each in parts.records()] == [
        (each.state, each.params, each.attributes.get("reason")) for each in straight.records()
    ]


def test_what_another_rule_has_stopped_is_left_out(sqlite_url: str, tmp_path: Path) -> None:
    rule = {"early_stopping": {"name": "asha"}, "epochs": 8}
    old = launch_toy(toy_config(study="old", trials=8, **rule), sqlite_url, tmp_path).study
    stopped = [record.number for record in old.records() if record.state == "PRUNED"]
    assert stopped
    view, lines = new(sqlite_url, toy_config(study="new", trials=8, epochs=8), "old")
    assert {record.state for record in view.records()} == {"COMPLETE"}
    reason = "stopped by asha, which is not this study's early_stopping"
    assert lines[1].startswith(f"left out {len(stopped)}: {reason} (trials {stopped[0]}")


def test_the_best_points_of_other_studies_are_tried_first(storage_url: str, tmp_path: Path) -> None:
    points = [{"x": 0.9}, {"x": 0.3}, {"x": 0.2}, {"x": 0.6}]
    old = toy_config(study="old", objectives=SINGLE, enqueue=points, trials=4)
    launch_toy(old, storage_url, tmp_path)
    warm = {"studies": ["old"], "best": 3}
    config = toy_config(study="new", objectives=SINGLE, x=HALF, warm_start=warm, trials=4, epochs=2)
    _, lines = new(storage_url, config)
    assert lines == ["left out of trial 3 of old: x 0.6", "queued 2 of the best points of study old"]
    records = launch_toy(config, storage_url, tmp_path).study.records()
    assert [record.params["x"] for record in records[:2]] == [0.3, 0.2]
    assert [record.attributes["taken_from"] for record in records[:2]] == ["old/1", "old/2"]
    assert len(records) == 4


def test_a_point_is_queued_once_whichever_studies_have_it(sqlite_url: str, tmp_path: Path) -> None:
    launch_toy(toy_config(study="old", enqueue=[{"x": 0.3}], trials=1), sqlite_url, tmp_path)
    launch_toy(toy_config(study="older", enqueue=[{"x": 0.3}], trials=1), sqlite_url, tmp_path)
    warm = {"studies": ["old", "older", "old"]}
    view, lines = new(sqlite_url, toy_config(study="new", warm_start=warm))
    assert len(view.records()) == 1
    assert lines[1:] == ["queued 0 of the best points of study older", lines[2]]
    view, lines = new(sqlite_url, toy_config(study="newer", warm_start=warm), "old")
    assert [record.state for record in view.records()] == ["COMPLETE"]


def test_an_earlier_study_has_to_be_there(sqlite_url: str) -> None:
    make_store(sqlite_url, ["score", "cost"]).dispose()
    with pytest.raises(UsageError, match="there is no study 'old'"):
        new(sqlite_url, toy_config(warm_start={"studies": ["old"]}))
    with pytest.raises(UsageError, match="there is no study 'older'"):
        new(sqlite_url, toy_config(), "older")
