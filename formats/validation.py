"""Pydantic's errors as our problems: with the path into the data, and a message that says what is allowed."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from formats.messages import Path, did_you_mean, format_value
from formats.problems import Problem

_UNKNOWN_KEY = "unknown_key"
_EXPLAINED = "explained"
_PYDANTICS_OWN = frozenset(get_args(ErrorType))
_MESSAGES = {
    "value_error": "{error}",
    "missing": "is missing",
    "greater_than": "{value}: must be above {gt}",
    "greater_than_equal": "{value}: must be at least {ge}",
    "less_than": "{value}: must be below {lt}",
    "less_than_equal": "{value}: must be at most {le}",
    "finite_number": "{value}: expected a finite number",
    "string_too_short": "{value}: must have at least {min_length} character",
    "string_too_long": "{value}: must have at most {max_length} characters",
    "too_short": "has {actual_length} entries; at least {min_length} needed",
    "too_long": "has {actual_length} entries; at most {max_length} allowed",
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "{value}: expected a mapping"),
    **dict.fromkeys(("list_type", "tuple_type"), "{value}: expected a list"),
    **dict.fromkeys(
        ("int_type", "int_from_float", "int_parsing", "int_parsing_size"), "{value}: expected a whole number"
    ),
    **dict.fromkeys(("float_type", "float_parsing"), "{value}: expected a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "{value}: expected true or false"),
    "string_type": "{value}: expected a string",
    "path_type": "{value}: expected a path",
}
_HOLES_KEYS = frozenset({"low", "high", "choices", "options"})


class Section(BaseModel):
    """A frozen part of a configuration; values keep their types, and an unknown key gets the nearest one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="wrap")
    @classmethod
    def _explain(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        wrong: dict[str, InitErrorDetails] = {}
        if isinstance(data, Mapping):
            wrong = {str(key): error for key in data if (error := cls._refusal(key, data[key]))}
        try:
            section = handler(data)
        except ValidationError as error:
            others = [cls._explained(each) for each in error.errors() if not _begins_with(each, wrong)]
            raise ValidationError.from_exception_data(cls.__name__, [*others, *wrong.values()]) from None
        if wrong:
            raise ValidationError.from_exception_data(cls.__name__, list(wrong.values()))
        return section

    @classmethod
    def _refusal(cls, key: str, value: object) -> InitErrorDetails | None:
        """The error of a key or value that is refused before pydantic validates it, if it is."""
        if key in cls.model_fields:
            return None
        kind = _custom(_UNKNOWN_KEY, cls._unknown_key(str(key)))
        return InitErrorDetails(type=kind, loc=(str(key),), input=value)

    @classmethod
    def _unknown_key(cls, key: str) -> str:
        """The message about a key that this section does not have; a subclass may know more about one."""
        return f"unknown key; {did_you_mean(key, cls.model_fields)}"

    @classmethod
    def _explained(cls, error: ErrorDetails) -> InitErrorDetails:
        """The same error, to raise again; that of a mapping without a name lists the names it may have."""
        kind: str | PydanticCustomError = error["type"]
        context = error.get("ctx", {})
        if kind == "union_tag_not_found" and len(error["loc"]) == 1:
            names = ", ".join(sorted(_names(cls.model_fields[str(error["loc"][0])].annotation)))
            kind = _custom(_EXPLAINED, f"has no name, which says what kind it is; allowed: {names}")
        elif kind not in _PYDANTICS_OWN:
            kind = _custom(error["type"], error["msg"])
        return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)


def problems_of(error: ValidationError, data: Any) -> list[Problem]:
    """One problem for each of pydantic's errors, with the path into `data` and the value at fault.

    The tags that pydantic puts into the path of a discriminated union are left out.
    """
    return [_problem(each, data) for each in error.errors()]


def validation_error(title: str, problems: Iterable[Problem]) -> ValidationError:
    """The problems as the error that a pydantic validator raises; `problems_of` gives them back."""
    lines = [
        InitErrorDetails(type=_custom(_EXPLAINED, each.message), loc=each.path, input=None)
        for each in problems
    ]
    return ValidationError.from_exception_data(title, lines)


def _names(union: Any) -> list[str]:
    """The name of every section in a union."""
    if isinstance(union, type) and issubclass(union, BaseModel):
        return list(get_args(union.model_fields["name"].annotation))
    return [name for member in get_args(union) for name in _names(member)]


def _begins_with(error: ErrorDetails, keys: Collection[str]) -> bool:
    return bool(error["loc"]) and str(error["loc"][0]) in keys


def _custom(kind: str, message: str) -> PydanticCustomError:
    return PydanticCustomError(kind, "{message}", {"message": message})  # braces in a message stay


def _problem(error: ErrorDetails, data: Any) -> Problem:
    path = _path(error, data)
    if error["type"] == "union_tag_invalid":
        path = (*path, _discriminator(error))
    return Problem(path, _message(error), of_key=error["type"] == _UNKNOWN_KEY)


def _message(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "union_tag_invalid":
        return _unknown_word(error["input"][_discriminator(error)], context["expected_tags"])
    if kind == "literal_error":
        return _unknown_word(error["input"], context["expected"])
    template = _MESSAGES.get(kind, "{value}: {text}" if kind in _PYDANTICS_OWN else "{text}")
    bounds = {key: f"{bound:.15g}" for key, bound in context.items() if isinstance(bound, float)}
    value = format_value(error["input"])
    text = template.format_map({**context, **bounds, "value": value, "text": error["msg"]})
    return f"{text}{_hint_on_holes(error['input'])}" if "expected" in template else text


def _hint_on_holes(value: object) -> str:
    """What to add to the message that something else is expected than a mapping which looks like a hole."""
    if isinstance(value, Mapping) and "search" in value:
        return "; only a study's train can have holes"
    if isinstance(value, Mapping) and not _HOLES_KEYS.isdisjoint(value):
        return "; a hole needs search: float, int, categorical or one_of"
    return ""


def _discriminator(error: ErrorDetails) -> str:
    return str(error["ctx"]["discriminator"]).strip("'")


def _unknown_word(word: object, allowed: str) -> str:
    words = re.findall(r"[^', ]+", allowed.replace(" or ", ", "))
    return f"{format_value(word)} is unknown; {did_you_mean(word, words)}"


def _path(error: ErrorDetails, data: Any) -> Path:
    """The steps of pydantic's location that lead somewhere in the data; a missing key may end it."""
    path: Path = ()
    missing: Path = ()
    for step in error["loc"]:
        is_key = isinstance(data, Mapping) and step in data
        is_index = isinstance(data, list | tuple) and step in range(len(data))
        if is_key or is_index:
            path, data, missing = (*path, step), data[step], ()
        else:
            missing = (step,)
    return (*path, *missing) if error["type"] in ("missing", _UNKNOWN_KEY, _EXPLAINED) else path
