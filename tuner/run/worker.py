"""A training as its runner sees it: reports, the last of which always says how it ended."""

from __future__ import annotations

import gc
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, SupportsFloat

from tuner.run.files.trial_log import TrialLog
from tuner.study.trial import IN_DRIVER, Metrics, Report, Span, Train, TrialSpec

_END = object()


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

    with TrialLog(spec.folder, shares_process=place["device"].startswith(IN_DRIVER)) as log:
        log.note(f"{spec.title}, attempt {spec.attempt}, on {place['node']}, {place['device']}")
        try:
            for report in _captured(train, spec, log):
                checked = _checked(report)
                if checked.is_last:
                    log.note(f"epoch {checked.epoch} was the last; {checked.stopped or 'it ran to its end'}")
                yield stamped(checked)
                epoch, facts = checked.epoch, {}
                if checked.is_last:
                    return
        except (Exception, SystemExit) as error:  # noqa: BLE001 - see above: it is reported whole
            log.note(trace := traceback.format_exc())
            yield stamped(_failed(error, trace, epoch, place["device"]))
        finally:
            _free_device_memory()


def _captured(train: Train, spec: TrialSpec, log: TrialLog) -> Iterator[Any]:
    """What a training yields; what it writes meanwhile goes to the log."""
    with log.capturing():
        yielded = iter(train(spec))
    while True:
        with log.capturing():
            report = next(yielded, _END)
        if report is _END:
            return
        yield report


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


def _failed(error: BaseException, trace: str, epoch: int, device: str) -> Report:
    """The last report of a training that raised."""
    if _is_out_of_memory(error):
        message = str(error).partition(". ")[0]
        return Report(epoch, {}, stopped=f"out of device memory on {device}: {message}")
    return Report(epoch, {}, error=trace)


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
