"""What a release says of itself: its dependencies, licence, version and changes."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
PINNED = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().split() if "==" in line)
DEPENDENCY = re.compile(r'^(?:\w+ = \[)?\s*"(?P<name>[\w-]+)[^"]*",?\]?\s+# (?P<comment>.*)$', re.MULTILINE)
BY_WAY_OF = re.compile(r'by way of "(.+)"')
COMMENTS = [
    (match["name"], match["comment"])
    for match in DEPENDENCY.finditer(PYPROJECT.partition("[project.scripts]")[0])
]
NOT_IMPORTED = {"docker/Dockerfile"}


@cache
def names_of(distribution: str) -> set[str]:
    """The names by which what a distribution brings is imported."""
    wanted = distribution.lower().replace("_", "-")
    return {
        name
        for name, distributions in packages_distributions().items()
        if wanted in {each.lower().replace("_", "-") for each in distributions}
    }


def imported_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def requirements() -> list[str]:
    extras = PROJECT["optional-dependencies"].values()
    return [*PROJECT["dependencies"], *(each for extra in extras for each in extra)]


def test_every_dependency_names_its_files() -> None:
    tools = {"pytest-timeout", "pytest-xdist", "ruff", "mypy", "types-PyYAML", "pre-commit", "metric-tuner"}
    named = {re.match(r"[\w-]+", each)[0] for each in requirements()}  # type: ignore[index]
    assert named - tools == {name for name, _ in COMMENTS}


@pytest.mark.parametrize(("name", "comment"), COMMENTS, ids=[f"{name}: {said}" for name, said in COMMENTS])
def test_files_import_what_they_are_named_for(name: str, comment: str) -> None:
    files = re.findall(r"[\w/]+\.py|docker/\w+", comment)
    assert files
    way = BY_WAY_OF.search(comment)
    for file in files:
        text = (ROOT / file).read_text()
        if file in NOT_IMPORTED:
            continue
        if way:
            assert way[1] in text, file
        else:  # a name as a word is imported, or looked for, by a function
            names = names_of(name)
            assert names & set(imported_by(ROOT / file)) or any(f'"{each}"' in text for each in names), file


def test_no_dependency_stands_twice() -> None:
    for group in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        names = [re.match(r"[\w-]+", each)[0] for each in group]  # type: ignore[index]
        assert len(names) == len(set(names))
    lines = (ROOT / "constraints.txt").read_text().split("\n")
    assert len(lines) == len(set(lines))


def test_tested_versions_lie_within_the_bounds() -> None:
    from packaging.requirements import Requirement

    for requirement in map(Requirement, requirements()):
        if requirement.name in PINNED:
            assert requirement.specifier.contains(PINNED[requirement.name]), str(requirement)


def test_the_version_is_one_and_has_its_changes() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## \[{re.escape(PROJECT['version'])}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE)
    assert "## [Unreleased]" in changes
    assert f"version: {PROJECT['version']}\n" in (ROOT / "CITATION.cff").read_text()


@pytest.mark.parametrize("program", ["tuner", "trainers"])
def test_a_program_prints_the_version(program: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", program, "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout == f"metric-tuner {PROJECT['version']}\n"


@pytest.mark.parametrize("package", ["tuner", "trainers"])
def test_a_package_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()


def test_the_workflow_calls_the_check_on_every_supported_python() -> None:
    import yaml

    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    (job,) = workflow["jobs"].values()
    supported = [each.rpartition(" ")[2] for each in PROJECT["classifiers"] if "Python :: 3." in each]
    assert job["strategy"]["matrix"]["python"] == supported
    assert job["steps"][-1]["run"] == ".ci/run"
