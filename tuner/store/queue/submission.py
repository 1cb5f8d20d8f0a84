"""Puts a study into the queue or takes it out, with what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable

from tuner.config.study_config import StudyConfig
from tuner.errors import Conflict, UsageError
from tuner.store.queue.queue_writer import QueueOptions, note_state, submit, this_user
from tuner.store.queue.queued_study import QueuedStudy, read_queued_study
from tuner.store.queue.service_row import ServiceRow, read_services
from tuner.store.reading.spent_reader import read_spent
from tuner.store.reading.study_view import StudyView
from tuner.store.steering import change_config
from tuner.study.events.external_changes import is_driven
from tuner.study.spent_budget import SpentBudget


def submit_study(view: StudyView, config: StudyConfig, options: QueueOptions) -> bool:
    """Put a study into the queue, with the config that it goes on with.

    Returns:
        False if it was queued already, so that only what is wanted for it has changed.

    Raises:
        UsageError: its budget is met.
        Conflict: a process drives it that is no service; or any does, and its config would change.
    """
    with view.engine.connect() as connection:
        spent = SpentBudget(config, read_spent(connection, [view.study_id])[view.study_id])
        services = read_services(connection)
    if not spent.remaining:
        raise UsageError(met_line(view.name, spent, config))
    driver, row = view.held_by(), queued_study(view)
    waits = row is not None and row.state == "queued"
    if driver is not None and not waits and not is_a_service(driver, services):
        raise is_driven(view.name, driver)
    if config != view.config:
        change_config(view, config)
    return submit(view.engine, view.study_id, options)


def queued_study(view: StudyView) -> QueuedStudy | None:
    """Return a study's place in the queue; None if it was never submitted."""
    with view.engine.connect() as connection:
        return read_queued_study(connection, view.study_id)


def leave_queue(view: StudyView) -> bool:
    """Take a study out of the queue, so that no service drives it again; return whether it was queued."""
    return note_state(view.engine, view.study_id, "stopped", f"stopped by {this_user()}", of="queued")


def refuse_queued(view: StudyView) -> None:
    """Return unless a study is queued.

    Raises:
        Conflict: it is, and a service drives it or will.
    """
    row = queued_study(view)
    if row is not None and row.state == "queued":
        raise Conflict(
            f"study {view.name!r} is queued for a service; `tuner stop` it first, or follow it with "
            "`tuner status --watch`"
        )


def is_a_service(driver: str, services: Iterable[ServiceRow]) -> bool:
    """Return whether a study's driver is the process of one of the services, whenever each of them began."""
    process = driver.partition(" since ")[0]
    return any(row.holder.partition(" since ")[0] == process for row in services)


def met_line(study: str, spent: SpentBudget, config: StudyConfig) -> str:
    """Return why nothing is left to do for a study, and how to go on with it."""
    if spent.met_early:
        return f"study {study!r} is not queued: {spent.met_early}; raise or remove that limit"
    used = f"{spent.used} of {config.budget.trials} trials"
    return (
        f"study {study!r} is not queued, its budget is met: {used}; raise it, "
        f"with budget.trials={spent.used + 10} or by resume --more 10"
    )
