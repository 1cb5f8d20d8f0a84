"""How the pages look."""

from typing import Any

TEMPLATE = "plotly_white"
# Ten colours that stay apart for most colour-blind readers (Tableau's, in their order).
COLOURS = (
    "#4E79A7", "#F28E2B", "#E15759", "#76B7B2", "#59A14F",
    "#EDC948", "#B07AA1", "#FF9DA7", "#9C755F", "#7F7F7F",
)  # fmt: skip
SYMBOLS = ("circle", "diamond", "square", "cross", "x", "triangle-up", "star", "hexagon")


def class_marker(label: int) -> dict[str, Any]:
    """Return colour and symbol of a class by its number: 80 different ones, then they repeat."""
    symbol = SYMBOLS[label // len(COLOURS) % len(SYMBOLS)]
    return {"color": COLOURS[label % len(COLOURS)], "symbol": symbol, "size": 6, "opacity": 0.8}


def heading(title: str, note: str) -> dict[str, Any]:
    """Return a title with a smaller line beneath it."""
    return {"text": f"{title}<br><sup>{note}</sup>", "x": 0.01, "xanchor": "left"}
