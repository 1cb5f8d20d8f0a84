"""The rules of ARCHITECTURE.md that an import or a name can break."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("formats", "trainers", "tuner")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MEANINGLESS = {"utils", "util", "common", "helpers", "base", "manager", "factory", "misc"}
MAX_FILE_LINES, MAX_FUNCTION_LINES, MAX_FOLDER_FILES = 250, 40, 14

# What a package may not import, and the files and folders in it that may.
FORBIDDEN = [
    ("formats", {"tuner", "trainers", "torch", "ray", "optuna", "sqlalchemy"}, set()),
    ("trainers", {"tuner", "ray", "optuna", "sqlalchemy"}, set()),
    ("tuner", {"torch", "torchvision", "sklearn"}, set()),
    ("tuner", {"trainers"}, {"tuner/run/trainable.py"}),
    ("tuner", {"ray"}, {"tuner/run/on_ray"}),
    ("tuner", {"optuna"}, {"tuner/study", "tuner/store"}),
    ("tuner", {"sqlalchemy"}, {"tuner/store"}),
    ("tuner/config", {"tuner.study", "tuner.store", "tuner.run", "tuner.results"}, set()),
    ("tuner/study", {"tuner.store", "tuner.run", "tuner.results"}, set()),
    ("tuner/store", {"tuner.run", "tuner.results"}, set()),
    ("tuner/run", {"tuner.results"}, set()),
    ("tuner/results", {"tuner.run"}, set()),
]


def imports_of(path: Path) -> Iterator[str]:
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_below(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@pytest.mark.parametrize(("package", "forbidden", "exceptions"), FORBIDDEN)
def test_imports_go_one_way(package: str, forbidden: set[str], exceptions: set[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in MODULES
        if path.is_relative_to(ROOT / package)
        and not any(path.is_relative_to(ROOT / name) for name in exceptions)
        for module in imports_of(path)
        if any(is_below(module, name) for name in forbidden)
    ]
    assert not found


def test_every_package_is_installed_copied_into_the_image_and_sent_to_workers() -> None:
    from tuner.run import trainable
    from tuner.run.custom.trainable import CustomTrainable

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    assert sorted(project["setuptools"]["packages"]["find"]["include"]) == [f"{name}*" for name in PACKAGES]
    assert set(project["mypy"]["packages"]) >= set(PACKAGES)
    copied, allowed = (ROOT / "docker" / "Dockerfile").read_text(), (ROOT / ".dockerignore").read_text()
    for name in PACKAGES:
        assert f"COPY {name} /src/{name}\n" in copied
        assert f"!{name}\n" in allowed
    assert {path.name for path in trainable.packages} == set(PACKAGES)
    assert {path.name for path in CustomTrainable.named("tests.tuner.own:Own").packages} >= set(PACKAGES)


def test_exceptions_are_needed() -> None:
    for _, forbidden, exceptions in FORBIDDEN:
        for exception in exceptions:
            modules = [
                module
                for path in MODULES
                if path.is_relative_to(ROOT / exception)
                for module in imports_of(path)
            ]
            assert any(is_below(module, name) for module in modules for name in forbidden), exception


def test_no_import_cycles() -> None:
    graph = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): set(
            imports_of(path)
        )
        for path in MODULES
    }
    # An import of a name is one of the module that defines it, or of a module of that name.
    edges = {
        name: {other for module in modules for other in (module, module.rpartition(".")[0]) if other in graph}
        for name, modules in graph.items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            for other in edges[name] - {name}:
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_small_and_named_by_nouns(path: Path) -> None:
    text = path.read_text()
    assert path.stem not in MEANINGLESS
    assert len(text.splitlines()) <= MAX_FILE_LINES
    assert ast.get_docstring(ast.parse(text)), "the first line says what the file is for"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            documented = len((ast.get_docstring(node, clean=False) or "").splitlines())
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 - documented <= MAX_FUNCTION_LINES, node.name


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in MODULES}), ids=lambda folder: str(folder.relative_to(ROOT))
)
def test_folders_are_rooms_and_not_lists(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= MAX_FOLDER_FILES
