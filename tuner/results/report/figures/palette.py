"""What stands for the outcome of a trial: one colour and one symbol, the same in every figure."""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """How a trial ended, with its colour and symbol; in the order in which they are drawn.

    The colours are those of Okabe and Ito ("Color Universal Design", 2008), which most colour-blind readers
    tell apart; failed trials are grey.
    """

    FAILED = ("failed", "#8a8a8a", "x")
    STOPPED = ("stopped", "#E69F00", "triangle-down")
    RUNNING = ("running", "#009E73", "square-open")
    INFEASIBLE = ("infeasible", "#CC79A7", "diamond-open")
    COMPLETED = ("completed", "#0072B2", "circle")
    FRONT = ("front", "#D55E00", "star")

    def __init__(self, word: str, colour: str, symbol: str) -> None:
        self.word = word
        self.colour = colour
        self.symbol = symbol

    def faded(self, opacity: float) -> str:
        """Return its colour, so opaque."""
        return faded(self.colour, opacity)


def faded(colour: str, opacity: float) -> str:
    """Return a colour with an opacity; that of an element would make a printed page ten times as large."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


NEUTRAL = "#7b8a9a"
"""The colour of what is no trial: importances, best values, volumes."""

STUDY_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STUDY_SYMBOLS = ("circle", "star", "square", "diamond", "triangle-up", "cross")
