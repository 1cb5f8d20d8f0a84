"""Maps and galleries of the front, from the folders of its trials, as far as they were drawn."""

from __future__ import annotations

import base64
import json
import shlex
from pathlib import Path
from typing import Any

from tuner.config.name import as_argument
from tuner.results.report.figures.figure import Figure, Trace, is_number, label
from tuner.results.report.figures.palette import NEUTRAL
from tuner.results.report.reported_study import ReportedStudy
from tuner.results.report.section import Section, escaped, listing, paragraph
from tuner.study.attempt import trial_folder
from tuner.study.trial_record import TrialRecord

MAP, GALLERY = "embedding_map.html", "gallery.png"
LARGEST_BYTES = 500_000
ALL_BYTES = 1_500_000
"""A report stays under 8 MB with plotly.js, the data of 1,000 trials and so much of pictures."""

_PNG = b"\x89PNG\r\n\x1a\n"
_CALL = "Plotly.newPlot("


class _Budget:
    """How many bytes of pictures may still be shown."""

    def __init__(self) -> None:
        self._left = ALL_BYTES

    def read(self, file: Path) -> bytes | None:
        """Return what a regular file holds; None if it is not there, or too large."""
        if file.is_symlink() or not file.is_file():
            return None
        with file.open("rb") as opened:
            content = opened.read(min(LARGEST_BYTES, self._left) + 1)
        if len(content) > min(LARGEST_BYTES, self._left):
            return None
        self._left -= len(content)
        return content


def pictures(study: ReportedStudy) -> Section:
    """Return the maps and galleries of the front, the best trial's first, as far as they have room."""
    budget = _Budget()
    figures: list[Figure] = []
    images: list[str] = []
    without: list[TrialRecord] = []
    for record in study.front:
        folder = _folder_of(study, record)
        mapped = folder and embedding_map(budget.read(folder / MAP), record.number)
        picture = folder and budget.read(folder / GALLERY)
        if mapped:
            figures.append(mapped)
        if picture and picture.startswith(_PNG):
            images.append(_image(picture, record.number))
        elif not mapped:
            without.append(record)
    markup = "".join(images) + _missing(study, without)
    note = "" if study.front else "There is no front yet."
    return Section("pictures", "Maps and galleries of the front", note, figures, markup)


def _folder_of(study: ReportedStudy, record: TrialRecord) -> Path | None:
    """Return the folder of a trial; its place is computed, since what is stored could lead anywhere."""
    same = record.attributes.get("same_as")
    number = same if isinstance(same, int) else record.origin
    return study.folder and trial_folder(study.folder, number)


def _image(picture: bytes, number: int) -> str:
    data = base64.b64encode(picture).decode()
    text = f"Gallery of trial {number}: images of the validation split and their nearest neighbours"
    image = f'<img alt="{escaped(text)}" src="data:image/png;base64,{data}">'
    return f"<figure><figcaption>{escaped(text)}</figcaption>{image}</figure>"


def _missing(study: ReportedStudy, without: list[TrialRecord]) -> str:
    if not without:
        return ""
    numbers = ", ".join(str(record.number) for record in without)
    text = (
        f"None of trial {numbers}: they were not drawn, do not lie in this machine's TUNER_RUNS, or exceed "
        f"the {ALL_BYTES / 1e6:g} MB of pictures that a report holds. To draw those of the front:"
    )
    command = ["python", "-m", "tuner", "figures", *as_argument(study.name)]
    return paragraph(text) + listing(shlex.join(command))


def embedding_map(page: bytes | None, number: int) -> Figure | None:
    """Return the map on a page that `trainers.figures` wrote; None of any other page.

    Only its data is taken, never its markup or its scripts.
    """
    if page is None:
        return None
    try:
        traces, layout = _arguments(page.decode())
        drawn = [_trace(trace) for trace in traces]
        axes: dict[str, dict[str, Any]] = {
            name: {"title": {"text": label(layout[name]["title"]["text"])}} for name in ("xaxis", "yaxis")
        }
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None
    # One unit is as long on both axes, as on the page.
    axes["yaxis"] |= {"scaleanchor": "x", "constrain": "domain"} if "scaleanchor" in layout["yaxis"] else {}
    title = f"Map of the embeddings of trial {number}, coloured by class"
    return Figure(f"map-{number}", title, drawn, axes, height=460)


def _trace(stored: Any) -> Trace:
    """Return the points or lines of one class, or of the prior."""
    mode = "lines" if stored["mode"] == "lines" else "markers"
    look = stored["line"] if mode == "lines" else stored["marker"]
    colour = NEUTRAL if look["color"] == "black" else str(look["color"])
    return {
        **{"type": "scatter", "mode": mode, "name": label(stored["name"]), "hoverinfo": "name"},
        **{name: [each if is_number(each) else None for each in stored[name]] for name in ("x", "y")},
        "line" if mode == "lines" else "marker": {
            "color": colour,
            **({"width": 1} if mode == "lines" else {"symbol": str(look["symbol"]), "size": 5}),
        },
    }


def _arguments(page: str) -> tuple[Any, Any]:
    """Return the traces and the layout with which a page calls plotly.

    Raises:
        ValueError: it does not, or not with JSON.
    """
    decoder = json.JSONDecoder()
    where = page.index(_CALL) + len(_CALL)
    found = []
    for opening in ("[", "{"):
        where = page.index(opening, where)
        value, where = decoder.raw_decode(page, where)
        found.append(value)
    return found[0], found[1]
