"""Text from a user's code, such as an exception's message, as a terminal can safely show it."""

from __future__ import annotations

import re

_ZERO_WIDTH_JOINER = "\u200d"  # joins emoji; Python does not count it as printable
_ESCAPE_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements, erasing
    r"|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"  # OSC: titles, links
    r"|\x1b[ -/]*[0-~]"  # two characters, such as a reset
)
_FRAMES = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*")
_GROUP = re.compile(r"  \+ Exception Group Traceback \(most recent call last\):\n(?:  \|  .*\n)*  \| (.+)")
NOTHING = "no reason given"


def printable(text: str) -> str:
    r"""Return the text without anything that a terminal would act on; its line breaks stay.

    Escape sequences are left out, a tab becomes a blank, and any other character that is not printable is
    written as its escape, such as `\x00`.
    """
    if text.isprintable():
        return text
    return "".join(map(_shown, _ESCAPE_SEQUENCE.sub("", text)))


def one_line(text: str) -> str:
    """Return the line of a text that tells the most, as `printable` writes it.

    This is the exception of a traceback (of several, the last), or else the first line that is not blank.
    """
    lines = "\n".join(printable(line) for line in _ESCAPE_SEQUENCE.sub("", text).splitlines())
    if group := _GROUP.search(lines):
        return group[1].strip()
    parts = [part.strip() for part in _FRAMES.split(lines)]
    return next((part.partition("\n")[0].rstrip() for part in reversed(parts) if part), NOTHING)


def exception_line(error: BaseException) -> str:
    """Return an exception's type and message in one line; the type alone if it has no message."""
    message = " ".join(printable(" ".join(str(error).split())).split())
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _shown(character: str) -> str:
    if character == "\t":
        return " "
    if character.isprintable() or character in ("\n", _ZERO_WIDTH_JOINER):
        return character
    return character.encode("unicode_escape").decode("ascii")
