from pathlib import Path

import pytest

from trainers.errors import ConfigError
from trainers.yaml_file import read_mapping


def read(tmp_path: Path, text: str, *overrides: str) -> dict[str, object]:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    return read_mapping(path, overrides)


def test_overrides_are_yaml(tmp_path: Path) -> None:
    assert read(tmp_path, "a: {b: 1}", "a.c=[1, x]", "d.e=null", "a.b=2") == {
        "a": {"b": 2, "c": [1, "x"]},
        "d": {"e": None},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: {c: 1,\n c: 2}", r"x.yaml: line 3: key c stands here twice"),
        ("a: [1", r"x.yaml: is no YAML"),
        ("- 1", r"x.yaml: holds list, not a mapping"),
        ("", r"x.yaml: holds NoneType, not a mapping"),
        ("a: !!python/object:os.system {}", r"x.yaml: is no YAML"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.yaml: cannot be read"):
        read_mapping(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("a", "a: is no override"),
        ("=1", "=1: is no override"),
        ("a.b.c=1", "a.b.c=1: b holds 1, which has no keys"),
        ("a.b=[1", r"a.b=\[1: the value is no YAML"),
        ("a={b: 1, b: 2}", "key b stands here twice"),
    ],
)
def test_a_bad_override_is_named(tmp_path: Path, override: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, "a: {b: 1}", override)
