"""What is read of many studies at once is what is read of each of them alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.tuner.configs import RANGE, SINGLE, toy_config
from tests.tuner.launching import launch_toy
from tuner.results.status.study_status import status_of, statuses_of
from tuner.store.reading.overview import read_overviews
from tuner.store.reading.reader import StudyStore

CHOICES = {"search": "categorical", "choices": ["raises", "good", "diverges"]}
STUDIES: dict[str, dict[str, Any]] = {
    "plain": {"trials": 4},
    "failing": {"trials": 4, "behaviour": CHOICES},
    "constrained": {"trials": 4, "constraints": [{"metric": "cost", "at_most": 0.4}]},
    "single": {"trials": 3, "objectives": SINGLE},
    "ended early": {"trials": 9, "stagnation": {"trials": 2}},
    "by hours": {"trials": 3, "device_hours": 5.0},
    "averaged": {"trials": 6, "replicates": {"seeds": 2}, "train": {"x": RANGE, "seed": 0}},
}


@pytest.fixture
def store(storage_url: str, tmp_path: Path) -> StudyStore:
    for name, changes in STUDIES.items():
        launch_toy(toy_config(study=name, **changes), storage_url, tmp_path)
    return StudyStore.open(storage_url)


def test_all_at_once_is_each_alone(store: StudyStore) -> None:
    together = statuses_of(store.studies())
    assert [each["study"] for each in together] == [*STUDIES]
    assert together == [status_of(view) for view in store.studies()]
    for overview in read_overviews(store.studies()):
        spent = overview.view.spent()
        assert (overview.used, overview.remaining) == (spent.used, spent.remaining)
        assert overview.ended_early == spent.met_early
        records = overview.view.records()
        states = [record.state for record in records]
        assert {each: states.count(each) for each in set(states)} == dict(overview.summary.states)
        feasible = [record for record in records if record.state == "COMPLETE" and record.is_feasible]
        assert overview.summary.numbers.tolist() == [record.number for record in feasible]
        assert overview.summary.values.tolist() == [list(record.values) for record in feasible]
    assert any(each["ended_early"] for each in together)
    assert any(each["infeasible"] for each in together)
    assert any(each["failed"] for each in together)


def test_more_studies_take_no_more_statements(store: StudyStore) -> None:
    counts = []
    for number in (1, len(STUDIES)):
        statements: list[str] = []
        listener = lambda *arguments: statements.append(arguments[2])  # noqa: B023, E731
        event.listen(store.engine, "before_cursor_execute", listener)
        read_overviews([view for view in store.studies() if view.name in list(STUDIES)[-number:]])
        event.remove(store.engine, "before_cursor_execute", listener)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_no_studies_are_none(store: StudyStore) -> None:
    assert read_overviews([]) == []
