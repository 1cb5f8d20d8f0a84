"""The names that a study may have, and the file names made from them."""

import hashlib
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from formats.messages import format_value

_LONGEST_SLUG = 60
_JOINER = "\u200d"  # glues emoji together; Python does not count it as printable


def _check(name: str) -> str:
    if name != name.strip():
        raise ValueError(f"{format_value(name)}: remove the blanks at its ends")
    if not name.replace(_JOINER, "").isprintable():
        raise ValueError(f"{format_value(name)}: only printable characters are allowed, on one line")
    return name


StudyName = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_check)]


def as_argument(name: str) -> list[str]:
    """The words that name a study at the end of a command line; a leading hyphen is not read as an option."""
    return ["--", name] if name.startswith("-") else [name]


def slug_of(name: str) -> str:
    """The name as a safe file name of a-z, 0-9, dot, hyphen and underscore, no longer than 69 characters.

    A name that is not safe as it is gets a hash of itself, so that two names never share files.
    """
    safe = re.sub(r"[^a-z0-9._-]+", "-", name.lower())[:_LONGEST_SLUG].strip("-.")
    if safe == name:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{safe or 'study'}-{digest}"
