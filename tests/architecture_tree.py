"""The tree of ARCHITECTURE.md, from the first lines of files: `python -m tests.architecture_tree`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILE = ROOT / "ARCHITECTURE.md"
PACKAGES = ("tuner", "trainers", "formats", "benchmarks")
_TREE = re.compile(r"(?<=<!-- tree -->\n\n```text\n).*?(?=```\n\n<!-- /tree -->)", re.DOTALL)
_INDENT, _COLUMN = 2, 34


def tree() -> str:
    """The packages with their folders and files, each with the first line of its docstring."""
    return "\n".join("".join(_lines(ROOT / name, 0)) for name in PACKAGES)


def written_tree() -> str:
    """The tree as ARCHITECTURE.md has it."""
    (found,) = _TREE.findall(FILE.read_text())
    return str(found)


def main() -> None:
    """Put the tree between its two markers in ARCHITECTURE.md."""
    FILE.write_text(_TREE.sub(lambda _: tree(), FILE.read_text()))


def _lines(folder: Path, depth: int) -> Iterator[str]:
    yield _line(f"{folder.name}/", folder / "__init__.py", depth)
    for file in sorted(folder.glob("*.py")):
        if file.name != "__init__.py":
            yield _line(file.name, file, depth + 1)
    for below in sorted(folder.iterdir()):
        if (below / "__init__.py").exists():
            yield from _lines(below, depth + 1)


def _line(name: str, file: Path, depth: int) -> str:
    docstring = ast.get_docstring(ast.parse(file.read_text())) or ""
    first = docstring.partition("\n")[0].replace("``", "`")
    return f"{' ' * _INDENT * depth + name:{_COLUMN}} {first}\n"


if __name__ == "__main__":
    main()
