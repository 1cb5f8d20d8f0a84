"""Keeps passwords from where all can read them: this process's command line, and commands that it prints."""

from __future__ import annotations

import os
import re
import sys

MOVED = "TUNER_STORAGE_MOVED"
"""Set where TUNER_STORAGE holds what was the option --storage: our caller has no such variable."""

_VARIABLES = {"--storage": "TUNER_STORAGE", "--from": "TUNER_STORAGE_FROM"}
_PASSWORD = re.compile(":.*:.*@|password")  # scheme:user:password@, or a parameter at the URL's end


def holds_password(url: str) -> bool:
    """Tell whether a store's URL holds a password, as far as its text tells."""
    return _PASSWORD.search(url) is not None


def hide_passwords(arguments: list[str]) -> None:
    """Move URLs with a password from the command line, which all can read, to the environment."""
    moved: dict[str, str] = {}
    for option, variable in _VARIABLES.items():
        rest, url = split_option(option, arguments)
        if url is not None and holds_password(url):
            arguments, moved[variable] = rest, url
    if moved:
        os.environ.update(moved)
        if "TUNER_STORAGE" in moved:
            os.environ[MOVED] = "1"
        os.execv(sys.executable, [sys.executable, "-m", "tuner", *arguments])


def split_option(option: str, arguments: list[str]) -> tuple[list[str], str | None]:
    """The arguments without this option and its value, and that value; the last one if it is named twice."""
    rest: list[str] = []
    url = None
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == option:
            url = value if equals else next(words, None)
        else:
            rest.append(word)
    return rest, url
