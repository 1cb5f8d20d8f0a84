"""A plotly figure as a page that needs no network."""

from pathlib import Path

from plotly import graph_objects as go


def write_page(figure: go.Figure, path: Path) -> Path:
    """Write an interactive HTML page and return its path; ``plotly.min.js`` is put beside it, once a folder.

    The same figure always gives the same bytes.
    """
    # Unless it is told not to, plotly offers to upload what it draws.
    config = {"displaylogo": False, "showSendToCloud": False}
    figure.write_html(path, include_plotlyjs="directory", div_id=path.stem, config=config)
    return path
