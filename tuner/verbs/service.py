"""The verb that serves: drives every queued study of a store."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tuner.options import AllowCode, Cluster, Insecure, Storage
from tuner.settings import Settings

Studies = Annotated[int, typer.Option("--studies", min=1, help="The most studies that it drives at once.")]
LogFormat = Annotated[str, typer.Option("--log-format", help="text, or json for an object a line.")]


def serve(
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    allow_code: AllowCode = False,
    studies: Studies = 50,
    log_format: LogFormat = "text",
) -> None:
    """Drive every study that is queued in the store, several at once, until a signal ends it."""
    from tuner.errors import UsageError
    from tuner.run.service.log import Log
    from tuner.run.service.serve import ServiceOptions
    from tuner.run.service.serve import serve as run
    from tuner.run.trainable import metrics

    if log_format not in ("text", "json"):
        raise UsageError(f"--log-format is {log_format!r}; allowed: text, json")
    settings = Settings.read(storage, cluster, insecure=insecure)
    options = ServiceOptions(studies, allow_code)
    code = run(settings, options, Log(sys.stderr, "json" if log_format == "json" else "text"), metrics)
    raise typer.Exit(code)
