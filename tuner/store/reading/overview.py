"""Where studies stand in numbers: a thousand of them are read with as many statements as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, select

from tuner.store.lock import driver_purpose, held
from tuner.store.reading.attempts_reader import read_next_attempts
from tuner.store.reading.spent_reader import read_spent
from tuner.store.reading.study_summary import StudySummary, read_summaries
from tuner.store.reading.study_view import StudyView
from tuner.store.tables.tuner_tables import drivers
from tuner.study.spent_budget import SpentBudget, counts_trials_alone


@dataclass(frozen=True)
class Overview:
    """A study in numbers.

    Attributes:
        view: the study.
        summary: its trials by state, and the values of the feasible ones.
        interrupted: how many trials were ended by their launch, and go on as others.
        driver: who drives it now, for people; None if nobody does.
        unreadable: why its config cannot be read; then what its budget says is None.
        used, budget, remaining: trials of its budget.
        ended_early: why its budget is met with trials left.
    """

    view: StudyView
    summary: StudySummary
    interrupted: int
    driver: str | None
    unreadable: str | None
    used: int
    budget: int | None
    remaining: int | None
    ended_early: str | None


def read_overviews(views: Sequence[StudyView]) -> list[Overview]:
    """Return where these studies of one store stand, in the same order."""
    if not views:
        return []
    engine = views[0].engine
    unreadable = {view.study_id: view.unreadable for view in views}
    readable = [view for view in views if unreadable[view.study_id] is None]
    ids = [view.study_id for view in views]
    drivers_of = _drivers(engine, ids)
    with engine.connect() as connection:
        summaries = read_summaries(connection, {view.study_id: view.objectives for view in views})
        following = read_next_attempts(connection, ids)
        spent = _spent(connection, readable)
    return [
        Overview(
            view,
            summaries[view.study_id],
            sum(each.interrupted for each in following[view.study_id].values()),
            drivers_of.get(view.study_id),
            unreadable[view.study_id],
            *_budget(view, summaries[view.study_id], spent.get(view.study_id)),
        )
        for view in views
    ]


def _budget(
    view: StudyView, summary: StudySummary, spent: SpentBudget | None
) -> tuple[int, int | None, int | None, str | None]:
    """Return the last four fields of an overview."""
    if view.unreadable is not None:
        return summary.done, None, None, None
    budget = view.config.budget.trials
    if spent is not None:
        return spent.used, budget, spent.remaining, spent.met_early
    return summary.done, budget, max(0, budget - summary.done), None


def _spent(connection: Connection, views: Sequence[StudyView]) -> dict[int, SpentBudget]:
    """Return what is spent of the budgets that counting trials does not tell."""
    asked = {view.study_id: view.config for view in views if not counts_trials_alone(view.config)}
    trials = read_spent(connection, asked) if asked else {}
    return {each: SpentBudget(config, trials.get(each, ())) for each, config in asked.items()}


def _drivers(engine: Engine, study_ids: Sequence[int]) -> Mapping[int, str]:
    """Return who drives each of these studies that is driven, for people."""
    purposes = {driver_purpose(each): each for each in study_ids}
    driven = [purposes[purpose] for purpose in held(engine, purposes)]
    if not driven:
        return {}
    holders = select(drivers.c.study_id, drivers.c.holder).where(drivers.c.study_id.in_(driven))
    with engine.connect() as connection:
        known = {study_id: holder for study_id, holder in connection.execute(holders)}  # noqa: C416 - of rows
    return {each: known.get(each) or "another process" for each in driven}
