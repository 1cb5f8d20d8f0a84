"""The page: sections into one HTML document that needs nothing else, and lets nothing stored act."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from math import isfinite
from typing import Any

from tuner.results.report.figures.figure import Figure
from tuner.results.report.section import Section, escaped

DIGITS = 6


@dataclass(frozen=True)
class Page:
    """A whole report.

    Attributes:
        content: the HTML, in UTF-8.
        policy: the Content-Security-Policy that it states itself: its own two scripts run, and nothing else;
            nothing is loaded or sent.
    """

    content: bytes
    policy: str


def page_of(title: str, summary: str, sections: Sequence[Section], trials: Mapping[Any, str]) -> Page:
    """Put sections together.

    Args:
        title: plain text.
        summary: plain text below it.
        sections: in their order.
        trials: what hovering shows of each trial, by what `customdata` has of it.
    """
    from plotly.offline import get_plotlyjs

    scripts = [get_plotlyjs(), _own("page.js")]
    policy = _policy(scripts)
    figures = [figure for section in sections for figure in section.figures]
    data = _as_json({"figures": list(map(_drawn, figures)), "trials": trials})
    written = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = [
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>",
        f'<meta http-equiv=Content-Security-Policy content="{policy}">',
        '<meta name=viewport content="width=device-width, initial-scale=1">',
        f"<title>{escaped(title)}</title><style>{_own('page.css')}</style></head><body>",
        f"<header><h1>{escaped(title)}</h1><p>{escaped(summary)}</p>",
        f"<p class=faint>Written {written}.</p></header>",
        f"<nav aria-label=Contents><ul>{''.join(map(_link, sections))}</ul></nav>",
        f"<main>{''.join(map(_section, sections))}</main>",
        f'<script type="application/json" id=report-data>{data}</script>',
        *(f"<script>{script}</script>" for script in scripts),
        "</body></html>\n",
    ]
    return Page("".join(parts).encode(errors="replace"), policy)


def _own(name: str) -> str:
    return files("tuner.results.report").joinpath(name).read_text(encoding="utf-8")


def _policy(scripts: Sequence[str]) -> str:
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    # Plotly styles what it draws; a style can run nothing, and with img-src data: it can load nothing.
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _link(section: Section) -> str:
    return f'<li><a href="#{section.name}">{escaped(section.title)}</a></li>'


def _section(section: Section) -> str:
    note = f"<p>{escaped(section.note)}</p>" if section.note else ""
    drawings = "".join(map(_figure, section.figures))
    grid = f"<div class=figures>{drawings}</div>" if drawings else ""
    heading = f"<h2>{escaped(section.title)}</h2>"
    return f"<section id={section.name}>{heading}{note}{grid}{section.markup}</section>"


def _figure(figure: Figure) -> str:
    note = f"<small>{escaped(figure.note)}</small>" if figure.note else ""
    wide = " class=wide" if figure.wide else ""
    place = f'<div id="figure-{figure.name}" style="height:{figure.height}px"></div>'
    return f"<figure{wide}><figcaption>{escaped(figure.title)}{note}</figcaption>{place}</figure>"


def _drawn(figure: Figure) -> dict[str, Any]:
    return {
        **{"name": figure.name, "height": figure.height},
        **{"traces": figure.traces, "layout": figure.layout},
    }


def _as_json(data: Any) -> str:
    """Return JSON that can stand in an HTML element: no `<` is in it, so that nothing can end the element."""
    return json.dumps(_short(data), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def _short(data: Any) -> Any:
    """Return the data with as many digits as a drawing shows, and null for what is not finite."""
    if isinstance(data, float):
        return float(f"{data:.{DIGITS}g}") if isfinite(data) else None
    if isinstance(data, Mapping):
        return {key: _short(value) for key, value in data.items()}
    return [_short(each) for each in data] if isinstance(data, list | tuple) else data
