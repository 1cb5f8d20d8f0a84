"""What other programs did to a study while it was driven, as plain data.

The dashboard and Optuna's own command line write to the same tables, and ask nobody. A trial is ours if it
has the attribute `attempt`, which it gets with its row; what others ask has none.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tuner.config.name import as_argument
from tuner.config.space.search_space import SearchSpace
from tuner.errors import Conflict

DELETED = "another program deleted it from the store"


@dataclass(frozen=True)
class TrialLost:
    """A trial of ours that another program ended, took or deleted.

    Attributes:
        number: its number.
        state: Optuna's state in which they left it; FAIL if they deleted it.
        values: the values that they gave it.
    """

    number: int
    state: str = "FAIL"
    values: Sequence[float] = ()


@dataclass(frozen=True)
class TrialDeleted:
    """A trial that had ended, and was deleted; a failed one has its number now."""

    number: int


@dataclass(frozen=True)
class TrialAdded:
    """A trial that another program made.

    Attributes:
        trial_id: its row.
        queued: the parameters that it waits with; None if it does not wait.
    """

    trial_id: int
    queued: Mapping[str, Any] | None


@dataclass(frozen=True)
class StudyRenamed:
    """The study has another name now."""

    name: str


@dataclass(frozen=True)
class StopAsked:
    """The driver was asked to stop; said at every look."""


ExternalChange = TrialLost | TrialDeleted | TrialAdded | StudyRenamed | StopAsked


def is_gone(name: str, now: str | None) -> Conflict | None:
    """Return why a study cannot be driven on under its name, or None.

    Args:
        name: under which it is driven.
        now: the name in the store; None if the study is not there.
    """
    if now is None:
        return is_deleted(name)
    if now != name:
        return Conflict(
            f"study {name!r} was renamed to {now!r} while it was driven; "
            f"go on under that name: {shlex.join(['python', '-m', 'tuner', 'resume', *as_argument(now)])}"
        )
    return None


def is_deleted(name: str) -> Conflict:
    """Return why a study cannot be driven on: it is not in the store any more."""
    return Conflict(
        f"study {name!r} was deleted while it was driven, or renamed in the dashboard, which "
        "leaves a copy; see what there is: python -m tuner status"
    )


def is_driven(name: str, holder: str | None) -> Conflict:
    """Return why a study cannot be driven: another process, as it names itself, does."""
    return Conflict(
        f"study {name!r} is driven by {holder or 'another process'}; wait for it, or stop it first"
    )


def is_wrong_with(params: Mapping[str, Any], space: SearchSpace) -> str | None:
    """Return why a config cannot have these parameters, or None; those that are not given are proposed."""
    problems = space.problems_of(params)
    return f"queued by another program: {'; '.join(problems.values())}" if problems else None
