"""What Prometheus can read of a service, at `/metrics`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from prometheus_client import CollectorRegistry, Gauge, Histogram, start_http_server

from tuner.errors import UsageError
from tuner.run.service.service_numbers import ServiceNumbers

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class ServiceMetrics:
    """Gauges of what a service does now, and histograms of what its studies wait for."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._trials = Gauge(
            "tuner_trials", "Trials of the studies that are driven.", ["state"], registry=registry
        )
        self._studies = Gauge("tuner_studies", "Studies in the queue.", ["state"], registry=registry)
        self._devices = Gauge("tuner_devices", "Trials that the cluster can run at once.", registry=registry)
        self._busy = Gauge("tuner_devices_busy", "Devices that train.", registry=registry)
        self._events = Gauge(
            "tuner_events_waiting", "Events that the store has not been told.", registry=registry
        )
        self._away = Gauge(
            "tuner_database_away_seconds", "How long the database has been away.", registry=registry
        )
        self._leader = Gauge("tuner_leader", "Whether this service drives the queue.", registry=registry)
        self._ask = Histogram(
            "tuner_ask_seconds", "To ask a study for a trial.", buckets=_SECONDS, registry=registry
        )
        self._write = Histogram(
            "tuner_write_seconds", "To store an event.", buckets=_SECONDS, registry=registry
        )

    def show(self, numbers: ServiceNumbers) -> None:
        """Replace what the gauges say."""
        for gauge, by_state in ((self._trials, numbers.trials), (self._studies, numbers.studies)):
            for state, count in by_state.items():
                gauge.labels(state=state).set(count)
        self._devices.set(numbers.devices)
        self._busy.set(numbers.busy)
        self._events.set(numbers.events_waiting)
        self._away.set(numbers.away_seconds)
        self._leader.set(numbers.leads)

    def wrote(self, seconds: float) -> None:
        """Note how long an event took to be stored."""
        self._write.observe(seconds)

    def timing(self, executor: Executor) -> Executor:
        """Return an executor which notes how long each call takes."""
        return _Timed(executor, self._ask)

    def serve(self, host: str, port: int) -> None:
        """Answer `/metrics` on this address until the process ends.

        Raises:
            UsageError: the address cannot be listened on.
        """
        try:
            start_http_server(port, host, self.registry)
        except OSError as error:
            raise UsageError(
                f"--metrics-port: cannot listen on {host}:{port}: {error.strerror}; name another"
            ) from error


class _Timed(Executor):
    def __init__(self, executor: Executor, seconds: Histogram) -> None:
        self._executor = executor
        self._seconds = seconds

    def submit(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        return self._executor.submit(self._run, call, *arguments, **named)

    def _run(self, call: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        with self._seconds.time():
            return call(*arguments, **named)
