"""Between pydantic's errors and our problems: paths into the data, and messages that say what is allowed."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

from tuner.config.problems import Path, Problem, did_you_mean, shown

_EXPLAINED = "explained"
_PYDANTICS_OWN = frozenset(get_args(ErrorType))
_MESSAGES = {
    "value_error": "{error}",
    "missing": "is missing",
    "extra_forbidden": "unknown key",
    "union_tag_not_found": "has no {discriminator} that says which kind it is",
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "{value}: expected a mapping"),
    **dict.fromkeys(("list_type", "tuple_type"), "{value}: expected a list"),
    **dict.fromkeys(("int_type", "int_from_float"), "{value}: expected a whole number"),
    "float_type": "{value}: expected a number",
    "bool_type": "{value}: expected true or false",
    "string_type": "{value}: expected a string",
}


class Section(BaseModel):
    """A frozen part of a configuration; values keep their types, and an unknown key names the nearest one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="wrap")
    @classmethod
    def _explain_unknown_keys(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            lines = [_explained(each, list(cls.model_fields)) for each in error.errors()]
            raise ValidationError.from_exception_data(cls.__name__, lines) from None


def problems_of(error: ValidationError, data: Any) -> list[Problem]:
    """One problem for each of pydantic's errors, with the path into `data` and the value at fault.

    The tags that pydantic puts into the path of a discriminated union are left out. A custom error of type
    `unknown_key` is about the `key` of its context, in the mapping it was raised for.
    """
    return [_problem(each, data) for each in error.errors()]


def validation_error(title: str, problems: Iterable[Problem]) -> ValidationError:
    """The problems as the error that a pydantic validator raises; `problems_of` gives them back."""
    lines = [
        InitErrorDetails(type=_explanation(each.message), loc=each.path, input=None) for each in problems
    ]
    return ValidationError.from_exception_data(title, lines)


def _explained(error: ErrorDetails, fields: list[str]) -> InitErrorDetails:
    """The same error, to raise again; one for an unknown key of this section gets the keys it may have."""
    kind: str | PydanticCustomError = error["type"]
    context = error.get("ctx", {})
    if kind == "extra_forbidden" and len(error["loc"]) == 1:
        kind = _explanation(f"unknown key; {did_you_mean(error['loc'][0], fields)}")
    elif kind not in _PYDANTICS_OWN:
        kind = PydanticCustomError(error["type"], "{text}", {**context, "text": error["msg"]})
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)


def _explanation(message: str) -> PydanticCustomError:
    return PydanticCustomError(_EXPLAINED, "{why}", {"why": message})


def _problem(error: ErrorDetails, data: Any) -> Problem:
    path = _path(error, data)
    if error["type"] == "unknown_key":
        path = (*path, error["ctx"]["key"])
    if error["type"] == "union_tag_invalid":
        path = (*path, _discriminator(error))
    return Problem(path, _message(error), of_key=error["type"] == "unknown_key")


def _message(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "union_tag_invalid":
        return _unknown(error["input"][_discriminator(error)], context["expected_tags"])
    if kind == "literal_error":
        return _unknown(error["input"], context["expected"])
    form = _MESSAGES.get(kind, "{value}: {text}" if kind in _PYDANTICS_OWN else "{text}")
    return form.format_map({**context, "value": shown(error["input"]), "text": error["msg"]})


def _discriminator(error: ErrorDetails) -> str:
    return str(error["ctx"]["discriminator"]).strip("'")


def _unknown(name: object, allowed: str) -> str:
    names = re.findall(r"'([^']*)'", allowed)
    return f"{shown(name)} is unknown; {did_you_mean(name, names)}"


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
    return (*path, *missing) if error["type"] in ("missing", _EXPLAINED) else path
