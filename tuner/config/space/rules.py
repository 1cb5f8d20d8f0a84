"""The rules for holes: every sampler can sample them, and every value returns unchanged from the store."""

import math
from decimal import Decimal
from typing import Any

from formats.messages import format_value
from formats.yaml.scalars import Scalar, parse_scalar

LABEL = "label"
"""The key of an option that only labels it, and is not part of the config."""

_MOST_STEPS = 10**9


def check_range(low: float, high: float, *, log: bool, stepped: bool) -> None:
    """Check that a range has more than one value, and is above zero if it is logarithmic.

    Raises:
        ValueError: the range is empty, one value, too wide for a float, or breaks the rules of `log`.
    """
    if low == high:
        raise ValueError(f"low and high are both {low}; write {low} in place of the hole")
    if low > high:
        raise ValueError(f"low {low} is above high {high}; exchange them")
    if not math.isfinite(high - low):
        raise ValueError(f"the range from {low} to {high} is too wide for a float")
    if log and low <= 0:
        raise ValueError(f"log needs low above 0, got low {low}; raise it or leave log out")
    if log and stepped:
        raise ValueError("log and step exclude each other; leave one of them out")


def check_steps(low: float, high: float, step: float) -> None:
    """Check that a step is positive and leads from `low` to `high` exactly, as the numbers are written.

    Raises:
        ValueError: the step is not positive, too small for the range, or does not divide it.
    """
    if step <= 0:
        raise ValueError(f"step must be above 0, got {step}")
    if (high - low) / step > _MOST_STEPS:
        raise ValueError(f"step {step} is too small: the range would have more than {_MOST_STEPS} values")
    width, exact = Decimal(str(high)) - Decimal(str(low)), Decimal(str(step))
    if width % exact:
        nearest = type(high)(Decimal(str(low)) + width // exact * exact)
        hint = f"the last value would be {nearest}; correct high or step"
        raise ValueError(f"step {step} does not divide the range from {low} to {high}: {hint}")


def check_choice(value: Any) -> Scalar:
    """Return the choice: a finite number, a boolean, null, or a string that looks like none of them.

    Raises:
        ValueError: it is anything else. A string that looks like a number is nearly always a mistake, for
            the config it goes into wants the number.
    """
    if value is not None and not isinstance(value, str | int | float | bool):
        got = "a hole" if hasattr(value, "search") else format_value(value)
        raise ValueError(f"a choice is a single value, got {got}; for mappings use search: one_of")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    if isinstance(value, str) and _looks_like_number(value):
        raise ValueError(f"{format_value(value)} is a string that looks like a number; remove the quotes")
    if value == "None":
        raise ValueError('"None" is a string; write null')
    return value


def check_distinct(values: tuple[Scalar, ...], hint: str = "remove one") -> tuple[Scalar, ...]:
    """Return the values if there are any and no two are equal; 1, 1.0 and true are equal to a sampler.

    `hint` says what to do about two equal ones.

    Raises:
        ValueError: there is none, or two are equal.
    """
    if not values:
        raise ValueError("needs at least one entry")
    seen: dict[Scalar, Scalar] = {}
    for value in values:
        if value in seen:
            raise ValueError(
                f"{format_value(seen[value])} and {format_value(value)} are the same choice; {hint}"
            )
        seen[value] = value
    return values


def check_option(option: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the option if its label can be part of a parameter's name.

    Raises:
        ValueError: it has neither label nor name, or one that is no string, has a dot or is unprintable.
    """
    if option is None:
        return None
    if LABEL not in option and "name" not in option:
        raise ValueError("has neither name nor label, which tell the options apart; add one")
    check_key(label_of(option), f"the {LABEL if LABEL in option else 'name'} of an option")
    return option


def label_of(option: dict[str, Any] | None) -> Any:
    """The label of an option of a `one_of`: the value of the parameter that chooses it."""
    return "none" if option is None else option.get(LABEL, option.get("name"))


def check_key(key: object, what: str = "a key") -> None:
    """Check that a key can be part of a parameter's dotted name.

    Raises:
        ValueError: it is no string, empty, has a dot or is unprintable.
    """
    if not isinstance(key, str) or not key or "." in key or not key.isprintable():
        raise ValueError(f"{format_value(key)}: {what} must be a printable string without dots")


def _looks_like_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return text[:2] in ("0x", "0o") and isinstance(parse_scalar(text), int)
    return True
