from typing import Any, Literal

import pytest
from pydantic import ValidationError

from trainers.specs import MethodSpec, Spec, explain, nearest


class Inner(MethodSpec):
    name: Literal["inner"] = "inner"
    margin: float = 1.0
    count: int | None = None
    flag: bool = False


class Outer(Spec):
    part: Inner
    parts: tuple[Inner, ...] = ()


def mistakes(data: Any) -> list[Any]:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(data)
    return list(caught.value.errors())


def test_every_method_survives_json(method_type: Any, minimal: Any) -> None:
    method = minimal(method_type)
    assert method_type.model_validate_json(method.model_dump_json()) == method


def test_every_method_is_hashable_and_frozen(method_type: Any, minimal: Any) -> None:
    method = minimal(method_type)
    assert hash(method) == hash(minimal(method_type))
    with pytest.raises(ValidationError, match="frozen"):
        method.name = "other"


def test_every_method_refuses_a_mistyped_key(method_type: Any, minimal: Any) -> None:
    name = by_last_field(method_type)
    data = minimal(method_type).model_dump() | {f"{name}x": 1}
    with pytest.raises(ValidationError, match=rf"{name}x\n  unknown key; did you mean {name}"):
        method_type.model_validate(data)


def test_every_method_says_what_it_is(method_type: Any) -> None:
    assert method_type.__doc__
    assert all(name in method_type.__doc__ for name in method_type.__annotations__ if name != "name")


def by_last_field(method: Any) -> str:
    return str(list(method.model_fields)[-1])


def test_unknown_keys_are_all_named_with_their_mapping() -> None:
    first, second = mistakes({"part": {"margn": 1, "zzz": 2}})
    assert (first["type"], first["loc"]) == ("unknown_key", ("part", "margn"))
    assert first["msg"] == "unknown key; did you mean margin? allowed: count, flag, margin, name"
    assert (second["loc"], second["msg"]) == (
        ("part", "zzz"),
        "unknown key; allowed: count, flag, margin, name",
    )


def test_a_key_that_is_no_word_is_unknown() -> None:
    assert mistakes({"part": {1: 2}})[0]["loc"] == ("part", "1")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ".inf", "one"])
def test_numbers_are_finite(value: Any) -> None:
    assert mistakes({"part": {"margin": value}})[0]["loc"] == ("part", "margin")


@pytest.mark.parametrize(
    ("part", "error_type"),
    [
        ({"margin": "1e-4"}, "float_type"),
        ({"margin": False}, "float_type"),
        ({"count": "4"}, "int_type"),
        ({"count": True}, "int_type"),
        ({"flag": "no"}, "bool_type"),
        ({"flag": 1}, "bool_type"),
    ],
)
def test_nothing_is_made_of_another_kind(part: dict[str, Any], error_type: str) -> None:
    (mistake,) = mistakes({"part": part})
    assert (mistake["type"], mistake["loc"]) == (error_type, ("part", *part))


def test_a_whole_number_may_be_written_as_a_float() -> None:
    assert Outer.model_validate({"part": {"margin": 1, "count": 4.0}}).part.count == 4


def test_explanation_has_one_line_a_mistake_with_its_path() -> None:
    data = {"part": {"margn": 1}, "parts": [{}, {"margin": "x"}]}
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(data)
    first, second = explain(caught.value, data).splitlines()
    assert first.startswith("part.margn: unknown key; did you mean margin?")
    assert second == 'parts.1.margin: "x": expected a number'


def test_nearest_stays_silent_when_nothing_is_near() -> None:
    assert nearest("margn", ["margin", "lr"]) == "; did you mean margin?"
    assert nearest("zzz", ["margin", "lr"]) == ""
