"""What a study may be called, and its files."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tuner.config.name import StudyName, slug_of

names = TypeAdapter[str](StudyName)


@pytest.mark.parametrize("name", ["a", "a/b", "a b", "Größe 🚀", "👩‍🔬", "..", "x" * 200, "日本"])
def test_names_people_use_are_allowed(name: str) -> None:
    assert names.validate_python(name) == name


@pytest.mark.parametrize(
    "name", ["", " a", "a ", "\u3000a", "a\tb", "a\0b", "a\u202eb", "a\ud800", "a\u2028b", "x" * 201]
)
def test_names_that_confuse_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        names.validate_python(name)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("dr-triplet-digits", "dr-triplet-digits"),
        ("v1.0_x", "v1.0_x"),
        ("x" * 60, "x" * 60),
    ],
)
def test_safe_names_are_their_own_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Digits", "digits-"),
        ("a/b c", "a-b-c-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("..", "study-"),
        (".hidden", "hidden-"),
        ("-rf", "rf-"),
        ("🚀", "study-"),
        ("x" * 61, "x" * 60 + "-"),
        ("x." * 40, "x." * 29 + "x-"),
    ],
)
def test_other_names_get_a_hash(name: str, start: str) -> None:
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{8}", slug_of(name))


@given(st.text(min_size=1).filter(lambda name: name.isprintable()))
def test_a_slug_is_a_safe_file_name(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9_][a-z0-9._-]{0,68}", slug_of(name))


@given(st.lists(st.text("aAbB-/. ", min_size=1, max_size=4), unique=True))
def test_different_studies_have_different_slugs(studies: list[str]) -> None:
    assert len({slug_of(study) for study in studies}) == len(studies)
