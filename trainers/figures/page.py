"""A plotly figure as a page that needs no network."""

from contextlib import suppress
from pathlib import Path

from plotly import graph_objects as go
from plotly.offline import get_plotlyjs

SCRIPT = "plotly.min.js"


def write_page(figure: go.Figure, path: Path) -> Path:
    """Write an interactive HTML page and return its path; ``plotly.min.js`` is put beside it, once a folder.

    The same figure always gives the same bytes.
    """
    _share_script(path.parent)
    # Unless it is told not to, plotly offers to upload what it draws.
    config = {"displaylogo": False, "showSendToCloud": False}
    figure.write_html(path, include_plotlyjs="directory", div_id=path.stem, config=config)
    return path


def _share_script(folder: Path) -> None:
    """Put a neighbouring folder's script into this one too: the trials of a study have one copy."""
    if (folder / SCRIPT).exists():
        return
    for script in folder.parent.glob(f"*/{SCRIPT}"):
        with suppress(OSError):  # another may be unreadable, or on a disk without hard links
            if script.read_text(encoding="utf-8") == get_plotlyjs():
                (folder / SCRIPT).hardlink_to(script)
                return
