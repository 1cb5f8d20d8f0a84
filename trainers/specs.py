"""What every config is: frozen, and strict about the keys it is given."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError
from pydantic_core.core_schema import ErrorType

_OF_PYDANTIC = frozenset(get_args(ErrorType))


class Spec(BaseModel):
    """A part of a training config: immutable, hashable, finite numbers only, unknown keys refused.

    An unknown key is an error of type ``unknown_key`` at the location of the mapping that holds it; its
    context has the ``key`` itself. All mistakes are reported at once. Numbers may be written as strings,
    because YAML reads ``1e-4`` as one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _refuse(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        errors: list[InitErrorDetails] = []
        if isinstance(data, Mapping):
            errors = [error for key, value in data.items() for error in cls._mistakes(key, value)]
            data = {key: value for key, value in data.items() if key in cls.model_fields}
        reported = {error["loc"][:1] for error in errors if "loc" in error}
        try:
            spec = handler(data)
        except ValidationError as error:
            errors += [cls._reraised(each) for each in error.errors() if each["loc"][:1] not in reported]
            raise ValidationError.from_exception_data(cls.__name__, errors) from None
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        return spec

    @classmethod
    def _mistakes(cls, key: Any, value: Any) -> Iterator[InitErrorDetails]:
        if key not in cls.model_fields:
            yield InitErrorDetails(type=cls._unknown(str(key)), input=value)
        elif isinstance(value, bool) and cls.model_fields[key].annotation is not bool:
            # YAML reads `yes` as true, and pydantic would read true as the number 1.
            error = PydanticCustomError(
                "truth_value",
                "{value} is a truth value, which does not go here",
                {"value": str(value).lower()},
            )
            yield InitErrorDetails(type=error, loc=(key,), input=value)

    @classmethod
    def _reraised(cls, error: ErrorDetails) -> InitErrorDetails:
        """Return the same error, to raise again; one about a missing name gets the names there are."""
        kind: str | PydanticCustomError = error["type"]
        context = error.get("ctx", {})
        if kind == "union_tag_not_found" and len(error["loc"]) == 1:
            names = ", ".join(_names(cls.model_fields[str(error["loc"][0])].annotation))
            kind = _mistake(f"has no name, which says what kind it is; allowed: {names}")
        elif kind not in _OF_PYDANTIC:
            kind = PydanticCustomError(error["type"], "{text}", {**context, "text": error["msg"]})
        return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"], ctx=context)

    @classmethod
    def _unknown(cls, key: str) -> PydanticCustomError:
        context = {
            "key": key,
            "owner": cls._owner(),
            "hint": nearest(key, cls.model_fields),
            "allowed": ", ".join(cls.model_fields),
        }
        return PydanticCustomError(
            "unknown_key", "unknown key {key} of {owner}{hint}; allowed: {allowed}", context
        )

    @classmethod
    def _owner(cls) -> str:
        name = cls.model_fields.get("name")
        return str(name.default) if name else cls.__name__


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
        ValidationError: an error of type ``mistake`` at each path, whether the key is given or left out.
    """
    errors = [
        InitErrorDetails(type=_mistake(text), loc=tuple(path.split(".")), input=None)
        for path, text in mistakes
    ]
    if errors:
        raise ValidationError.from_exception_data("mistakes", errors)


def _mistake(text: str) -> PydanticCustomError:
    return PydanticCustomError("mistake", "{text}", {"text": text})


def _names(union: Any) -> list[str]:
    """Return the name of every method in a union."""
    if isinstance(union, type) and issubclass(union, MethodSpec):
        return [str(union.model_fields["name"].default)]
    return [name for member in get_args(union) for name in _names(member)]


def explain(error: ValidationError, data: Any) -> str:
    """Return one line for every mistake of ``data``: its dotted path, and what is wrong with it.

    Args:
        error: what validating ``data`` raised.
        data: the mapping as it was written, which tells a key of the path from the name of a union's member.
    """
    mistakes = ((details["loc"], details["msg"].removeprefix("Value error, ")) for details in error.errors())
    return "\n".join(_line(location, message, data) for location, message in mistakes)


def _line(location: tuple[int | str, ...], message: str, data: Any) -> str:
    path = ""
    for part in location:
        if isinstance(data, Mapping) and part not in data and data.get("name") == part:
            continue  # pydantic puts the name of the chosen method into the path; the file has no such key
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
        data = data[part] if _holds(data, part) else None
    return f"{path.lstrip('.')}: {message}" if path else message


def _holds(data: Any, part: int | str) -> bool:
    if isinstance(data, Mapping):
        return part in data
    return isinstance(data, list | tuple) and isinstance(part, int) and part < len(data)
