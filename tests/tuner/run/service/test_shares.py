"""Devices are shared by priority over time: hundreds of studies on a simulated clock."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuner.run.service.shares import Shares


@dataclass
class Simulated:
    """A study of trials of about so many seconds.

    Attributes:
        arrives: when it joins.
        most: the most trials that may run at once.
        left: how many trials it has, beside those that run.
    """

    priority: int = 10
    seconds: float = 10.0
    arrives: float = 0.0
    most: int = 10**6
    left: int = 10**6
    running: int = 0
    had: float = field(default=0.0)


class Cluster:
    """Devices that are given to studies in turn, on a clock that is simulated."""

    def __init__(self, devices: int, studies: list[Simulated], seed: int = 0) -> None:
        self.now = 0.0
        self.studies = studies
        self.idle_while_wanted = 0.0
        self.most_at_once: Counter[int] = Counter()
        self._shares = Shares(lambda: self.now)
        self._free = devices
        self._ends: list[tuple[float, int, int, float]] = []
        self._trials = itertools.count()
        self._random = Random(seed)
        self._here: set[int] = set()

    def run(self, until: float) -> None:
        """Run to this time."""
        arrivals = sorted({each.arrives for each in self.studies})
        while True:
            self._arrive()
            self._give()
            following = [self._ends[0][0]] if self._ends else []
            following += [time for time in arrivals if time > self.now][:1]
            if not following or min(following) > until:
                self.now = until
                return
            self.now = min(following)
            self._end()

    def shares(self) -> list[float]:
        """Return each study's share of all device-seconds."""
        total = sum(each.had for each in self.studies)
        return [each.had / total for each in self.studies]

    def _arrive(self) -> None:
        for index, each in enumerate(self.studies):
            if each.arrives <= self.now and index not in self._here:
                self._here.add(index)
                self._shares.join(index, each.priority)

    def _give(self) -> None:
        while self._free:
            wanting = [index for index in self._here if self._wants(self.studies[index])]
            if not wanting:
                return
            index = self._shares.in_turn(wanting)[0]
            study, trial = self.studies[index], next(self._trials)
            seconds = study.seconds * self._random.uniform(0.5, 1.5)
            self._shares.begins(index, trial)
            study.left -= 1
            study.running += 1
            self.most_at_once[index] = max(self.most_at_once[index], study.running)
            self._free -= 1
            heapq.heappush(self._ends, (self.now + seconds, index, trial, seconds))

    def _end(self) -> None:
        while self._ends and self._ends[0][0] <= self.now:
            _, index, trial, seconds = heapq.heappop(self._ends)
            self._shares.ends(index, trial)
            self.studies[index].running -= 1
            self.studies[index].had += seconds
            self._free += 1

    @staticmethod
    def _wants(study: Simulated) -> bool:
        return study.left > 0 and study.running < study.most


def test_equal_studies_get_equal_shares_whatever_their_trials_last() -> None:
    cluster = Cluster(8, [Simulated(seconds=1), Simulated(seconds=10), Simulated(seconds=60), Simulated()])
    cluster.run(20_000)
    assert cluster.shares() == pytest.approx([0.25] * 4, abs=0.01)


def test_devices_are_shared_by_priority() -> None:
    cluster = Cluster(12, [Simulated(priority=10), Simulated(priority=20), Simulated(priority=30, seconds=3)])
    cluster.run(20_000)
    assert cluster.shares() == pytest.approx([1 / 6, 2 / 6, 3 / 6], abs=0.01)


def test_hundreds_of_studies_on_few_devices_all_go_on() -> None:
    random = Random(1)
    studies = [Simulated(random.choice([10, 20, 50]), random.uniform(1, 30)) for _ in range(200)]
    cluster = Cluster(8, studies)
    cluster.run(20_000)
    weights = sum(each.priority for each in studies)
    for each, share in zip(studies, cluster.shares(), strict=True):
        assert share == pytest.approx(each.priority / weights, rel=0.25), each


def test_a_study_that_comes_later_gets_its_share_as_trials_end_and_no_more() -> None:
    early, late = Simulated(seconds=5), Simulated(seconds=5, arrives=1_000)
    cluster = Cluster(4, [early, late])
    cluster.run(1_000)
    before = early.had
    cluster.run(1_100)
    assert late.had == pytest.approx(early.had - before, rel=0.2)
    cluster.run(3_000)
    assert late.had == pytest.approx(early.had - before, rel=0.05)


def test_what_a_study_had_no_use_for_is_not_owed_to_it() -> None:
    limited, other = Simulated(most=1), Simulated()
    cluster = Cluster(4, [limited, other])
    cluster.run(1_000)
    limited.most = 4
    had = limited.had, other.had
    cluster.run(1_400)
    assert limited.had - had[0] == pytest.approx(other.had - had[1], rel=0.15)


def test_a_trial_far_longer_than_those_before_counts_while_it_runs() -> None:
    now = 0.0
    shares = Shares(lambda: now)
    for study in (0, 1):
        shares.join(study, 10)
    shares.begins(0, 0)  # and does not end
    for trial in range(1, 11):
        shares.begins(1, trial)
        now += 1.0
        shares.ends(1, trial)
    now = 30.0
    assert shares.in_turn([0, 1]) == [1, 0]


@settings(max_examples=60, deadline=None)
@given(
    devices=st.integers(1, 20),
    studies=st.lists(
        st.builds(
            Simulated,
            priority=st.integers(1, 1000),
            seconds=st.floats(0.1, 100),
            arrives=st.sampled_from([0.0, 0.0, 50.0, 200.0]),
            most=st.integers(1, 8),
            left=st.integers(1, 60),
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_every_study_ends_and_none_has_more_than_it_may(devices: int, studies: list[Simulated]) -> None:
    cluster = Cluster(devices, studies)
    cluster.run(1e9)
    assert [each.left for each in studies] == [0] * len(studies)
    for index, each in enumerate(studies):
        assert cluster.most_at_once[index] <= min(each.most, devices)
