"""Counts what a service does now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tuner.run.on_ray.devices import Devices
from tuner.run.service.driven_study import DrivenStudy
from tuner.run.service.service_numbers import TRIAL_STATES, ServiceNumbers


def numbers_of(
    driven: Iterable[DrivenStudy], queued: int, devices: Devices, away_seconds: float
) -> ServiceNumbers:
    """Return the numbers of a service that leads.

    Args:
        driven: the studies that it drives.
        queued: how many studies are in the queue, with those that are driven.
        devices: the cluster's.
        away_seconds: how long the database has been away.
    """
    trials = Counter(dict.fromkeys(TRIAL_STATES, 0))
    running, waiting, most = 0, 0, 0
    for study in driven:
        source, start = study.source, study.start
        if source is None or start is None:
            continue
        running += 1
        trials += Counter(start.tally.ended)
        trials["running"] += len(source.running)
        trials["waiting"] += source.waiting
        waiting += study.events_waiting
        most = max(most, devices.count(source.share))
    return ServiceNumbers(
        {state: trials[state] for state in TRIAL_STATES},
        {"queued": queued - running, "running": running},
        most,
        trials["running"],
        waiting,
        away_seconds,
        leads=True,
    )
