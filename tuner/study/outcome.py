"""An outcome as the store has it: Optuna's state, and attributes."""

from __future__ import annotations

import math
from typing import Any

from optuna.trial import TrialState

from tuner.study.trial import Completed, Failed, Outcome, Span, Stopped, summary

STATE_OF = {Completed: TrialState.COMPLETE, Stopped: TrialState.PRUNED, Failed: TrialState.FAIL}


def attributes_of(outcome: Outcome, span: Span | None = None) -> dict[str, Any]:
    """Return what the store keeps of an outcome beside its state: its metrics, or the reason without them."""
    attributes: dict[str, Any] = {} if span is None else {"seconds": span.seconds}
    match outcome:
        case Completed():
            return attributes | dict(outcome.metrics)
        case Stopped():
            reason, details = summary(outcome.reason), outcome.reason
            attributes |= outcome.metrics
        case Failed():
            reason, details = outcome.reason, outcome.details
    attributes["reason"] = reason
    if details.strip() not in ("", reason):
        attributes["traceback"] = details
    return attributes


def storable(value: Any) -> Any:
    """Return a value as both databases can give it back: no NUL, no half of a surrogate pair, no NaN."""
    match value:
        case str():
            return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
        case float():
            return value if math.isfinite(value) else str(value)
        case dict():
            return {storable(key): storable(each) for key, each in value.items()}
        case list() | tuple():
            return [storable(each) for each in value]
    return value
