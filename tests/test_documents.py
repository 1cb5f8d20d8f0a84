"""The documents say what is true: links, commands, the methods that there are, the tree of the packages."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import typer

from tests.architecture_tree import tree, written_tree
from trainers.backbones import Backbone
from trainers.data.augmentation import Augmentation
from trainers.data.batch_samplers import BatchSampler
from trainers.data.datasets import Dataset
from trainers.losses import Loss
from trainers.losses.miners import Miner
from trainers.training.optimizers import Optimizer
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.decoders import Decoder
from tuner.cli import app
from tuner.config.sampler_rules import SamplerName
from tuner.config.sections import EarlyStopping

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
)
README_WORDS = 1_100

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FILE = re.compile(r"`((?:tuner|trainers|formats|tests|benchmarks|docs|docker|search_spaces)/[\w/.-]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_COMMAND = re.compile(r"(?:^|&& |\.venv/bin/)(?:python -m tuner|tuner)((?: .*)?)$")


def prose(document: Path) -> str:
    """The text of a document without its blocks of code."""
    return _BLOCK.sub("", document.read_text())


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    titles = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in _HEADING.findall(prose(document))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def is_there(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [link for link in _LINK.findall(prose(document)) if "://" not in link]
    assert [link for link in links if not is_there(document, link)] == []


def commands() -> Iterator[tuple[str, str]]:
    """Each command of `tuner` in a shell block, with the document it stands in."""
    for document in DOCUMENTS:
        for language, block in _BLOCK.findall(document.read_text()):
            for line in block.splitlines() if language == "sh" else ():
                match = _COMMAND.search(line)
                if match:
                    yield str(document.relative_to(ROOT)), match[1].strip()


@pytest.mark.parametrize(("document", "words"), list(commands()))
def test_every_command_is_understood(document: str, words: str) -> None:
    verbs: Any = typer.main.get_command(app)
    verb, *arguments = shlex.split(words, comments=True)
    parsed: click.Context = verbs.commands[verb].make_context(verb, arguments, resilient_parsing=False)
    for argument in arguments:
        if argument.endswith((".yaml", ".yml")) and argument.startswith("search_spaces/"):
            assert (ROOT / argument).is_file(), f"{document}: {argument}"
    parsed.close()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(document: Path) -> None:
    named = _FILE.findall(prose(document))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_there_are_commands() -> None:
    assert {document for document, _ in commands()} >= {"README.md", "docs/command_line.md"}


def names(union: Any) -> set[str]:
    """The names of a union's members, or of a choice of words."""
    kinds = [kind for kind in get_args(union) if isinstance(kind, str)]
    if kinds:
        return set(kinds)
    fields = getattr(union, "model_fields", None)
    if fields is not None:
        return names(fields["name"].annotation)
    return {name for kind in get_args(union) for name in names(kind)}


FAMILIES = [
    ("methods.md", "Losses", Loss),
    ("methods.md", "Miners", Miner),
    ("methods.md", "Latent objectives", Unsupervised),
    ("methods.md", "Latent objectives", Decoder),
    ("methods.md", "Backbones", Backbone),
    ("study_file.md", "Batches and augmentation", Augmentation),
    ("methods.md", "Optimizers", Optimizer),
    ("methods.md", "Datasets", Dataset),
    ("methods.md", "Samplers", SamplerName),
    ("methods.md", "Early stopping", EarlyStopping),
    ("study_file.md", "Batches and augmentation", BatchSampler),
]


def section(document: str, title: str) -> str:
    """The text below a heading, up to the next chapter."""
    text = (ROOT / "docs" / document).read_text()
    match = re.search(rf"^(#+) {title}\n(.*?)(?=^#{{1,2}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match is not None, title
    return match[2]


@pytest.mark.parametrize(("document", "title", "union"), FAMILIES)
def test_every_method_has_its_row(document: str, title: str, union: Any) -> None:
    assert names(union)
    rows = [line for line in section(document, title).splitlines() if line.startswith("| ")]
    missing = {name for name in names(union) if not any(f"`{name}`" in row.split("|")[1] for row in rows)}
    assert missing - {"none"} == set()


def test_the_tests_mirror_the_packages() -> None:
    folders = {
        file.parent.relative_to(ROOT / "tests")
        for package in ("formats", "trainers", "tuner")
        for file in (ROOT / "tests" / package).rglob("test_*.py")
    }
    assert {folder for folder in folders if not (ROOT / folder / "__init__.py").exists()} == set()


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().split()) <= README_WORDS


def test_the_tree_is_what_the_files_say() -> None:
    assert written_tree() == tree(), "run: python -m tests.architecture_tree"
