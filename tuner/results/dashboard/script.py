"""optuna-dashboard's script as it is served: the front is red, whichever of its trials is the oldest.

It colours points by their number, from grey to red on the front and from grey to blue elsewhere, so that the
oldest trial of the front looks like one that is off it.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from tuner.results.dashboard.access import READING
from tuner.results.wsgi import Application, Environ, StartResponse

PATH = "/static/bundle.js"
GREY_TO_RED = 'colorscale:"Reds",colorbar:{title:{text:"Best Trial"}'
"""How the script says it; a test meets an upgrade that says it otherwise first."""

RED = ((0, "#fb6a4a"), (1, "#67000d"))
"""From the oldest trial of the front to the newest, as plotly takes it."""


def with_red_front(application: Application) -> Application:
    """Serve the script with other colours, and all else as it is."""

    def answering(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH or environ["REQUEST_METHOD"] not in READING:
            return application(environ, start)
        content, tag = _script()
        # A browser asks each time whether it has the newest: another version may have other colours.
        headers = [("ETag", tag), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding")]
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start("304 Not Modified", headers)
            return []
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            headers.append(("Content-Encoding", "gzip"))
        else:
            content = gzip.decompress(content)
        headers += [("Content-Type", "text/javascript"), ("Content-Length", str(len(content)))]
        start("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]

    return answering


@functools.cache
def _script() -> tuple[bytes, str]:
    """Return the script, compressed, and a word that is another one for another script."""
    scale = ",".join(f'[{place},"{colour}"]' for place, colour in RED)
    text = files("optuna_dashboard").joinpath("public", "bundle.js").read_text(encoding="utf-8")
    changed = text.replace(GREY_TO_RED, GREY_TO_RED.replace('"Reds"', f"[{scale}]")).encode()
    return gzip.compress(changed, mtime=0), f'"{hashlib.sha256(changed).hexdigest()}"'


def reddened(figure: Any) -> Any:
    """Return the front as Optuna plots it, where the dashboard is told to let it, in the same colours."""
    for trace in figure.data:
        if trace.marker.colorbar.title.text == "Best Trial":
            trace.marker.colorscale = RED
    return figure
