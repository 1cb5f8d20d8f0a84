"""Serves a store: joins or starts Ray, waits until no other service drives the queue, and drives it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from tuner.errors import Unreachable
from tuner.run.driver import ended_by_ray
from tuner.run.launch import check_runs_folder
from tuner.run.on_ray.auth import require_closed
from tuner.run.on_ray.environment import set_ray_environment
from tuner.run.on_ray.head_watchdog import watched_head, watched_processes
from tuner.run.service.log import LineConsole, Log, LoggedLines
from tuner.run.service.queue_follower import QueueFollower
from tuner.run.signals import StopSignal, stop_signal
from tuner.settings import Settings, host_and_port
from tuner.store.database import naming_outages
from tuner.store.queue.leadership import leading
from tuner.store.queue.takeover import name_sessions
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store
from tuner.versions import this_process

_ASKERS, _WORKERS = 8, 8  # threads that ask samplers, and that open and end studies


@dataclass(frozen=True)
class ServiceOptions:
    """How a service serves.

    Attributes:
        studies: the most studies that it drives at once.
        allow_code: whether it takes studies whose trainer is a user's own code.
        grace_seconds: how long it may take to hand everything back after a first signal.
        webhooks: addresses that are told of a study's end, and of which endings.
        metrics: where Prometheus reads, as host and port; None for nowhere.
    """

    studies: int = 50
    allow_code: bool = False
    grace_seconds: float = 30.0
    webhooks: Sequence[tuple[str, Sequence[str]]] = ()
    metrics: tuple[str, int] | None = None


def serve(settings: Settings, options: ServiceOptions, log: Log, metrics: tuple[str, ...]) -> int:
    """Drive what is queued until a signal ends it; return the exit code.

    Args:
        settings: the store, the cluster, the folder for checkpoints.
        options: how.
        log: takes what is said.
        metrics: what becomes columns of the store's views.

    Raises:
        UsageError, Unreachable: the store, the folder or the cluster cannot be used.
    """
    if settings.ray_address:
        host_and_port(settings.ray_address)
    check_runs_folder(settings.runs_folder, LineConsole(log.say))
    engine = make_store(settings.storage, metrics)
    store = StudyStore(engine.url, engine)
    said = LoggedLines(log).taking()
    with said, naming_outages(engine.url), stop_signal(options.grace_seconds) as stop:
        with _ray(settings, stop, log):
            _lead(store, settings, options, stop, log)
        return stop.exit_code


def _lead(store: StudyStore, settings: Settings, options: ServiceOptions, stop: StopSignal, log: Log) -> None:
    """Drive the queue whenever no other service does."""
    from tuner.run.on_ray.devices import Devices, ray_nodes  # noqa: PLC0415
    from tuner.run.on_ray.runner import scratch  # noqa: PLC0415 - Ray takes seconds to import
    from tuner.run.service.metrics import ServiceMetrics  # noqa: PLC0415
    from tuner.run.service.notices import Notices  # noqa: PLC0415
    from tuner.run.service.service import Service  # noqa: PLC0415
    from tuner.run.service.service_numbers import ServiceNumbers  # noqa: PLC0415
    from tuner.run.service.surroundings import Surroundings  # noqa: PLC0415

    name, holder = secrets.token_hex(8), this_process()
    name_sessions(store.engine, name)
    with ExitStack() as stack:
        enter = stack.enter_context
        askers = enter(ThreadPoolExecutor(_ASKERS, thread_name_prefix="sampler"))
        workers = enter(ThreadPoolExecutor(_WORKERS, thread_name_prefix="studies"))
        folder = enter(scratch(settings.runs_folder / f"service-{name}"))
        metrics = ServiceMetrics()
        metrics.show(ServiceNumbers())
        if options.metrics is not None:
            metrics.serve(*options.metrics)
        timed = metrics.timing(askers)
        around = Surroundings(
            store, settings, options.allow_code, Devices(ray_nodes), timed, workers, metrics, log
        )
        notices = Notices(options.webhooks, log.say)
        while not stop.received:
            service = Service(around, stop, options.studies, notices.ended)
            row = partial(service.row, name, holder)
            with leading(
                store.engine, partial(row, leads=False), lambda: bool(stop.received), log.say
            ) as leadership:
                if leadership is None:
                    return
                log.say(f"drives the queue: {holder}")
                follower = QueueFollower(leadership, partial(row, leads=True), log.say)
                with follower.following():
                    service.run(follower, folder)
            if follower.lost:
                log.say(f"drives the queue no longer: {follower.lost}")


@contextmanager
def _ray(settings: Settings, stop: StopSignal, log: Log) -> Iterator[None]:
    """The cluster, for as long as the block runs; without it the process ends, for its restart to find it."""
    from tuner.run import trainable  # noqa: PLC0415 - torch takes seconds to import

    address = settings.ray_address
    set_ray_environment(address, insecure=settings.insecure)
    from tuner.run.on_ray.cluster import cluster  # noqa: PLC0415

    def lost(what: str) -> None:
        log.say(f"{what}; what runs goes on when the service is started again")
        os._exit(Unreachable.exit_code)

    with ended_by_ray(stop), cluster(address, trainable.packages):
        stop.arm()  # starting Ray takes SIGTERM for itself
        if address and not settings.insecure:
            require_closed(address)
        if address:
            watch = watched_head(address, lambda: lost(f"the cluster's head is gone: {address}"))
        else:
            watch = watched_processes(lambda process: lost(f"Ray on this node is gone: {process} has ended"))
        with watch:
            yield
