"""How the pages look."""

from typing import Any

TEMPLATE = "plotly_white"
# Tableau's ten colours. Some are alike for a colour-blind reader, so the symbol changes with the colour.
COLOURS = (
    "#4E79A7", "#F28E2B", "#E15759", "#76B7B2", "#59A14F",
    "#EDC948", "#B07AA1", "#FF9DA7", "#9C755F", "#7F7F7F",
)  # fmt: skip
SYMBOLS = ("circle", "diamond", "square", "cross", "x", "triangle-up", "star", "hexagon")


def class_marker(label: int) -> dict[str, Any]:
    """Return colour and symbol of a class by its number: 80 different pairs, then they repeat."""
    symbol = SYMBOLS[
        (label + label // 40) % len(SYMBOLS)
    ]  # colours and symbols would repeat together after 40
    return {"color": COLOURS[label % len(COLOURS)], "symbol": symbol, "size": 6, "opacity": 0.8}


def heading(title: str, note: str) -> dict[str, Any]:
    """Return a title with a smaller line beneath it."""
    return {"text": f"{title}<br><sup>{note}</sup>", "x": 0.01, "xanchor": "left"}
