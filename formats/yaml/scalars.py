"""What a plain word in a YAML file means: the core schema of YAML 1.2, with finite numbers only."""

import math
import re

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_INTEGER = 25
_BASES = {"0o": 8, "0x": 16}


def parse_scalar(text: str) -> Scalar:
    """The value of an unquoted YAML scalar: `1e-4` is a float, `010` is ten, `no` and `12:30` are strings.

    Raises:
        ValueError: the number is infinite, not a number, or an integer of more than 64 bits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return _finite(text)
    return text


def _integer(text: str) -> int:
    number = int(text, _BASES.get(text[:2], 10)) if len(text) <= _LONGEST_INTEGER else 2**64
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{text[:_LONGEST_INTEGER]} does not fit 64 bits")
    return number


def _finite(text: str) -> float:
    number = math.inf if _NOT_FINITE.fullmatch(text) else float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is not a finite number")
    return number
