"""A training as its runner sees it: whatever it yields or raises, the last report says how it ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tuner.run.on_ray.runner import why_lost
from tuner.run.worker import reports_of
from tuner.study.outcome import Completed, Failed, Stopped, outcome_of
from tuner.study.trial import Report, TrialSpec

SPEC = TrialSpec(0, {}, {}, 2, "score", "maximize", 1, "runs")
PLACE = {"node": "here", "device": "gpu:3"}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def ended(train: Callable[[TrialSpec], Any]) -> Any:
    *_, last = reports_of(train, SPEC, PLACE)
    return outcome_of(last, ["score"])


def yields(*items: Any) -> Callable[[TrialSpec], Iterator[Any]]:
    def train(_spec: TrialSpec) -> Iterator[Any]:
        yield from items

    return train


def raises(error: BaseException) -> Callable[[TrialSpec], Iterator[Report]]:
    def train(_spec: TrialSpec) -> Iterator[Report]:
        yield Report(1, {"score": 0.5})
        raise error

    return train


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), torch.tensor(0.5)])
def test_metrics_become_plain_numbers(value: Any) -> None:
    (report,) = reports_of(yields(Report(1, {"score": value}, result={"score": value})), SPEC, PLACE)
    assert report.result is not None
    assert {type(number) for number in (report.metrics["score"], report.result["score"])} == {float}
    assert ended(yields(report)) == Completed({"score": 0.5})


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (Report(2, {"score": "0.5"}), "TypeError: epoch 2: score is '0.5', a str; expected a number"),  # type: ignore[dict-item]
        (Report(2, {"score": None}), "TypeError: epoch 2: score is 'None', a NoneType; expected a number"),  # type: ignore[dict-item]
        ({"score": 0.5}, "TypeError: the training yielded a dict; it has to yield reports"),
        (None, "TypeError: the training yielded a NoneType; it has to yield reports"),
    ],
)
def test_what_is_no_report_fails_the_trial_alone(item: Any, said: str) -> None:
    outcome = ended(yields(item))
    assert isinstance(outcome, Failed)
    assert outcome.reason == said
    assert not outcome.retry


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_trial_completes_without_a_finite_objective(value: float) -> None:
    outcome = ended(yields(Report(2, {"score": value}, result={"score": value})))
    assert outcome == Stopped({}, 2, f"not a finite result: score is {value}")


def test_a_training_that_exits_fails_and_its_process_goes_on() -> None:
    outcome = ended(raises(SystemExit(7)))
    assert isinstance(outcome, Failed)
    assert outcome.reason == "SystemExit: 7"


def test_a_device_that_is_too_small_stops_the_trial() -> None:
    said = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 1 GiB."
    outcome = ended(raises(torch.OutOfMemoryError(said)))
    assert outcome == Stopped({}, 1, "out of device memory on gpu:3: CUDA out of memory")


def test_why_a_worker_was_lost() -> None:
    told = "Failure # 1 (occurred at some time)\n\nThe actor died unexpectedly.\n\tactor_id: 1\n"
    assert why_lost(told) == f"{told}\nits worker was lost: The actor died unexpectedly."
    assert why_lost("") == "\nits worker was lost: Ray does not say how"
    first = "1 worker(s) were killed due to the node running low on memory. Memory was 23.1GB of 23.5GB"
    full = f"Failure # 1\n{first}\nTop 10 memory users: PID\tMEM(GB)\tCOMMAND\n7383\t0.78\tpython secret.py"
    assert why_lost(full) == f"its worker was lost: host out of memory: {first}"
    assert outcome_of(None, ["score"], lost=why_lost(full), attempt=2) == Failed(why_lost(full))
