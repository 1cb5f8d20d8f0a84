"""What a driver has to tell the store of one of its trials, as text that survives it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from typing import Any

from tuner.study.trial import Completed, Failed, Outcome, Report, Span, Stopped, TrialSpec

_KINDS: dict[str, type[Completed | Stopped | Failed]] = {
    kind.__name__: kind for kind in (Completed, Stopped, Failed)
}
_NOT_FINITE = "not finite"  # JSON has no word for NaN and infinity


@dataclass(frozen=True)
class Entry:
    """A report of a trial, or its outcome.

    Attributes:
        driver: the word of the driver that asked for the trial (its attribute `asked_by`).
        spec: the trial.
        said: what is to be kept of it.
        span: when it ran; only of an outcome.
    """

    driver: str
    spec: TrialSpec
    said: Report | Outcome
    span: Span | None = None

    def __str__(self) -> str:
        if isinstance(self.said, Report):
            return f"epoch {self.said.epoch} of trial {self.spec.number}"
        return f"the outcome of trial {self.spec.number}"

    def to_json(self) -> str:
        """The entry as one JSON object; a number that is not finite is an object of its name."""
        said = {"kind": type(self.said).__name__, **vars(self.said)}
        fields = {"driver": self.driver, "spec": self.spec, "said": said, "span": self.span}
        return json.dumps(_plain(fields), allow_nan=False)

    @classmethod
    def from_json(cls, content: str) -> Entry:
        """The entry that `to_json` was called on, but that every mapping is a dict and every sequence a list.

        Raises:
            ValueError: the text is no such entry.
        """
        try:
            fields = json.loads(content, object_hook=_number)
            said = dict(fields["said"])
            kind = said.pop("kind")
            if kind == Report.__name__:
                known: Report | Outcome = Report(**said | {"span": _span(said["span"])})
            else:
                known = _KINDS[kind](**said)
            return cls(fields["driver"], TrialSpec(**fields["spec"]), known, _span(fields["span"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"it is no entry: {error}") from error


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        value = vars(value)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return {_NOT_FINITE: str(float(value))}
    return value


def _number(found: dict[str, Any]) -> Any:
    return float(found[_NOT_FINITE]) if found.keys() == {_NOT_FINITE} else found


def _span(found: Mapping[str, Any] | None) -> Span | None:
    return None if found is None else Span(datetime.fromisoformat(found["started"]), found["seconds"])
