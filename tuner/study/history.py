"""A study's trials in memory, as Optuna's samplers read them; nothing here touches a database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, distribution_to_json, json_to_distribution
from optuna.storages import InMemoryStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState, create_trial

from tuner.study.constraints import is_feasible
from tuner.study.spent_budget import SpentTrial
from tuner.study.stored_history import StoredHistory, StoredTrial
from tuner.study.trial_record import TrialRecord

optuna.logging.set_verbosity(optuna.logging.WARNING)

DONE = (TrialState.COMPLETE, TrialState.PRUNED)
"""The states of trials that count towards a budget."""


class History:
    """An Optuna study in memory. A trial's number there is its number in the study.

    Of another program's trial nothing is known: its parameters may lie outside the search space, and its
    intermediate values make every proposal of a study with several objectives raise. In memory it is a
    failed trial without parameters, and so is a deleted one: samplers pass over both.

    A trial of ours that another program completed has no constraint values. Optuna takes it for feasible; so
    that every sampler can compare it, it lies exactly on each bound.

    Args:
        directions: of the objectives.
        stored: the trials so far.
        constraints: the keys of the study's constraints.

    Attributes:
        study: the Optuna study, to ask.
        foreign: the numbers of other programs' trials.
    """

    def __init__(
        self, directions: Sequence[str], stored: StoredHistory, constraints: Iterable[str] = ()
    ) -> None:
        self._storage = InMemoryStorage()
        named = [StudyDirection[direction.upper()] for direction in directions]
        self.study = optuna.create_study(storage=self._storage, directions=named)
        waiting = TrialState.WAITING.name
        self.foreign = {each.number for each in stored.trials if not each.ours and each.state != waiting}
        self._id = self._storage.get_study_id_from_name(self.study.study_name)
        self._on_bounds = dict.fromkeys(constraints, 0.0)
        on_bounds = _constraint_attributes(self._on_bounds)
        kinds: dict[str, BaseDistribution] = {}
        for trial in stored.trials:
            frozen = _frozen(trial, kinds)
            if frozen.state is TrialState.COMPLETE:
                frozen.system_attrs = on_bounds | frozen.system_attrs
            self._storage.create_new_trial(self._id, frozen)
        for key, value in stored.study_attributes.items():
            self._storage.set_study_system_attr(self._id, key, value)

    def trials(self, *states: TrialState) -> list[FrozenTrial]:
        """The trials in these states, by number; all if none is named. They are not copies."""
        return self._storage.get_all_trials(self._id, deepcopy=False, states=states or None)

    def records(self, *states: TrialState) -> list[TrialRecord]:
        """The trials of ours in these states as the store has them, by number.

        Of their attributes they have `results` alone, if they were trained again.
        """
        return [
            TrialRecord(
                number=trial.number,
                state=trial.state.name,
                params=trial.params,
                values=tuple(trial.values or ()),
                attributes=results_in(trial.user_attrs),
                started=trial.datetime_start,
                ended=trial.datetime_complete,
                constraints=trial.constraints,
            )
            for trial in self.trials(*states)
            if trial.number not in self.foreign
        ]

    def spent(self) -> list[SpentTrial]:
        """What each trial took of the study's budget, in the order in which they ended."""
        in_order = sorted(self.trials(), key=lambda trial: str(trial.datetime_complete))
        return [
            SpentTrial(
                number=trial.number,
                state=trial.state.name,
                values=feasible_values(trial),
                seconds=max(0.0, trial.duration.total_seconds()) if trial.duration else 0.0,
                results=0 if "same_as" in trial.user_attrs else len(trial.user_attrs.get("results", ())),
            )
            for trial in in_order
        ]

    def trial(self, number: int) -> FrozenTrial:
        """The trial of this number."""
        return self._storage.get_trial(number)

    def add_placeholder(self) -> int:
        """Add a failed trial without parameters; return its number."""
        number = self._storage.create_new_trial(self._id, _given(TrialState.FAIL))
        self.foreign.add(number)
        return number

    def queue(self, params: Mapping[str, Any], attributes: Mapping[str, Any]) -> int:
        """Add a trial that waits to be asked for; return its number."""
        fixed = {"fixed_params": dict(params)}
        waiting = _given(TrialState.WAITING, system_attrs=fixed, user_attrs=dict(attributes))
        return self._storage.create_new_trial(self._id, waiting)

    def set_attributes(self, number: int, attributes: Mapping[str, Any]) -> None:
        """Set user attributes of a trial that has not ended."""
        for key, value in attributes.items():
            self._storage.set_trial_user_attr(number, key, value)

    def refuse(self, number: int) -> None:
        """End a trial if it waits: it failed before it ran."""
        if self.trial(number).state is TrialState.WAITING:
            self._storage.set_trial_state_values(number, TrialState.FAIL)

    def set_intermediate(self, number: int, epoch: int, value: float) -> None:
        """Set the primary objective after an epoch."""
        self._storage.set_trial_intermediate_value(number, epoch, value)

    def study_attributes(self) -> dict[str, Any]:
        """What samplers keep with the study."""
        return self._storage.get_study_system_attrs(self._id)

    def tell(
        self,
        number: int,
        state: TrialState,
        values: Sequence[float] | None,
        constraints: Mapping[str, float],
    ) -> FrozenTrial:
        """End a trial, with the values of its constraints if it completed; return it as it is then."""
        for key, value in _constraint_attributes(constraints).items():
            self._storage.set_trial_system_attr(number, key, value)
        return self.study.tell(number, list(values) if values else None, state=state)

    def leave(self, number: int, state: TrialState, values: Sequence[float]) -> None:
        """End a trial as another program left it; one with too few values has failed for a sampler."""
        whole = state is TrialState.COMPLETE and len(values) == len(self.study.directions)
        if state is TrialState.COMPLETE and not whole:
            state = TrialState.FAIL
        self.tell(number, state, values if whole else None, self._on_bounds if whole else {})


def results_in(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results of a trial's trainings among its attributes, under their name, if it had several."""
    return {"results": attributes["results"]} if "results" in attributes else {}


def changed(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that are new or other than before."""
    return {key: value for key, value in now.items() if key not in before or before[key] != value}


def feasible_values(trial: FrozenTrial) -> Sequence[float] | None:
    """The values of a completed trial that keeps its constraints; None of any other, or if it has none."""
    feasible = trial.state is TrialState.COMPLETE and is_feasible(trial.constraints)
    values: Sequence[float] | None = trial.values if feasible else None
    return values


def params_of(trial: FrozenTrial) -> dict[str, tuple[float, str]]:
    """Of each parameter of a trial its value as Optuna stores it, and its distribution as JSON."""
    return {
        name: (
            trial.distributions[name].to_internal_repr(value),
            distribution_to_json(trial.distributions[name]),
        )
        for name, value in trial.params.items()
    }


def _constraint_attributes(values: Mapping[str, float]) -> dict[str, Any]:
    """The system attributes in which Optuna keeps constraint values."""
    return create_trial(state=TrialState.RUNNING, constraints=dict(values)).system_attrs if values else {}


class _Given(FrozenTrial):
    """A trial that nobody else holds: Optuna need not copy it, which would take longer than to read it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> _Given:
        return self


def _given(state: TrialState, **attributes: Any) -> _Given:
    """Return a trial with these attributes of `FrozenTrial`, the others empty; it runs or ended just now."""
    now = datetime.now(UTC).replace(tzinfo=None)
    empty: dict[str, Any] = {
        "datetime_start": None if state is TrialState.WAITING else now,
        "datetime_complete": now if state.is_finished() else None,
        **{name: {} for name in ("params", "distributions", "user_attrs", "system_attrs")},
        "intermediate_values": {},
    }
    return _Given(number=-1, trial_id=-1, state=state, value=None, **(empty | attributes))


def _frozen(stored: StoredTrial, kinds: dict[str, BaseDistribution]) -> FrozenTrial:
    """A stored trial as Optuna's; equal distributions become one object, by their JSON."""
    state = TrialState[stored.state]
    if not stored.ours:
        waits = state is TrialState.WAITING
        return _given(state, system_attrs=stored.system_attributes) if waits else _given(TrialState.FAIL)
    for _, kind in stored.params.values():
        if kind not in kinds:
            kinds[kind] = json_to_distribution(kind)
    return _given(
        state,
        values=stored.values or None,
        datetime_start=stored.started,
        datetime_complete=stored.ended if state.is_finished() else None,
        params={name: kinds[kind].to_external_repr(value) for name, (value, kind) in stored.params.items()},
        distributions={name: kinds[kind] for name, (_, kind) in stored.params.items()},
        user_attrs=stored.attributes,
        system_attrs=stored.system_attributes,
        intermediate_values=stored.intermediates,
    )
