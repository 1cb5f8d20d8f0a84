"""A plotly figure as a page that needs no network."""

from contextlib import suppress
from pathlib import Path

from plotly import graph_objects as go
from plotly.offline import get_plotlyjs

from formats.durable_file import replace_file

SCRIPT = "plotly.min.js"


def write_page(figure: go.Figure, path: Path) -> Path:
    """Write an interactive HTML page and return its path; ``plotly.min.js`` is put beside it, once a folder.

    Both are written whole or not at all. The same figure always gives the same bytes.
    """
    _put_script(path.parent)
    # Unless it is told not to, plotly offers to upload what it draws.
    config = {"displaylogo": False, "showSendToCloud": False}
    page = figure.to_html(include_plotlyjs="directory", div_id=path.stem, config=config)
    replace_file(path, page.encode())
    return path


def _put_script(folder: Path) -> None:
    """Put the script into a folder, a neighbouring folder's if it has one: the trials of a study share it."""
    if (folder / SCRIPT).exists():
        return
    for script in folder.parent.glob(f"*/{SCRIPT}"):
        with suppress(OSError):  # another may be unreadable, or on a disk without hard links
            if script.read_text(encoding="utf-8") == get_plotlyjs():
                (folder / SCRIPT).hardlink_to(script)
                return
    replace_file(folder / SCRIPT, get_plotlyjs().encode())
