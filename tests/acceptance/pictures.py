"""The pictures of README and docs, from one run of the main job.

`python -m tests.acceptance.pictures` launches it in a temporary folder and writes into docs/pictures: the
live table of a terminal, the front in the dashboard, the report, and the gallery of the front's best trial.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import tempfile
import termios
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.acceptance.browser import REPORT_DRAWN, SIZE, browser_page, picture
from tests.acceptance.command_line import DR_TRIPLET, ROOT, command, environment, tuner
from tests.acceptance.dashboard_server import serving

PICTURES = ROOT / "docs" / "pictures"
FILE, STUDY = "search_spaces/dr_triplet.yaml", "dr-triplet-digits"
ROWS, COLUMNS = 22, 100
_DONE = re.compile(r"trials +│ (\d+) of 40")
_WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shown = terminal_picture(["launch", str(DR_TRIPLET)], folder, is_wanted=_is_halfway)
        (PICTURES / "launch.svg").write_text(shown.replace(str(DR_TRIPLET), FILE))
        for verb in ("report", "figures"):
            tuner(verb, STUDY, folder=folder).check_returncode()
        with serving(STUDY, folder=folder) as served:
            picture(served.page, PICTURES / "front.png")
        with browser_page() as page:
            page.goto((folder / f"report-{STUDY}.html").as_uri())
            page.wait_for_function(REPORT_DRAWN)
            page.set_viewport_size(SIZE | {"height": 960})
            page.screenshot(path=PICTURES / "report.png")
        best = json.loads(tuner("front", STUDY, "--json", folder=folder).stdout)[0]["number"]
        shutil.copy(next(folder.glob(f"runs/*/trial-{best:05}/gallery.png")), PICTURES / "gallery.png")


def terminal_picture(words: Sequence[str], folder: Path, *, is_wanted: Callable[[str], bool]) -> str:
    """Runs the program in a terminal; the last of its screens that is wanted, as SVG."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        command(*words),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environment(TERM="xterm-256color"),
    )
    os.close(theirs)
    shown = ""
    while written := _read(ours):
        stream.feed(written)
        if is_wanted("\n".join(screen.display)):
            shown = _svg(screen, " ".join(["tuner", *words]))
    os.close(ours)
    assert process.wait() == 0
    assert shown, "no screen was wanted"
    return shown


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the program has ended
        return b""


def _is_halfway(text: str) -> bool:
    done = _DONE.search(text)
    return done is not None and int(done[1]) <= 24


def _svg(screen: pyte.Screen, title: str) -> str:
    console = Console(record=True, width=COLUMNS, file=io.StringIO())
    for row in range(ROWS):
        line = Text()
        cells = (screen.buffer[row][column] for column in range(COLUMNS))
        for style, of_style in groupby(cells, lambda cell: Style(color=_colour(cell.fg), bold=cell.bold)):
            line.append("".join(cell.data for cell in of_style), style)
        line.rstrip()
        console.print(line)
    return _WEB_FONT.sub("", console.export_svg(title=title))


def _colour(name: str) -> str | None:
    """The colour as rich calls it."""
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    return None if name == "default" else name.replace("bright", "bright_").replace("brown", "yellow")


if __name__ == "__main__":
    main()
