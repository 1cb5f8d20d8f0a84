"""outcome_of: every way in which a trial can end."""

import math
from typing import Any

import pytest

from tuner.study.outcome import HOST_OUT_OF_MEMORY, Completed, Failed, Outcome, Stopped, outcome_of
from tuner.study.trial import Report, TrialSpec

GOOD = {"score": 0.9, "cost": 2.0}
NAN, INF = math.nan, math.inf
HOST = f"its worker was lost: {HOST_OUT_OF_MEMORY}"


@pytest.mark.parametrize(
    ("last", "ending", "expected"),
    [
        pytest.param(Report(9, GOOD, result=GOOD), {}, Completed(GOOD), id="full run"),
        pytest.param(
            Report(9, {"score": 0.8, "cost": 2.0}, result=GOOD),
            {},
            Completed(GOOD),
            id="the result, not the last epoch",
        ),
        pytest.param(
            Report(1, GOOD), {"stopped_by": "asha"}, Stopped(GOOD, 1, "asha"), id="stopped at epoch 1"
        ),
        pytest.param(
            Report(9, GOOD, result=GOOD),
            {"stopped_by": "asha"},
            Completed(GOOD),
            id="last epoch reached by a stop",
        ),
        pytest.param(
            Report(9, GOOD, result={"score": 0.9}),
            {},
            Failed("the result lacks cost; it has score"),
            id="missing metric",
        ),
        pytest.param(
            Report(9, GOOD, result={}),
            {},
            Failed("the result lacks score, cost; it has nothing"),
            id="empty result",
        ),
        pytest.param(
            Report(9, GOOD, result={"score": NAN, "cost": 2.0}),
            {},
            Stopped({"cost": 2.0}, 9, "not a finite result: score is nan"),
            id="NaN",
        ),
        pytest.param(
            Report(9, GOOD, result={"score": 0.9, "cost": -INF}),
            {},
            Stopped({"score": 0.9}, 9, "not a finite result: cost is -inf"),
            id="infinity",
        ),
        pytest.param(
            Report(9, GOOD, result={**GOOD, "other": NAN}), {}, Completed(GOOD), id="NaN in no objective"
        ),
        pytest.param(
            Report(3, {"score": NAN}, stopped="diverged"),
            {},
            Stopped({}, 3, "diverged"),
            id="the configuration's fault",
        ),
        pytest.param(Report(3, GOOD, error="Traceback"), {}, Failed("Traceback"), id="exception"),
        pytest.param(
            Report(3, GOOD, error="Traceback"),
            {"stopped_by": "asha"},
            Failed("Traceback"),
            id="exception and a stop",
        ),
        pytest.param(None, {}, Failed("the training ended without a report"), id="no report at all"),
        pytest.param(
            Report(3, GOOD), {}, Failed("the training ended after epoch 3 without a result"), id="no result"
        ),
        pytest.param(None, {"lost": "node died"}, Failed("node died", retry=True), id="lost before a report"),
        pytest.param(
            Report(9, GOOD), {"lost": "node died"}, Failed("node died", retry=True), id="lost after a report"
        ),
        pytest.param(
            Report(2, GOOD),
            {"lost": "it was ended", "stopped_by": "trial_hours: over"},
            Stopped(GOOD, 2, "trial_hours: over"),
            id="ended by force since its time was over",
        ),
        pytest.param(
            None,
            {"lost": "it was ended", "stopped_by": "trial_hours: over"},
            Stopped({}, 0, "trial_hours: over"),
            id="its time was over before a report",
        ),
        pytest.param(
            Report(9, GOOD, result=GOOD),
            {"lost": "it was ended", "stopped_by": "trial_hours: over"},
            Completed(GOOD),
            id="its time was over at its end",
        ),
        pytest.param(
            None, {"lost": HOST}, Failed(HOST, retry=True), id="host out of memory for the first time"
        ),
        pytest.param(None, {"lost": HOST, "attempt": 2}, Failed(HOST), id="host out of memory again"),
    ],
)
def test_outcome(last: Report | None, ending: dict[str, Any], expected: Outcome) -> None:
    assert outcome_of(last, ["score", "cost"], **ending) == expected


def test_attempts_share_their_origin() -> None:
    first = TrialSpec(4, {}, {}, 9, "score", "maximize", 1, "runs")
    second = TrialSpec(7, {}, {}, 9, "score", "maximize", 1, "runs", attempt=2, retry_of=4)
    assert (first.origin, second.origin) == (4, 4)
    assert second.may_retry
    assert not TrialSpec(9, {}, {}, 9, "score", "maximize", 1, "runs", attempt=3, retry_of=4).may_retry
