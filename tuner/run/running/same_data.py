"""Whether the trials of a study were trained on the same data, by the hash of their splits."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tuner.study.trial import Report, TrialSpec


class SameData:
    """Fails a trial whose data are not those that others with the same `dataset` were trained on.

    Args:
        stored: number, `config` and `split_hash` of earlier trials.
    """

    def __init__(self, stored: Iterable[tuple[int, Any, str]] = ()) -> None:
        self._known: dict[str, tuple[int, str]] = {}
        for number, config, split_hash in stored:
            self._first(number, config, split_hash)

    def checked(self, spec: TrialSpec, report: Report) -> Report:
        """Return the report; one that says that the trial failed if its data differ."""
        split_hash = report.facts.get("split_hash")
        if split_hash is None:  # only a training's first report has it
            return report
        number, known = self._first(spec.number, report.facts.get("config"), split_hash)
        if split_hash == known:
            return report
        reason = (
            f"its data are not those of trial {number}: split_hash is {split_hash}, and was {known}; "
            "put back what dataset.root had, or give the study another name"
        )
        return replace(report, epoch=0, metrics={}, checkpoint=None, result=None, error=reason)

    def _first(self, number: int, config: Any, split_hash: str) -> tuple[int, str]:
        """Return number and hash of the first trial with the same data set, this one if there is no other."""
        dataset = config.get("dataset") if isinstance(config, dict) else None
        return self._known.setdefault(json.dumps(dataset, sort_keys=True), (number, split_hash))
