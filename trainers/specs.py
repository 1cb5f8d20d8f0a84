"""What every config is: frozen, and strict about its keys and values."""

import difflib
from collections.abc import Iterable
from types import NoneType
from typing import Any, get_args

from pydantic import ConfigDict, ValidationError
from pydantic_core import InitErrorDetails

from formats.problems import ConfigProblems, Problem
from formats.validation import Section, problems_of, validation_error

_ERROR_TYPES = {bool: "bool_type", int: "int_type", float: "float_type"}


class Spec(Section):
    """A part of a training config: immutable, hashable, finite numbers only, unknown keys refused.

    Lists may be given for tuples and strings for paths, as YAML and JSON have them; but no string or truth
    value for a number, and nothing else for a truth value.
    """

    model_config = ConfigDict(strict=False, allow_inf_nan=False)

    @classmethod
    def _refusal(cls, key: str, value: object) -> InitErrorDetails | None:
        field = cls.model_fields.get(key)
        kinds = set(get_args(field.annotation) or (field.annotation,)) - {NoneType} if field else set()
        for kind, error_type in _ERROR_TYPES.items():
            if kinds == {kind} and _is_converted(value, kind):
                return InitErrorDetails(type=error_type, loc=(key,), input=value)
        return super()._refusal(key, value)


def _is_converted(value: object, kind: type) -> bool:
    """Whether pydantic would make a truth value or number of something that was written as another kind."""
    if kind is bool:
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    return isinstance(value, str | bool)


class MethodSpec(Spec):
    """The config of one method out of a family: a loss, a backbone, an optimizer, a dataset.

    ``name`` is a ``Literal`` that picks the method out of the family's union. What can be written down is a
    field; what exists only at run time is an argument of the method's ``build`` (a dataset's is called
    ``load``).
    """

    name: str


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean …?`` with the known word that is most like ``word``, or nothing if none is."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {matches[0]}?" if matches else ""


Mistake = tuple[str, str]
"""A dotted path below a mapping, and what is wrong with the key there."""


def refuse(mistakes: Iterable[Mistake]) -> None:
    """Raise, for a validator, all mistakes at once; nothing if there is none.

    Raises:
        ValidationError: an error at each path, whether the key is given or left out.
    """
    problems = [Problem(tuple(path.split(".")), message) for path, message in mistakes]
    if problems:
        raise validation_error("mistakes", problems)


def explain(error: ValidationError, data: Any) -> str:
    """Return one line for every mistake of ``data``: its dotted path, and what is wrong with it.

    Args:
        error: what validating ``data`` raised.
        data: the mapping as it was written, which tells a key of the path from the name of a union's member.
    """
    return str(ConfigProblems(problems_of(error, data)))
