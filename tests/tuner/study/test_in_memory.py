"""A study that is driven without a store: its events go into a list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tuner.configs import toy_config
from tuner.study.asking.asker import Asker
from tuner.study.events.event import Asked, Ended, Event, Reported
from tuner.study.events.external_changes import ExternalChange, StudyRenamed, TrialAdded, TrialLost
from tuner.study.history import History
from tuner.study.outcome import Completed
from tuner.study.stored_history import StoredHistory
from tuner.study.study import Study
from tuner.study.trial import Report, TrialSpec

GOOD = {"score": 0.5, "cost": 0.5}


class EventList:
    """Takes events, and reports changes that a test puts there."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.pending: list[ExternalChange] = []

    def append(self, event: Event) -> None:
        self.events.append(event)

    def changes(self) -> Iterator[ExternalChange]:
        while self.pending:
            yield self.pending.pop(0)


@pytest.fixture
def writer() -> EventList:
    return EventList()


@pytest.fixture
def study(writer: EventList) -> Study:
    config = toy_config(trials=2)
    directions = [objective.direction for objective in config.objectives]
    history = History(directions, StoredHistory([], {}))
    return Study(config, history, Asker(config, history, 0, writer, "a driver"), writer, "a driver")


def ask(study: Study) -> TrialSpec:
    spec = study.ask(Path("runs"))
    assert spec is not None
    return spec


def test_each_decision_is_one_event(study: Study, writer: EventList) -> None:
    spec = ask(study)
    assert study.report(spec, Report(1, GOOD, "state"))
    assert study.tell(spec, Completed(GOOD))
    assert [type(event) for event in writer.events] == [Asked, Reported, Ended]
    assert [event.number for event in writer.events] == [0, 0, 0]
    assert [record.number for record in study.front()] == [0]
    assert study.remaining == 1


def test_a_trial_that_another_program_ended_is_written_no_more(study: Study, writer: EventList) -> None:
    spec = ask(study)
    writer.pending = [TrialLost(spec.number)]
    assert list(study.changes()) == [TrialLost(spec.number)]
    assert not study.report(spec, Report(1, GOOD))
    assert not study.tell(spec, Completed(GOOD))
    assert [type(event) for event in writer.events] == [Asked]


def test_what_another_program_queued_comes_first(study: Study, writer: EventList) -> None:
    writer.pending = [TrialAdded(7, {})]
    assert not list(study.changes())
    ask(study)
    (asked,) = writer.events
    assert isinstance(asked, Asked)
    assert (asked.was_queued, asked.row) == (True, 7)


def test_a_study_that_was_renamed_has_a_conflict(study: Study, writer: EventList) -> None:
    writer.pending = [StudyRenamed("another")]
    assert not list(study.changes())
    assert "was renamed to 'another'" in str(study.conflict)
