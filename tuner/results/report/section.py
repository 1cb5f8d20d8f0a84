"""A section of a report, and the markup that sections are made of: everything stored is escaped."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tuner.results.front import shown
from tuner.results.report.figures.figure import Figure
from tuner.results.rows import columns
from tuner.terminal_text import printable


@dataclass(frozen=True)
class Section:
    """A part of a report with a heading.

    Attributes:
        name: a word that no other section has.
        title, note: plain text.
        figures: what is drawn.
        markup: safe HTML below the figures.
    """

    name: str
    title: str
    note: str = ""
    figures: Sequence[Figure] = ()
    markup: str = ""


def drawn(name: str, title: str, figures: Sequence[Figure], missing: str, note: str = "") -> Section:
    """Return a section of figures; `missing` says why there are none."""
    return Section(name, title, note if figures else missing, figures)


def escaped(value: Any) -> str:
    """Return a stored value as HTML shows it: as text, without characters that act."""
    return html.escape(printable(shown(value)))


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return an HTML table with a column for each key of the rows; nothing without rows."""
    if not rows:
        return ""
    names = columns([dict(row) for row in rows])
    head = "".join(f"<th scope=col>{escaped(name)}</th>" for name in names)
    body = "".join(
        f"<tr>{''.join(f'<td>{escaped(row.get(name))}</td>' for name in names)}</tr>" for row in rows
    )
    return f"<div class=wide-table><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def listing(text: str) -> str:
    """Return a text whose line breaks and blanks stay, such as commands."""
    return f"<pre tabindex=0>{html.escape(printable(text))}</pre>"


def paragraph(text: str) -> str:
    """Return plain text as a paragraph."""
    return f"<p>{escaped(text)}</p>"
