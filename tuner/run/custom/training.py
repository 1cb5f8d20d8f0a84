"""A training by a user's own code as reports: checks, counts and saves what it yields."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, SupportsFloat

from formats.durable_file import before
from formats.messages import dotted
from tuner.own_trainer import Run, Stop
from tuner.run.custom.code import CustomCode
from tuner.run.custom.state import SavedState
from tuner.study.trial import Metrics, Report, TrialSpec

STATE = "state.bin"
_END = object()


class _NoReport(Exception):  # noqa: N818 - it says what is wrong
    """What the user's code yielded is not a report; the message says why."""


def custom_reports(code: CustomCode, spec: TrialSpec) -> Iterator[Report]:
    """Train one trial, from its saved state if it has one; yield a report an epoch.

    The training completes after its epochs, or when the user's code yields no more; its result is the metrics
    of its best epoch. `Stop` ends it with a last report; any other exception of the user's code is raised.
    """
    saved, facts = _saved(spec)
    history = list(saved.history[: spec.epochs])
    folder = Path(spec.folder)
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(spec.epochs, len(history), saved.state, folder, spec.cpus)
    last = Report(len(history), history[-1] if history else {})
    try:
        for last in _epochs(code, spec, run, history):
            result = _best(history, spec) if last.epoch == spec.epochs else None
            yield replace(last, facts={**facts, **last.facts}, result=result)
            facts = {}
            if result is not None:
                return
    except Stop as fault:
        yield replace(_now(history, last), facts=facts, stopped=str(fault))
    except _NoReport as error:
        yield replace(_now(history, last), facts=facts, error=str(error))
    else:
        if history:
            yield replace(_now(history, last), facts=facts, result=_best(history, spec))


def _now(history: Sequence[Metrics], last: Report) -> Report:
    """Return a report of the last epoch, which was perhaps trained again and not reported."""
    return replace(last, epoch=len(history), metrics=history[-1] if history else {})


def _saved(spec: TrialSpec) -> tuple[SavedState, dict[str, Any]]:
    """Return the state to resume from, and a fact about it if one was lost."""
    if spec.checkpoint is None:
        return SavedState(), {}
    saved, errors = SavedState(), []
    for path in (Path(spec.checkpoint), before(Path(spec.checkpoint))):
        try:
            saved = SavedState.read(path)
            break
        except (OSError, ValueError) as error:  # the same training from its first epoch only takes longer
            errors.append(str(error))
    resumed = f"it went on from epoch {len(saved.history)}"
    return saved, {"checkpoint_lost": "; ".join([*errors, resumed])} if errors else {}


class _Saver:
    """Saves states, at most one in so many seconds, and that of the last epoch; 0 saves each.

    Attributes:
        path: of the last state that is on the disk, if there is one.
    """

    def __init__(self, spec: TrialSpec, path: Path) -> None:
        self.path = spec.checkpoint
        self._epochs = spec.epochs
        self._seconds = spec.checkpoint_seconds
        self._due = time.monotonic() + self._seconds
        self._target = path

    def save(self, saved: SavedState) -> dict[str, Any]:
        """Save the state if it is time; return why it could not be saved, since the training can go on."""
        if len(saved.history) < self._epochs and time.monotonic() < self._due:
            return {}
        try:
            saved.write(self._target)
        except OSError as error:
            return {"checkpoint_failed": f"epoch {len(saved.history)}: {error}"}
        self.path, self._due = str(self._target), time.monotonic() + self._seconds
        return {}


def _epochs(code: CustomCode, spec: TrialSpec, run: Run, history: list[dict[str, float]]) -> Iterator[Report]:
    """Yield a report an epoch, first those that an earlier attempt could not deliver; fill the history."""
    for epoch in range(spec.reported + 1, len(history) + 1):
        yield Report(epoch, history[epoch - 1], spec.checkpoint)
    if len(history) == spec.epochs:
        return
    saver = _Saver(spec, run.folder / STATE)
    training = _iterated(code.train(spec.config, run))
    while (item := _next(training)) is not _END:
        epoch = len(history) + 1
        metrics, state = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
        history.append(_numbers(metrics, code.metrics, epoch))
        facts: dict[str, Any] = {}
        if state is not None:
            if not isinstance(state, bytes):
                raise _NoReport(f"epoch {epoch}: its state is a {type(state).__name__}; yield metrics, bytes")
            facts = saver.save(SavedState(tuple(history), state))
        # What has a state goes on as it was: an epoch that was reported before is the same again.
        if state is None or epoch > spec.reported or epoch == spec.epochs:
            yield Report(epoch, history[-1], saver.path, facts=facts)


def _iterated(returned: object) -> Iterator[Any]:
    if isinstance(returned, Mapping) or not isinstance(returned, Iterable):
        raise _NoReport(
            f"train returned a {type(returned).__name__}; it has to yield metrics after each epoch"
        )
    return iter(returned)


def _next(training: Iterator[Any]) -> Any:
    """Return what the user's code yields next, or `_END`."""
    try:
        return next(training, _END)
    except GeneratorExit as error:  # it would look as if the driver had closed the training
        raise RuntimeError("train raised GeneratorExit") from error


def _numbers(metrics: object, names: Sequence[str], epoch: int) -> dict[str, float]:
    """Return the metrics of one epoch as plain numbers."""
    if not isinstance(metrics, Mapping):
        raise _NoReport(f"epoch {epoch}: train yielded a {type(metrics).__name__}; it has to yield a mapping")
    unknown = [dotted((str(name),)) for name in metrics if name not in names]
    missing = [name for name in names if name not in metrics]
    mistakes = [f"has {', '.join(unknown)}"] * bool(unknown) + [f"lacks {', '.join(missing)}"] * bool(missing)
    if mistakes:
        raise _NoReport(
            f"epoch {epoch}: the report {' and '.join(mistakes)}; its metrics are {', '.join(names)}"
        )
    return {name: _number(metrics[name], name, epoch) for name in names}


def _number(value: object, name: str, epoch: int) -> float:
    if isinstance(value, SupportsFloat):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):  # such as an array with several values
            pass
    raise _NoReport(
        f"epoch {epoch}: {name} is {str(value)[:40]!r}, a {type(value).__name__}; expected a number"
    )


def _best(history: Sequence[Metrics], spec: TrialSpec) -> Metrics:
    """Return the metrics of the best epoch in the primary objective; the first of equal ones."""
    sign = 1 if spec.direction == "maximize" else -1
    finite = [metrics for metrics in history if math.isfinite(metrics.get(spec.metric, math.nan))]
    return max(finite, key=lambda metrics: sign * metrics[spec.metric], default=history[-1])
