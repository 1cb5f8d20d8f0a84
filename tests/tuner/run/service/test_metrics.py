"""What Prometheus reads of a service: every state from the first moment, and what was noted last."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import pytest

from tuner.errors import UsageError
from tuner.run.service.metrics import ServiceMetrics
from tuner.run.service.service_numbers import STUDY_STATES, TRIAL_STATES, ServiceNumbers

NUMBERS = ServiceNumbers(
    trials={"running": 2, "completed": 3, "stopped": 4, "failed": 5, "waiting": 6},
    studies={"queued": 7, "running": 8},
    devices=9,
    busy=10,
    events_waiting=11,
    away_seconds=12.5,
    leads=True,
)


def value(metrics: ServiceMetrics, name: str, **labels: str) -> float | None:
    """What a metric says; None if it has no such line."""
    return metrics.registry.get_sample_value(name, labels)


def test_every_state_has_a_line_before_anything_is_in_it() -> None:
    metrics = ServiceMetrics()
    metrics.show(ServiceNumbers())
    assert {value(metrics, "tuner_trials", state=state) for state in TRIAL_STATES} == {0}
    assert {value(metrics, "tuner_studies", state=state) for state in STUDY_STATES} == {0}
    assert value(metrics, "tuner_leader") == 0


def test_gauges_say_what_was_shown_last() -> None:
    metrics = ServiceMetrics()
    metrics.show(NUMBERS)
    assert [value(metrics, "tuner_trials", state=state) for state in TRIAL_STATES] == [2, 3, 4, 5, 6]
    assert [value(metrics, "tuner_studies", state=state) for state in STUDY_STATES] == [7, 8]
    names = ("devices", "devices_busy", "events_waiting", "database_away_seconds", "leader")
    assert [value(metrics, f"tuner_{name}") for name in names] == [9, 10, 11, 12.5, 1]
    metrics.show(ServiceNumbers())
    assert [value(metrics, f"tuner_{name}") for name in names] == [0] * 5
    assert value(metrics, "tuner_trials", state="running") == 0


def test_writing_and_asking_are_counted() -> None:
    metrics = ServiceMetrics()
    metrics.wrote(0.02)
    metrics.wrote(0.3)
    assert value(metrics, "tuner_write_seconds_sum") == pytest.approx(0.32)
    assert value(metrics, "tuner_write_seconds_bucket", le="0.025") == 1
    with ThreadPoolExecutor(1) as threads:
        timed = metrics.timing(threads)
        assert timed.submit(divmod, 7, 2).result() == (3, 1)
        assert timed.submit(sorted, [1, 2], reverse=True).result() == [2, 1]
        with pytest.raises(ZeroDivisionError):
            timed.submit(divmod, 1, 0).result()
    assert value(metrics, "tuner_ask_seconds_count") == 3


def test_prometheus_reads_them_by_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"--metrics-port: cannot listen on 127.0.0.1:{port}: .*; name"):
            ServiceMetrics().serve("127.0.0.1", port)
    metrics = ServiceMetrics()
    metrics.show(NUMBERS)
    metrics.serve("127.0.0.1", port)
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        page = answer.read().decode()
    assert 'tuner_trials{state="waiting"} 6.0\n' in page
    assert "tuner_leader 1.0\n" in page
