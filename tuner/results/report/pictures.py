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


class PictureFiles:
    """What `trainers.figures` wrote into the folders of a study's trials; nothing else is read."""

    def __init__(self, folder: Path | None, largest: int, all_bytes: int) -> None:
        """Read from a study's folder, if it is known.

        Args:
            folder: the study's.
            largest: how many bytes a file may have.
            all_bytes: how many all of them may have.
        """
        self._folder = folder
        self._largest = largest
        self._left = all_bytes

    def folder_of(self, record: TrialRecord) -> Path | None:
        """Return the folder of a trial; its place is computed, since what is stored could lead anywhere."""
        return self._folder and trial_folder(self._folder, record.trained_as)

    def read(self, record: TrialRecord, name: str) -> bytes | None:
        """Return what a regular file in a trial's folder holds; None if it is not there, or too large."""
        folder = self.folder_of(record)
        if self._folder is None or folder is None:
            return None
        file = folder / name
        if file.is_symlink() or not file.is_file() or not _is_below(file, self._folder):
            return None
        most = min(self._largest, self._left)
        with file.open("rb") as opened:
            content = opened.read(most + 1)
        if len(content) > most:
            return None
        self._left -= len(content)
        return content


def _is_below(file: Path, folder: Path) -> bool:
    """Tell whether a file lies in a folder, wherever links on the way to it lead."""
    return file.resolve().is_relative_to(folder.resolve())


def pictures(study: ReportedStudy) -> Section:
    """Return the maps and galleries of the front, the best trial's first, as far as they have room."""
    files = PictureFiles(study.folder, LARGEST_BYTES, ALL_BYTES)
    figures: list[Figure] = []
    images: list[str] = []
    without: list[TrialRecord] = []
    for record in study.front:
        mapped = embedding_map(files.read(record, MAP), record.number)
        image = gallery(files.read(record, GALLERY), record.number)
        if mapped:
            figures.append(mapped)
        if image:
            images.append(image)
        elif not mapped:
            without.append(record)
    markup = "".join(images) + _missing(study, without)
    note = "" if study.front else "There is no front yet."
    return Section("pictures", "Maps and galleries of the front", note, figures, markup)


def gallery(picture: bytes | None, number: int) -> str:
    """Return the markup of a trial's gallery; nothing of what is no picture."""
    if picture is None or not picture.startswith(_PNG):
        return ""
    data = base64.b64encode(picture).decode()
    text = f"Gallery of trial {number}: images of the validation split and their nearest neighbours"
    image = f'<img alt="{escaped(text)}" src="data:image/png;base64,{data}">'
    return f"<figure><figcaption>{escaped(text)}</figcaption>{image}</figure>"


def _missing(study: ReportedStudy, without: list[TrialRecord]) -> str:
    if not without:
        return ""
    numbers = ", ".join(str(record.number) for record in without)
    text = (
        f"Not here: those of trial {numbers}. Figures are drawn by the command below, in the folders of this "
        f"machine's TUNER_RUNS; a report holds {ALL_BYTES / 1e6:g} MB of them, the best trials' first."
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
