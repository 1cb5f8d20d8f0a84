"""The verb that serves: drives every queued study of a store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tuner.options import AllowCode, Cluster, Insecure, Storage
from tuner.settings import Settings

Studies = Annotated[int, typer.Option("--studies", min=1, help="The most studies that it drives at once.")]
Config = Annotated[
    Path | None, typer.Option("--config", help="The service's YAML file: whom to notify of a study's end.")
]
MetricsPort = Annotated[
    int | None,
    typer.Option("--metrics-port", min=1, max=65535, help="Answer Prometheus on this port, at /metrics."),
]
MetricsHost = Annotated[str, typer.Option("--metrics-host", help="The address to answer Prometheus on.")]
LogFormat = Annotated[str, typer.Option("--log-format", help="text, or json for an object a line.")]


def serve(
    *,
    storage: Storage = None,
    cluster: Cluster = None,
    insecure: Insecure = False,
    allow_code: AllowCode = False,
    studies: Studies = 50,
    config: Config = None,
    metrics_port: MetricsPort = None,
    metrics_host: MetricsHost = "127.0.0.1",
    log_format: LogFormat = "text",
) -> None:
    """Drive every study that is queued in the store, several at once, until a signal ends it."""
    from tuner.errors import UsageError
    from tuner.run.service.log import Log
    from tuner.run.service.notices import read_webhooks
    from tuner.run.service.serve import ServiceOptions
    from tuner.run.service.serve import serve as run
    from tuner.run.trainable import metrics

    if log_format not in ("text", "json"):
        raise UsageError(f"--log-format is {log_format!r}; allowed: text, json")
    settings = Settings.read(storage, cluster, insecure=insecure)
    webhooks = read_webhooks(config) if config else ()
    where = (metrics_host, metrics_port) if metrics_port else None
    options = ServiceOptions(studies, allow_code, webhooks=webhooks, metrics=where)
    code = run(settings, options, Log(sys.stderr, "json" if log_format == "json" else "text"), metrics)
    raise typer.Exit(code)
