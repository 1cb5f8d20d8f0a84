"""The limits of a budget's failures: in all, in a row, and what is said of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.tuner.configs import toy_config
from tuner.run.running.failure_budget import Failures
from tuner.study.outcome import Completed, Failed, Outcome, Stopped
from tuner.study.trial import TrialSpec

ENDINGS = {
    "c": Completed({}),
    "s": Stopped({}, 1, "asha"),
    "f": Failed("Traceback\nit broke at epoch 3"),
    "r": Failed("its worker was lost", retry=True),
}


def failures(in_all: int, in_a_row: int | None) -> Failures:
    return Failures(toy_config(failures=in_all, failures_in_a_row=in_a_row).budget)


def spec(number: int, attempt: int = 1) -> TrialSpec:
    return TrialSpec(number, {}, {}, 4, "score", "maximize", 1, "runs", attempt=attempt)


@given(st.text("csfr", max_size=12), st.integers(0, 4), st.none() | st.integers(0, 4))
def test_the_limits_as_a_slow_count_has_them(endings: str, in_all: int, in_a_row: int | None) -> None:
    counted = failures(in_all, in_a_row)
    for number, letter in enumerate(endings):
        counted.add(spec(number), ENDINGS[letter])
    without_retries = endings.replace("r", "")
    too_many = endings.count("f") > in_all
    too_many_in_a_row = in_a_row is not None and "f" * (in_a_row + 1) in without_retries
    assert (counted.exceeded is not None) == (too_many or too_many_in_a_row)


def test_a_retry_counts_when_no_attempt_is_left() -> None:
    counted = failures(0, None)
    counted.add(spec(0), ENDINGS["r"])
    assert counted.exceeded is None
    counted.add(spec(1, attempt=3), ENDINGS["r"])
    assert counted.exceeded == "1 trial failed; budget.failures allows 0"


def test_reasons_are_told_together_if_only_numbers_differ() -> None:
    counted = failures(99, None)
    reasons: list[Outcome] = [Failed(f"out of {size} GiB") for size in range(12)]
    for number, outcome in enumerate([Failed("other"), *reasons]):
        counted.add(spec(number), outcome)
    assert counted.by_reason() == [
        "12 x out of 0 GiB (trial 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …)",
        "1 x other (trial 0)",
    ]
