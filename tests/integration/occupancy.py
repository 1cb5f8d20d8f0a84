"""Which trials had which device, and when, by the store's own records."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from tuner.study.trial_record import TrialRecord

Device = tuple[str, str]
Occupancy = Mapping[Device, Sequence[TrialRecord]]


def span(record: TrialRecord) -> tuple[datetime, datetime]:
    started = datetime.fromisoformat(record.attributes["started_at"])
    return started, started + timedelta(seconds=record.attributes["seconds"])


def assert_no_two_overlap(spans: list[tuple[datetime, datetime]]) -> None:
    spans = sorted(spans)
    assert all(ended <= started for (_, ended), (started, _) in itertools.pairwise(spans))


def trials_by_device(records: Iterable[TrialRecord]) -> Occupancy:
    """The trials of each (Ray node, device), in the order in which they began."""
    found = defaultdict(list)
    for record in records:
        found[record.attributes["node_id"], record.attributes["device"]].append(record)
    return {device: sorted(on_device, key=span) for device, on_device in found.items()}


def assert_none_stood_idle(by_device: Occupancy) -> None:
    """Between two trials of a device, no other device began two: none was passed over."""
    begun = [(span(record)[0], device) for device, records in by_device.items() for record in records]
    for device, records in by_device.items():
        for before, after in itertools.pairwise(records):
            gap = (span(before)[1], span(after)[0])
            passed = Counter(other for at, other in begun if other != device and gap[0] < at < gap[1])
            assert all(count < 2 for count in passed.values()), (device, gap, passed)
