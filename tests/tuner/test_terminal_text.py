"""Hostile text: nothing of it reaches a terminal that the terminal would act on."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tuner.terminal_text import exception_line, one_line, printable

hostile = st.text(
    st.sampled_from("ab \n\r\t\x00\x07\x1b[]0;31mJ\\\x9b\x9c\u202e\u2028\ud800é👩\u200d🔬"), max_size=40
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, with ünïcode 👩‍🔬", "plain, with ünïcode 👩‍🔬"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x1b]0;title\x07shown", "shown"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1bcreset", "reset"),
        ("lone \x1b", r"lone \x1b"),
        ("a\x00b\x7f", r"a\x00b\x7f"),
        ("a\tb", "a b"),
        ("over\rwritten", r"over\rwritten"),
        ("\u202eright to left", r"\u202eright to left"),
        ("\ud800", r"\ud800"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_text_without_what_a_terminal_acts_on(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(st.text() | hostile)
@example("\x1b\x1b[31m[31m")  # what is left of one sequence must not make another
def test_any_text_is_safe(text: str) -> None:
    safe = printable(text)
    assert all(c.isprintable() or c in "\n\u200d" for c in safe)
    assert printable(safe) == safe
    line = one_line(text)
    assert line == line.strip() != ""
    assert all(c.isprintable() or c == "\u200d" for c in line)
    assert "\n" not in exception_line(ValueError(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb \x1b[31mred", "a"),
        ("\n\n  first\nsecond", "first"),
        ("over\rwritten", "over"),
        ("\x1b[31m\nred", "red"),
        ("", "no reason given"),
        (" \n", "no reason given"),
        ("first\n  Traceback is a word", "first"),
    ],
)
def test_the_first_line_of_a_reason(text: str, expected: str) -> None:
    assert one_line(text) == expected


def traceback_of(error: BaseException, cause: BaseException | None = None) -> str:
    try:
        raise error from cause
    except type(error):
        return traceback.format_exc()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RuntimeError("the loss broke"), "RuntimeError: the loss broke"),
        (RuntimeError("a\nb\n  c"), "RuntimeError: a"),
        (RuntimeError("\x00\x1b[2J"), r"RuntimeError: \x00"),
        (ValueError(), "ValueError"),
        (RuntimeError("a\nTraceback (most recent call last):\n"), "RuntimeError: a"),
        (ExceptionGroup("several\nlines", [ValueError("b")]), "ExceptionGroup: several"),
        (SyntaxError("bad", ("f.py", 1, 1, "def f(:")), "SyntaxError: bad"),
    ],
)
def test_the_exception_of_a_traceback(error: BaseException, expected: str) -> None:
    assert one_line(traceback_of(error)) == expected
    assert one_line(traceback_of(error, cause=KeyError("first\nsecond"))) == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError(), "ValueError"),
        (ValueError("a\n b"), "ValueError: a b"),
        (ValueError("\x1b[31mred\x00"), r"ValueError: red\x00"),
        (SystemExit(3), "SystemExit: 3"),
    ],
)
def test_an_exception_in_one_line(error: BaseException, expected: str) -> None:
    assert exception_line(error) == expected
