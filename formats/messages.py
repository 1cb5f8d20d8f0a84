"""How messages write paths, values, numbers of things and what is allowed."""

import json
from collections.abc import Collection
from difflib import get_close_matches

Path = tuple[str | int, ...]
"""Keys and list indexes from the top of a document to a value, such as `("loss", "options", 1, "margin")`."""

_TYPE_NAMES: dict[type, str] = {dict: "a mapping", list: "a list", tuple: "a list"}
_MOST_LISTED, _NEAREST_LISTED = 15, 6


def dotted(path: Path) -> str:
    """The path as users write it, such as `loss.options.1.margin`; unprintable keys are escaped."""
    return ".".join(str(step) if str(step).isprintable() else json.dumps(step) for step in path)


def format_value(value: object) -> str:
    """A value on one line, as YAML would write it; a long one is cut, a container only named."""
    if type(value) in _TYPE_NAMES:
        return _TYPE_NAMES[type(value)]
    try:
        text = json.dumps(value, ensure_ascii=False)
    except TypeError:
        return f"a {type(value).__name__}"
    text = text if text.isprintable() else json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def did_you_mean(name: object, allowed: Collection[str]) -> str:
    """A hint after a wrong name: the nearest allowed name, if one is near, and all that are allowed.

    Of more than 15 names, only those nearest to it are listed.
    """
    near = get_close_matches(name, allowed, n=3, cutoff=0.5) if isinstance(name, str) else []
    if len(allowed) > _MOST_LISTED:
        if near:
            return f"did you mean {' or '.join(near)}? {len(allowed)} are allowed"
        some = get_close_matches(str(name), sorted(allowed), n=_NEAREST_LISTED, cutoff=0)
        return f"{len(allowed)} are allowed, such as {', '.join(some)}"
    guess = f"did you mean {near[0]}? " if near else ""
    return f"{guess}allowed: {', '.join(sorted(allowed)) or 'none'}"


def counted(count: float, noun: str) -> str:
    """Return a number of things, such as `1 trial` or `3 trials`."""
    return f"{count:g} {noun}" if count == 1 else f"{count:g} {noun}s"
