"""The verbs of the queue: submit a study for a service to drive, look at what runs and waits, prefer one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tuner.errors import UsageError
from tuner.options import AllowCode, File, Json, Name, Overrides, Storage
from tuner.output import write_message, write_result
from tuner.settings import Settings
from tuner.verbs.results import Every, Watch, check_every, show

if TYPE_CHECKING:
    from tuner.config.study_config import StudyConfig
    from tuner.results.queue.seen import QueueSeen
    from tuner.store.reading.study_view import StudyView

Priority = Annotated[
    int | None,
    typer.Option(
        "--priority",
        min=1,
        max=1_000,
        metavar="N",
        help="1 to 1000, 10 at first; twice as much gets twice the devices.",
    ),
]
MaxDevices = Annotated[
    int | None,
    typer.Option(
        "--max-devices",
        min=0,
        max=1_000_000,  # a column of Postgres holds no more than two billion
        metavar="N",
        help="The most trials that run at once; 0 for no limit.",
    ),
]


def submit(
    file: File,
    overrides: Overrides = None,
    *,
    priority: Priority = None,
    max_devices: MaxDevices = None,
    results_of: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="STUDY", help="A new study takes over every trial of this one that fits."
        ),
    ] = None,
    allow_code: AllowCode = False,
    storage: Storage = None,
) -> None:
    """Queue a study for the service (`tuner serve`), which drives it to its budget; return at once."""
    from tuner.config.roots import relative_roots
    from tuner.config.study_config import StudyConfig
    from tuner.run.custom.loading import trainable_of
    from tuner.run.launch import check_config, doubt_lines
    from tuner.store.create_study import create_or_load
    from tuner.store.database import naming_outages
    from tuner.store.tables.creation import make_store

    config = StudyConfig.load(file, overrides or ())
    trainable = trainable_of(config, allow_code=allow_code)
    check_config(config, trainable)
    for line in doubt_lines(config, trainable):
        write_message(line)
    for root in relative_roots(config.written):
        place = config.where(("train", "dataset"))
        write_message(f"warning: {place}: train.dataset.root: the service's nodes must reach {root}")
    settings = Settings.read(storage)
    engine = make_store(settings.storage, trainable.metrics)
    with naming_outages(engine.url):
        view = create_or_load(engine, config, results_of, write_message)
        put_into_queue(view, config, settings, priority, max_devices)


def put_into_queue(
    view: StudyView,
    config: StudyConfig,
    settings: Settings,
    priority: int | None = None,
    max_devices: int | None = None,
) -> None:
    """Put a study into the queue; write what was done, and how to follow it."""
    from tuner.config.going_on import change_lines
    from tuner.store.queue.queue_writer import QueueOptions
    from tuner.store.queue.service_row import read_services
    from tuner.store.queue.submission import queued_study, submit_study

    changes = change_lines(view.config, config)
    is_new = submit_study(view, config, QueueOptions(priority, max_devices))
    for line in changes:  # which are true only now
        write_message(f"study {config.study}: {line}")
    row = queued_study(view)
    with view.engine.connect() as connection:
        services = read_services(connection)
    words = wanted_words(row.priority, row.max_devices) if row else ""
    write_result(f"{'queued' if is_new else 'queued already:'} {view.name}, {words}")
    if not services:
        write_message(f"no service is there to drive it; start one with: {settings.command('serve')}")
    write_message(f"{settings.command('queue')}  # what runs and waits")
    write_message(f"{settings.again('status', view.name, '--watch')}  # follow it")


def wanted_words(priority: int, max_devices: int | None) -> str:
    """Return what is wanted for a study in the queue, in words."""
    return f"priority {priority}" + (f", at most {max_devices} at once" if max_devices else "")


def queue(
    *,
    storage: Storage = None,
    as_json: Json = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every study that has ended, not the last ten alone.")
    ] = False,
    watching: Watch = False,
    every: Every = None,
) -> None:
    """Show what runs and waits in the queue, and why; the service, its devices, what has ended lately."""
    from tuner.results.queue.seen import ENDED_SHOWN, see_queue
    from tuner.store.database import naming_outages
    from tuner.store.reading.reader import StudyStore

    check_every(every, watching=watching)
    settings = Settings.read(storage)
    store = StudyStore.open(settings.storage)
    most = None if everything or as_json else ENDED_SHOWN

    def look() -> QueueSeen:
        with naming_outages(store.url):
            return see_queue(store, settings, most)

    show(look, watching=watching, every=every, as_json=as_json)


def priority(
    study: Name,
    number: Annotated[
        int, typer.Argument(min=1, max=1_000, metavar="N", help="1 to 1000.", show_default=False)
    ],
    *,
    max_devices: MaxDevices = None,
    storage: Storage = None,
) -> None:
    """Change how many devices a queued study gets beside others: twice the priority, twice the devices."""
    from tuner.store.queue.queue_writer import QueueOptions, ask_for
    from tuner.store.queue.submission import queued_study
    from tuner.store.reading.reader import StudyStore

    with StudyStore.reading(Settings.read(storage).storage) as store:
        view = store.load(study)
        there = ask_for(view.engine, view.study_id, QueueOptions(number, max_devices))
        row = queued_study(view)
    if not there or row is None:
        raise UsageError(f"study {study!r} is not in the queue; submit its file: tuner submit FILE")
    write_result(f"{study} has {wanted_words(row.priority, row.max_devices)} now")
