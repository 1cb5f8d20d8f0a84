"""A YAML file a user wrote: its data, and where in the file each value stands."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path as FilePath
from typing import Any

from formats.messages import Path, format_value
from formats.problems import FormatError
from formats.yaml.reading import read_tree

LARGEST_BYTES = 2**20


@dataclass(frozen=True)
class YamlFile:
    """The mapping in a file and the place of each of its values."""

    path: str
    data: dict[str, Any]
    places: dict[Path, str]

    @classmethod
    def read(cls, path: str | PathLike[str]) -> "YamlFile":
        """The file's single mapping; that of the standard input if the path is `-`.

        Raises:
            FormatError: the file cannot be read, is empty, larger than `LARGEST_BYTES`, not UTF-8, not a
                mapping, or holds YAML that `read_tree` refuses.
        """
        name = str(path)
        tree = read_tree(_text(name), lambda line, column: f"{name}:{line}:{column}")
        if tree.data is None:
            raise FormatError(f"{name}:1:1: the file is empty; it needs a mapping of keys to values")
        if not isinstance(tree.data, dict):
            raise FormatError(
                f"{tree.places[()]}: expected a mapping of keys to values, got {format_value(tree.data)}"
            )
        return cls(name, tree.data, tree.places)

    def where(self, path: Path) -> str:
        """The place of the value, such as `x.yaml:14:3`, or of the nearest ancestor that the file has."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


def _text(name: str) -> str:
    try:
        with FilePath("/dev/stdin" if name == "-" else name).open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FormatError(f"{name}: cannot be read: {reason}") from error
    if len(content) > LARGEST_BYTES:
        raise FormatError(f"{name}: larger than {LARGEST_BYTES} bytes; a configuration is a few kilobytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise FormatError(f"{name}:{line}:{column}: not a text file in UTF-8") from error
