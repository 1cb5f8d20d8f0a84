"""Plain YAML words: numbers as YAML 1.2 reads them, and nothing that changes behind one's back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.yaml.scalars import Scalar, parse_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("NULL", None),
        ("None", "None"),
        ("nil", "nil"),
        ("true", True),
        ("FALSE", False),
        ("tRue", "tRue"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("y", "y"),
        ("0", 0),
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        ("0o17", 15),
        ("0xfF", 255),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("9223372036854775807", 2**63 - 1),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("1e-4", 1e-4),
        ("1e6", 1e6),
        ("1E+2", 100.0),
        ("1.", 1.0),
        (".5", 0.5),
        ("-.5e1", -5.0),
        ("1.0e-6", 1e-6),
        (".", "."),
        ("e5", "e5"),
        ("1.2.3", "1.2.3"),
        ("١٢", "١٢"),
        ("1 000", "1 000"),
        ("inf", "inf"),
        ("nan", "nan"),
        ("1e-999", 0.0),
    ],
)
def test_a_word_is_what_yaml_1_2_says(text: str, value: Scalar) -> None:
    parsed = parse_scalar(text)
    assert parsed == value
    assert type(parsed) is type(value)


@pytest.mark.parametrize("text", [".inf", "-.Inf", ".nan", ".NaN", "1e999", "-1e400", "9" * 400 + ".0"])
def test_numbers_that_are_not_finite_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a finite number"):
        parse_scalar(text)


@pytest.mark.parametrize("text", ["9223372036854775808", "-9223372036854775809", "0x" + "f" * 17, "1" * 5000])
def test_integers_beyond_64_bits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not fit 64 bits"):
        parse_scalar(text)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**63 - 1))
def test_what_python_prints_is_read_back(number: float) -> None:
    parsed = parse_scalar(repr(number))
    assert parsed == number
    assert type(parsed) is type(number)
