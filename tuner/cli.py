"""The command line: its verbs, in the order in which `tuner --help` lists them.

Data goes to stdout, everything else to stderr. Verbs import what they need, so that those that only read
start at once.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from tuner.verbs import confirm, maintenance, queue, results, search, service, steering, trials

app = typer.Typer(
    name="tuner",
    help="Distributed hyperparameter search for deep metric learning.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"metric-tuner {version('metric-tuner')}")
        raise typer.Exit


@app.callback()
def tuner(
    *,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Distributed hyperparameter search for deep metric learning."""


for panel, verbs in {
    "Search": (search.launch, search.resume, search.enqueue, search.validate, confirm.confirm),
    "Service": (queue.submit, queue.queue, queue.priority, service.serve),
    "Look": (results.status, results.front, results.report, results.dashboard),
    "Look at a trial": (trials.show, trials.logs, trials.figures, trials.rerun),
    "Use": (results.model, results.export),
    "Steer": (steering.stop, steering.retry, steering.rename, steering.delete),
    "Maintain": (maintenance.clean, maintenance.copy, maintenance.migrate, maintenance.doctor),
}.items():
    for verb in verbs:
        app.command(rich_help_panel=panel)(verb)
