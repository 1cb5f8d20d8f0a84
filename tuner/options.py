"""The arguments and options that several verbs of the command line share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _study_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the studies that a shell may complete a word to."""
    from tuner.errors import TunerError  # noqa: PLC0415
    from tuner.settings import Settings  # noqa: PLC0415
    from tuner.store.reading.reader import StudyStore  # noqa: PLC0415

    try:
        with StudyStore.reading(Settings.read(ctx.params.get("storage")).storage) as store:
            return [name for name in store.names() if name.startswith(incomplete)]
    except TunerError:  # a message would stand in the middle of what is typed
        return []


File = Annotated[
    Path, typer.Argument(help="The study's YAML file; - reads it from stdin.", show_default=False)
]
Overrides = Annotated[
    list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Changes, such as budget.trials=5.")
]
Name = Annotated[
    str,
    typer.Argument(
        metavar="STUDY", help="The study's name.", show_default=False, autocompletion=_study_names
    ),
]
Storage = Annotated[
    str | None,
    typer.Option(
        help="The store's URL; TUNER_STORAGE otherwise, or else the file tuner.db.", show_default=False
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="HOST:PORT",
        help="The Ray cluster to join; RAY_ADDRESS otherwise, or else Ray is started here.",
        show_default=False,
    ),
]
Insecure = Annotated[bool, typer.Option("--insecure", help="Join a cluster that asks for no token.")]
Serial = Annotated[
    bool, typer.Option("--serial", help="One trial after another in this process, without Ray.")
]
AllowCode = Annotated[
    bool,
    typer.Option("--allow-code", help="Import and run the code that the study's `trainable` names."),
]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
