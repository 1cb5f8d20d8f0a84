"""How the work of a driver on its study ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from formats.messages import counted
from tuner.config.study_config import StudyConfig
from tuner.errors import StudyFailed
from tuner.run.session import Session
from tuner.run.signals import StopSignal
from tuner.store.reading.study_view import StudyView
from tuner.study.study import Study
from tuner.study.trial_record import TrialRecord


@dataclass(frozen=True)
class Launched:
    """How a launch ended.

    Attributes:
        front: the feasible trials that no other dominates.
        infeasible: how many completed trials break a constraint.
        exit_code: 0, or 128 and the signal that interrupted it.
        halted: why it was ended before its budget was met, if it was; the same command goes on from there.
        unmet: why it ended by itself with trials of its budget left, if it did; nothing can go on.
    """

    study: StudyView
    front: list[TrialRecord]
    infeasible: int
    exit_code: int
    halted: str | None
    unmet: str | None


def how_it_ended(view: StudyView, study: Study, session: Session, stop: StopSignal, status: str) -> Launched:
    """Return how a launch ended, or what a service did for a study.

    Args:
        view: the study in the store.
        study: the study in memory, as its driver left it.
        session: the driver's.
        stop: whether the driver was told to end.
        status: the command that shows why trials failed.

    Raises:
        StudyFailed: failures exceeded the budget, or no trial completed and is feasible.
    """
    halted = session.halted if study.remaining else None
    if exceeded := session.failures.exceeded:
        line = f"study {view.name!r}: {exceeded}; see: {status}"
        raise StudyFailed("\n".join([line, *(f"  {reason}" for reason in session.failures.by_reason())]))
    front = study.front()
    infeasible = [record.constraints for record in study.ended() if not record.is_feasible]
    if halted is None and not front:
        raise StudyFailed(_without_front(study.config, infeasible))
    unmet = None
    if study.remaining and study.config.sampler.name == "grid":  # points failed, or were trained once
        unmet = f"the grid has no point left; not used of the budget: {counted(study.remaining, 'trial')}"
    elif early := study.spent.met_early:
        section = early.partition(":")[0]
        unmet = f"{early}; to go on: launch its file with {section}=null"
    elif study.remaining:
        unmet = f"of the budget {counted(study.remaining, 'trial')} left; run the same command again"
    exit_code = stop.exit_code if stop.received else 0
    return Launched(view, front, len(infeasible), exit_code, halted, None if halted else unmet)


def _without_front(config: StudyConfig, infeasible: Sequence[Mapping[str, float]]) -> str:
    """Return why a study that has ended has no front.

    Args:
        config: the study's.
        infeasible: the constraint values of the completed trials that break a constraint.
    """
    if not infeasible:
        return f"study {config.study!r} ended, but no trial completed"
    lines = [
        f"study {config.study!r} ended, but none of {counted(len(infeasible), 'completed trial')} is feasible"
    ]
    for each in config.constraints:
        beyond = [values[each.key] for values in infeasible if values.get(each.key, 0) > 0]
        if beyond:
            lines.append(f"{len(beyond)} break {each.metric} {each.bound}, by {min(beyond):.4g} or more")
    return "; ".join([*lines, "go on with --more TRIALS, or start a new study with other constraints"])
