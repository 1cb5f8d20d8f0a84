"""A training as its runner sees it: reports, the last of which always says how it ended."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tuner.study.trial import Report, Span, Train, TrialSpec


def reports_of(train: Train, spec: TrialSpec, place: Mapping[str, str]) -> Iterator[Report]:
    """The reports of one training, each with its span, the first with the place it runs on.

    Whatever the training raises becomes a last report: an exception that reached Ray Tune would end a
    worker that is fit for the next trial, and what it said would be lost. Only a training that ends in
    silence ends without a last report.
    """
    started, clock, epoch = datetime.now(UTC), time.monotonic(), 0
    facts = {**place, "started_at": started.isoformat()}

    def stamped(report: Report) -> Report:
        span = Span(started, round(time.monotonic() - clock, 3))
        return replace(report, span=span, facts={**report.facts, **facts})

    try:
        for report in train(spec):
            yield stamped(report)
            epoch, facts = report.epoch, {}
            if report.is_last:
                return
    except Exception:  # noqa: BLE001 - see above: it is reported whole, and ends the trial as Failed
        yield stamped(Report(epoch, {}, error=traceback.format_exc()))
