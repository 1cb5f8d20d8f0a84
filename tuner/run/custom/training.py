"""A training by a user's own code as reports: what it yields is checked, counted and saved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, SupportsFloat

from formats.durable_file import before
from tuner.own_trainer import Run, Stop
from tuner.run.custom.code import OwnCode
from tuner.run.custom.state import SavedState
from tuner.study.trial import Metrics, Report, TrialSpec

STATE = "state.bin"


class _Wrong(Exception):  # noqa: N818 - it says what is wrong
    """What the user's code yields is no report; the message is all that there is to say."""


def own_reports(code: OwnCode, spec: TrialSpec) -> Iterator[Report]:
    """One training, from its saved state if it has one; a report an epoch.

    It ends after its epochs, or when the user's code has nothing more to yield; both complete it, with the
    metrics of its best epoch. What the user's code raises is raised here, but for `Stop`.
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
        yield replace(last, facts=facts, stopped=str(fault))
    except _Wrong as wrong:
        yield replace(last, facts=facts, error=str(wrong))
    else:
        if history:
            yield replace(last, facts=facts, result=_best(history, spec))


def _saved(spec: TrialSpec) -> tuple[SavedState, dict[str, Any]]:
    """What there is to go on from, and what is worth keeping about that."""
    if spec.checkpoint is None:
        return SavedState(), {}
    saved, lost = SavedState(), []
    for path in (Path(spec.checkpoint), before(Path(spec.checkpoint))):
        try:
            saved = SavedState.read(path)
            break
        except (OSError, ValueError) as error:  # the same training from its first epoch only takes longer
            lost.append(str(error))
    went_on = f"it went on from epoch {len(saved.history)}"
    return saved, {"checkpoint_lost": "; ".join([*lost, went_on])} if lost else {}


def _save(saved: SavedState, path: Path) -> tuple[str | None, dict[str, Any]]:
    """Saves the state; without it where the disk does not take it, since the training itself can go on."""
    try:
        saved.write(path)
    except OSError as error:
        return None, {"checkpoint_failed": f"epoch {len(saved.history)}: {error}"}
    return str(path), {}


def _epochs(code: OwnCode, spec: TrialSpec, run: Run, history: list[dict[str, float]]) -> Iterator[Report]:
    """A report an epoch, first those that an earlier attempt could not pass on; fills the history."""
    for epoch in range(spec.reported + 1, len(history) + 1):
        yield Report(epoch, history[epoch - 1], spec.checkpoint)
    if len(history) == spec.epochs:
        return
    for item in _iterated(code.train(spec.config, run)):
        epoch = len(history) + 1
        metrics, state = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
        history.append(_numbers(metrics, code.metrics, epoch))
        checkpoint: str | None = None
        facts: dict[str, Any] = {}
        if state is not None:
            if not isinstance(state, bytes):
                raise _Wrong(f"epoch {epoch}: its state is a {type(state).__name__}; yield metrics, bytes")
            checkpoint, facts = _save(SavedState(tuple(history), state), run.folder / STATE)
        yield Report(epoch, history[-1], checkpoint, facts=facts)


def _iterated(yielded: object) -> Iterable[Any]:
    if isinstance(yielded, Mapping) or not isinstance(yielded, Iterable):
        raise _Wrong(f"train returned a {type(yielded).__name__}; it has to yield metrics after each epoch")
    return yielded


def _numbers(metrics: object, names: Sequence[str], epoch: int) -> dict[str, float]:
    """The metrics of one epoch as plain numbers."""
    if not isinstance(metrics, Mapping):
        raise _Wrong(f"epoch {epoch}: train yielded a {type(metrics).__name__}; it has to yield a mapping")
    unknown = [str(name) for name in metrics if name not in names]
    lacking = [name for name in names if name not in metrics]
    if unknown or lacking:
        said = [f"has {', '.join(unknown)}"] * bool(unknown) + [f"lacks {', '.join(lacking)}"] * bool(lacking)
        raise _Wrong(f"epoch {epoch}: the report {' and '.join(said)}; its metrics are {', '.join(names)}")
    return {name: _number(metrics[name], name, epoch) for name in names}


def _number(value: object, name: str, epoch: int) -> float:
    if isinstance(value, SupportsFloat):
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):  # such as an array with several values
            pass
    raise _Wrong(f"epoch {epoch}: {name} is {str(value)[:40]!r}, a {type(value).__name__}; expected a number")


def _best(history: Sequence[Metrics], spec: TrialSpec) -> Metrics:
    """The metrics of the best epoch in the primary objective, the earliest if several are equal."""
    sign = 1 if spec.direction == "maximize" else -1
    known = [metrics for metrics in history if math.isfinite(metrics.get(spec.metric, math.nan))]
    return max(known, key=lambda metrics: sign * metrics[spec.metric], default=history[-1])
