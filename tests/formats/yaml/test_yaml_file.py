"""The YAML loader: everything surprising is refused, with the place where it stands."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.problems import FormatError
from formats.yaml.file import LARGEST_BYTES, YamlFile
from formats.yaml.reading import DEEPEST, read_tree


def write(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "x.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_file_is_plain_data(tmp_path: Path) -> None:
    text = """
    # a comment
    lr: 1e-3
    on: off
    'quoted': "1e-3"
    list: [1, {a: ~}, 'x']
    empty:
    block: |
      two
      lines
    """
    assert YamlFile.read(write(tmp_path, text)).data == {
        "lr": 0.001,
        "on": "off",
        "quoted": "1e-3",
        "list": [1, {"a": None}, "x"],
        "empty": None,
        "block": "two\nlines\n",
    }


@pytest.mark.parametrize("text", ["---\na: 1\n...\n", "\ufeffa: 1\n", "a: 1\r\n", "{a: 1}"])
def test_marks_that_mean_nothing_are_allowed(tmp_path: Path, text: str) -> None:
    assert YamlFile.read(write(tmp_path, text)).data == {"a": 1}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n",
            "5:3",
            r'key "c" is given twice; the first is at .*x\.yaml:3:3',
        ),
        ("{a: 1, 'a': 2}", "1:8", 'key "a" is given twice'),
        ("a: 1\n1: 2\n", "2:1", 'key 1 is not a string; write "1" in quotes'),
        ("true: 1\n", "1:1", 'key true is not a string; write "true" in quotes'),
        ("a:\n  ~: 1\n", "2:3", "key null is not a string"),
        ("? [a]\n: 1\n", "1:3", "a key must be a string, not a mapping"),
        ("{{a: 1}: 2}\n", "1:2", "a key must be a string, not a mapping"),
        ("a: &x 1\n", "1:4", "anchors .* are not allowed"),
        ("a: &x {b: 1}\n", "1:4", "anchors .* are not allowed"),
        ("&x a: 1\n", "1:1", "anchors .* are not allowed"),
        ("b: 1\na: *x\n", "2:4", "aliases .* are not allowed"),
        ("<<: {a: 1}\n", "1:1", "merge keys .* are not allowed"),
        ("a: !!float 1\n", "1:4", "the tag .*float.* is not allowed"),
        ("a: !!python/object/apply:os.system [ls]\n", "1:4", "the tag .* is not allowed"),
        ("a: ! x\n", "1:4", "the tag .* is not allowed"),
        ("a: !include b.yaml\n", "1:4", "the tag .*include.* is not allowed"),
        ("a: 1\n---\nb: 2\n", "2:1", "a second document begins here"),
        ("%YAML 1.1\n---\na: 1\n", "1:1", "directives .* are not allowed"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", "1:1", "directives .* are not allowed"),
        ("", "1:1", "the file is empty"),
        ("# nothing\n", "1:1", "the file is empty"),
        ("---\n", "1:1", "the file is empty"),
        ("\n- 1\n", "2:1", "expected a mapping of keys to values, got a list"),
        ("hello\n", "1:1", 'expected a mapping of keys to values, got "hello"'),
        ("a:\n  - .inf\n", "2:5", r"\.inf is not a finite number"),
        ("a: 1e999\n", "1:4", "1e999 is not a finite number"),
        ("a: 99999999999999999999\n", "1:4", "does not fit 64 bits"),
        ("a: 1\n\tb: 2\n", "2:1", "not valid YAML: a tab stands here; indent with spaces"),
        (
            "a: [1,\n  2\n",
            "1:4",
            r"not valid YAML: the \[ is not closed, or a comma is missing .*:3:1",
        ),
        ("a: 'x\n", "1:4", "not valid YAML: the quote is not closed"),
        ("a: b: c\n", "1:5", "not valid YAML: a colon does not fit here"),
        ("a: 1\n b: 2\n", "2:3", "not valid YAML: a colon does not fit here"),
        ("a: @b\n", "1:4", "not valid YAML: .*'@'"),
        ("a: 1\nb: \x07\n", "2:4", r'unprintable character "\\u0007"'),
        ('a: "\\0"\n', "1:4", "holds a character that cannot be stored"),
        ('a: "\\uD800"\n', "1:4", "holds a character that cannot be stored"),
        ('a: "\\UFFFFFFFF"\n', "1:7", "not valid YAML: an escape that names no character"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", f"1:{4 + DEEPEST}", "nested more than 50 levels deep"),
        ("a: " + "{a: " * 100_000, f"1:{4 + 4 * DEEPEST}", "nested more than 50 levels deep"),
    ],
)
def test_surprises_are_refused_with_their_place(tmp_path: Path, text: str, place: str, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(FormatError, match=message) as caught:
        YamlFile.read(path)
    assert str(caught.value).startswith(f"{path}:{place}: ")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\nb: \xff\xfe\n", r"x\.yaml:2:4: not a text file in UTF-8"),
        ("a: 1\n".encode("utf-16"), r"x\.yaml:1:1: not a text file in UTF-8"),
        ("a: 1\n".encode("utf-16-le"), r"x\.yaml:1:2: unprintable character"),
        (b"\x89PNG\r\n\x1a\n\0\0", r"x\.yaml:1:1: not a text file in UTF-8"),
        (b"#" * (LARGEST_BYTES + 1), r"x\.yaml: larger than 1048576 bytes"),
    ],
)
def test_files_that_are_no_text_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        YamlFile.read(write(tmp_path, content))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nowhere.yaml", "No such file"), (".", "directory"), ("a\0b", "null byte"), ("x" * 300, "too long")],
)
def test_files_that_cannot_be_read_are_refused_in_one_line(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(FormatError, match=f"cannot be read: .*{reason}") as caught:
        YamlFile.read(f"{tmp_path}/{name}")
    assert len(str(caught.value).splitlines()) == 1


def test_the_largest_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formats.yaml.file.LARGEST_BYTES", 4)
    assert YamlFile.read(write(tmp_path, "a: 1")).data == {"a": 1}
    with pytest.raises(FormatError, match="larger than 4 bytes"):
        YamlFile.read(write(tmp_path, "a: 12"))


def test_an_endless_file_is_not_read_to_its_end() -> None:
    with pytest.raises(FormatError, match="/dev/zero: larger than"):
        YamlFile.read("/dev/zero")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), "2:1"),
        (("a",), "2:1"),
        (("b", "c", 0), "4:7"),
        (("b", "c", 1), "4:10"),
        (("b", "c", 1, "d"), "4:11"),
        (("b", "e"), "5:3"),
        (("b", "missing", "deeper"), "3:1"),
        (("missing",), "2:1"),
        (("b", "c", 7), "4:3"),
    ],
)
def test_every_value_has_a_place(tmp_path: Path, path: tuple[str | int, ...], place: str) -> None:
    file = write(tmp_path, "\na: 1\nb:\n  c: [1, {d: 2}]\n  e:\n    - 3\n")
    assert YamlFile.read(file).where(path) == f"{file}:{place}"


yaml_like = st.text(st.sampled_from("ab1.e-:,[]{}#&*!|>'\"%@`?<~ \n\t\\xU0\u2028\ud83d\x00é"), max_size=60)


def outcome(read: Callable[[], Any]) -> Any:
    """What was read, or the refusal; any other exception fails the test."""
    try:
        return read()
    except FormatError as error:
        return error


@given(st.text(max_size=60) | yaml_like)
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    read = outcome(lambda: read_tree(text, lambda line, column: f"at {line}:{column}"))
    if isinstance(read, FormatError):
        for line in str(read).splitlines():
            assert re.match(r"at \d+:\d+: ", line)
            assert line.isprintable()
    else:
        assert all(re.fullmatch(r"at \d+:\d+", place) for place in read.places.values())


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = write(tmp_path_factory.getbasetemp(), content)
    read = outcome(lambda: YamlFile.read(path))
    assert isinstance(read, YamlFile) or re.match(rf"{path}:\d+:\d+: ", str(read))
