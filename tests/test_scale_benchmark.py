"""The simulated driver of `python -m benchmarks scale`: what it adds up, and what it leaves alone."""

from __future__ import annotations

import pytest

from benchmarks.scale.simulated import Case, simulate
from benchmarks.scale.training import EPOCHS
from benchmarks.scale.writing import EVENTS_OF_A_TRIAL, WriterQueue, seconds_of_a_trial
from tuner.study.events.event import Placed

TAKEN = {kind: [0.5] for kind in ("Asked", "Placed", "Reported", "Ended")}


def test_every_device_is_given_its_trials() -> None:
    seen = simulate(Case(4, "random"), {"far": TAKEN}, turn_seconds=0.0, real_seconds=60)
    assert seen.begun == Case(4, "random").trials == 12
    assert 0.5 < seen.busy <= 1
    assert seen.results > EPOCHS * 8  # when the first device had nothing left at most four trials ran
    assert set(seen.spent) == {"sampler", "ours", "Ray Tune"}
    assert seen.writers["far"].busy > 0.5 * EVENTS_OF_A_TRIAL * 8


def test_a_slow_turn_keeps_devices_waiting() -> None:
    """A driver that takes 20 s a result has half the time that four devices with one a 30 s would need."""
    seen = simulate(Case(4, "random"), {}, turn_seconds=20.0, real_seconds=60)
    assert seen.busy < 0.6
    assert seen.late > 20


def test_the_writers_queue() -> None:
    queue = WriterQueue(TAKEN)
    for now in (0.0, 0.0, 0.0, 10.0):
        queue.add(Placed(0, {}), now)
    assert (queue.longest, queue.behind, queue.busy) == (3, 1.5, 2.0)


def test_a_trial_has_all_its_events() -> None:
    assert seconds_of_a_trial(TAKEN) == pytest.approx(0.5 * EVENTS_OF_A_TRIAL)
