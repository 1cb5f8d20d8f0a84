from typing import Any, Literal

import pytest
from pydantic import ValidationError

from trainers.specs import MethodSpec, Spec, explain, nearest


class Inner(MethodSpec):
    name: Literal["inner"] = "inner"
    margin: float = 1.0
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
    with pytest.raises(ValidationError, match=f"unknown key {name}x of .*did you mean {name}"):
        method_type.model_validate(data)


def test_every_method_says_what_it_is(method_type: Any) -> None:
    assert method_type.__doc__
    assert all(name in method_type.__doc__ for name in method_type.__annotations__ if name != "name")


def by_last_field(method: Any) -> str:
    return str(list(method.model_fields)[-1])


def test_unknown_keys_are_all_named_with_their_mapping() -> None:
    first, second = mistakes({"part": {"margn": 1, "zzz": 2}})
    assert (first["type"], first["loc"], first["ctx"]["key"]) == ("unknown_key", ("part",), "margn")
    assert first["msg"] == "unknown key margn of inner; did you mean margin?; allowed: name, margin, flag"
    assert second["msg"] == "unknown key zzz of inner; allowed: name, margin, flag"


def test_a_key_that_is_no_word_is_unknown() -> None:
    assert mistakes({"part": {1: 2}})[0]["ctx"]["key"] == "1"


def test_a_truth_value_is_no_number() -> None:
    assert mistakes({"part": {"margin": True}})[0]["loc"] == ("part", "margin")
    assert Outer.model_validate({"part": {"flag": True}}).part.flag


@pytest.mark.parametrize("value", [float("nan"), float("inf"), ".inf", "one"])
def test_numbers_are_finite(value: Any) -> None:
    assert mistakes({"part": {"margin": value}})[0]["loc"] == ("part", "margin")


def test_numbers_may_be_strings_because_yaml_reads_them_so() -> None:
    assert Outer.model_validate({"part": {"margin": "1e-4"}}).part.margin == 1e-4


def test_explanation_has_one_line_a_mistake_with_its_path() -> None:
    data = {"part": {"margn": 1}, "parts": [{}, {"margin": "x"}]}
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate(data)
    first, second = explain(caught.value, data).splitlines()
    assert first.startswith("part: unknown key margn of inner; did you mean margin?")
    assert second.startswith("parts[1].margin: ")


def test_nearest_stays_silent_when_nothing_is_near() -> None:
    assert nearest("margn", ["margin", "lr"]) == "; did you mean margin?"
    assert nearest("zzz", ["margin", "lr"]) == ""
