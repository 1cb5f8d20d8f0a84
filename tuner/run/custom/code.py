"""A user's own code: imported by the name that a study's `trainable` gives, and looked at before it runs."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from formats.messages import format_value
from tuner.errors import UsageError
from tuner.own_trainer import Run
from tuner.study.attributes import RESERVED

_METRIC = re.compile("[a-z][a-z0-9_]{0,62}")  # it becomes a column's name in both databases


@dataclass(frozen=True)
class OwnCode:
    """What the name stands for.

    Attributes:
        metrics: the names in each of its reports.
        train: a training, given its filled config, as what it yields.
        check: raises if a filled config cannot be trained; None if the user has no such check.
        package: the folder, or the one file, of the package it is in; None if it is in none.
    """

    metrics: tuple[str, ...]
    train: Callable[[Mapping[str, Any], Run], Iterable[Any]]
    check: Callable[[Mapping[str, Any]], object] | None
    package: Path | None


def own_code(name: str, folder: Path) -> OwnCode:
    """The class or function of this name, `package.module:Name`; importing it runs the user's code.

    Args:
        name: as a study's `trainable` has it.
        folder: where modules are looked for that are not installed.

    Raises:
        UsageError: it cannot be imported, or is not what can train.
    """
    module_name, _, attribute = name.partition(":")
    module = _module(name, module_name, folder)
    if not hasattr(module, attribute):
        raise UsageError(f"{format_value(name)}: {_file_of(module)} has no {attribute}")
    named = getattr(module, attribute)
    try:
        code = named() if isinstance(named, type) else named
    except Exception as error:
        raise UsageError(f"{format_value(name)}: {attribute}() raised {one_line(error)}") from error
    train, check = getattr(code, "train", code), getattr(code, "check", None)
    if not callable(train) or isinstance(train, type):
        raise UsageError(
            f"{format_value(name)} cannot be called; write a function, or a class with train(config, run)"
        )
    if check is not None and not callable(check):
        raise UsageError(
            f"{format_value(name)}: its check cannot be called; write check(config), or leave it out"
        )
    metrics = _metrics(name, getattr(code, "metrics", None))
    return OwnCode(metrics, train, check, _package(sys.modules[module_name.partition(".")[0]]))


def one_line(error: BaseException) -> str:
    """An exception as its kind and what it says."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _module(name: str, module_name: str, folder: Path) -> ModuleType:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        return importlib.import_module(module_name)
    except (Exception, SystemExit) as error:  # whatever a user's module does while it is imported
        raise UsageError(
            f"{format_value(name)}: importing {module_name} raised {one_line(error)}; "
            f"it is looked for in {folder}, and among what is installed"
        ) from error


def _metrics(name: str, metrics: object) -> tuple[str, ...]:
    example = 'write metrics = ("recall_at_1", "loss"), the names in each of its reports'
    if not isinstance(metrics, tuple | list) or not metrics:
        said = "has no metrics" if metrics is None else f"its metrics are {format_value(metrics)}"
        raise UsageError(f"{format_value(name)}: {said}; {example}")
    for metric in metrics:
        if not isinstance(metric, str) or not _METRIC.fullmatch(metric):
            raise UsageError(
                f"{format_value(name)}: {format_value(metric)} cannot be the name of a metric; "
                "allowed: up to 63 lower-case letters, digits and _, a letter first"
            )
        if metric in RESERVED:
            raise UsageError(
                f"{format_value(name)}: {format_value(metric)} cannot be the name of a metric, "
                "since the store keeps something else under it; choose another one"
            )
    return tuple(metrics)


def _package(top: ModuleType) -> Path | None:
    paths = list(getattr(top, "__path__", ())) or [top.__file__]
    return Path(paths[0]).absolute() if paths[0] else None


def _file_of(module: ModuleType) -> str:
    return module.__file__ or module.__name__
