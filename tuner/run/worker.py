"""A training as its runner sees it: reports, the last of which always says how it ended."""

from __future__ import annotations

import gc
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import SupportsFloat

from tuner.study.trial import Metrics, Report, Span, Train, TrialSpec


def reports_of(train: Train, spec: TrialSpec, place: Mapping[str, str]) -> Iterator[Report]:
    """The reports of one training, each with its span, the first with the place it runs on.

    Whatever the training raises becomes a last report: an exception that reached Ray Tune would end a
    worker that is fit for the next trial, and what it said would be lost. Only a training that ends in
    silence ends without a last report. A device that is too small is the configuration's own fault: the
    same training would fill it again.
    """
    started, clock, epoch = datetime.now(UTC), time.monotonic(), 0
    facts = {**place, "started_at": started.isoformat()}

    def stamped(report: Report) -> Report:
        span = Span(started, round(time.monotonic() - clock, 3))
        return replace(report, span=span, facts={**report.facts, **facts})

    try:
        for report in train(spec):
            yield stamped(_checked(report))
            epoch, facts = report.epoch, {}
            if report.is_last:
                return
    except (Exception, SystemExit) as error:  # noqa: BLE001 - see above: it is reported whole
        if _is_out_of_memory(error):
            message = str(error).partition(". ")[0]
            yield stamped(Report(epoch, {}, stopped=f"out of device memory on {place['device']}: {message}"))
        else:
            yield stamped(Report(epoch, {}, error=traceback.format_exc()))
    finally:
        _free_device_memory()


def _checked(report: Report) -> Report:
    """The report with plain numbers as its metrics, which is what the store can hold."""
    if not isinstance(report, Report):
        raise TypeError(f"the training yielded a {type(report).__name__}; it has to yield reports")
    result = None if report.result is None else _numbers(report.result, report.epoch)
    return replace(report, metrics=_numbers(report.metrics, report.epoch), result=result)


def _numbers(metrics: Metrics, epoch: int) -> dict[str, float]:
    for name, value in metrics.items():
        if not isinstance(value, SupportsFloat):
            value_text = f"{str(value)[:40]!r}, a {type(value).__name__}"
            raise TypeError(f"epoch {epoch}: {name} is {value_text}; expected a number")
    return {name: float(value) for name, value in metrics.items()}


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that a device has too little memory for a training."""
    kind = type(error)
    return (kind.__module__, kind.__name__) == ("torch", "OutOfMemoryError")


def _free_device_memory() -> None:
    """Give back what an ended training held of its GPU, and torch would keep for the next one.

    Whoever shares the GPU can have it; what is in use stays.
    """
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        gc.collect()
        torch.cuda.empty_cache()
