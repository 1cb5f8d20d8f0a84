"""What was found of a trial: means over the folds of a seed, intervals over the seeds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tuner.results.confirmed import confirmed_columns, found, unfinished_lines
from tuner.results.intervals import Interval
from tuner.store.confirmations.confirmation import Confirmation, Job


def confirmation(job: Job, score: float, **changes: Any) -> Confirmation:
    known: dict[str, Any] = {
        "state": "COMPLETE",
        "reason": None,
        "traceback": None,
        "best_epoch": 1,
        "test": {"score": score},
        "validation": {"score": score + 0.5},
        "attempt": 1,
        "node": None,
        "device": None,
        "seconds": None,
        "started_at": None,
        "ended_at": datetime.now(UTC),
        "versions": {},
        "git_commit": None,
    }
    return Confirmation(job, **(known | changes))


FAILED: dict[str, Any] = {"state": "FAIL", "reason": "it broke", "test": {}, "validation": {}}
CONFIRMATIONS = [
    confirmation(Job(3, 1000), 0.25),
    confirmation(Job(3, 1000, 2, 0), 1.0),
    confirmation(Job(3, 1000, 2, 1), 2.0),
    confirmation(Job(3, 1001, 2, 0), 3.0),
    confirmation(Job(3, 1001, 2, 1), 4.0),
    confirmation(Job(3, 1002, 2, 0), 9.0),
    confirmation(Job(3, 1002, 2, 1), 9.0, **FAILED),
    confirmation(Job(4, 1000), 9.0, **FAILED),
]


def test_a_seed_counts_with_the_mean_of_its_folds_once_all_have_completed() -> None:
    (own, folded) = found(CONFIRMATIONS)[3]
    assert (own.folds, own.seeds, own.test) == (0, [1000], {"score": Interval.of([0.25])})
    assert (folded.folds, folded.seeds) == (2, [1000, 1001])
    assert folded.test == {"score": Interval.of([1.5, 3.5])}
    assert folded.validation == {"score": Interval.of([2.0, 4.0])}
    assert 4 not in found(CONFIRMATIONS)


def test_an_exported_row_has_both_apart() -> None:
    row = confirmed_columns(found(CONFIRMATIONS)[3])
    assert row == {
        "confirmed.seeds": 1,
        "confirmed.score": 0.25,
        "confirmed.score.half_width": None,
        "confirmed_2_folds.seeds": 2,
        "confirmed_2_folds.score": 2.5,
        "confirmed_2_folds.score.half_width": Interval.of([1.5, 3.5]).half_width,
    }


def test_those_that_did_not_complete_are_named() -> None:
    assert unfinished_lines(CONFIRMATIONS) == [
        "trial 3, seed 1002, fold 1 of 2 failed: it broke",
        "trial 4, seed 1000 failed: it broke",
    ]
