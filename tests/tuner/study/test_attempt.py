"""What an attempt hands on to the next one, and whether there is a next one."""

from __future__ import annotations

from typing import Any

import pytest
from optuna.trial import create_trial

from tuner.study.attempt import IN_DRIVER, next_attempt


def attempt_after(*, lost: bool = False, **attributes: Any) -> int | None:
    """The number of the attempt that follows a trial with these attributes; None if none does."""
    trial = create_trial(values=[0.0], user_attrs={"config": {}, **attributes})
    follows = next_attempt(trial, lost=lost)
    return None if follows is None else int(follows[1]["attempt"])


@pytest.mark.parametrize(
    ("from_epoch", "epoch", "expected"),
    [(0, 0, 2), (0, 1, 1), (3, 3, 2), (3, 4, 1)],
)
def test_a_trial_that_ended_its_driver_is_an_attempt_unless_it_got_further(
    from_epoch: int, epoch: int, expected: int
) -> None:
    place = f"{IN_DRIVER}1"
    assert attempt_after(device=place, attempt=1, from_epoch=from_epoch, epoch=epoch) == expected


def test_it_is_tried_three_times() -> None:
    assert [attempt_after(device=f"{IN_DRIVER}1", attempt=attempt) for attempt in (1, 2, 3)] == [2, 3, None]


def test_a_trial_of_a_worker_does_not_pay_for_its_driver() -> None:
    assert attempt_after(device="gpu:0", attempt=2) == 2
    assert attempt_after(device="gpu:0", attempt=2, lost=True) == 3
