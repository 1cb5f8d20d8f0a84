"""A user's own code: imports what a study's `trainable` names, and checks that it can train."""

from __future__ import annotations

import dis
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from formats.messages import format_value
from tuner.errors import UsageError
from tuner.own_trainer import Run
from tuner.study.trial_record import RESERVED
from tuner.terminal_text import exception_line

_METRIC = re.compile("[a-z][a-z0-9_]{0,62}")  # it becomes a column's name in both databases

RAISED = (Exception, SystemExit, GeneratorExit)
"""What a user's code may raise for reasons of its own; a KeyboardInterrupt is the terminal's."""


@dataclass(frozen=True)
class CustomCode:
    """A user's trainer after its import.

    Attributes:
        metrics: the names of the metrics in each report.
        train: starts a training of a filled config and yields after each epoch.
        check: raises if a filled config cannot be trained; None if the user wrote no check.
        package: the folder, or the single file, of its package; None if it has no file.
    """

    metrics: tuple[str, ...]
    train: Callable[[Mapping[str, Any], Run], Iterable[Any]]
    check: Callable[[Mapping[str, Any]], object] | None
    package: Path | None


def load_code(name: str, folder: Path) -> CustomCode:
    """Import the class or function of this name, `package.module:Name`; this runs the user's code.

    Args:
        name: a study's `trainable`.
        folder: where to look for modules that are not installed.

    Raises:
        UsageError: it cannot be imported, or cannot train.
    """
    module_name, _, attribute = name.partition(":")
    module = _module(name, module_name, folder)
    if not hasattr(module, attribute):
        raise UsageError(f"{format_value(name)}: {_file_of(module)} has no {attribute}")
    named = getattr(module, attribute)
    try:
        code = named() if isinstance(named, type) else named
    except RAISED as error:
        raise UsageError(f"{format_value(name)}: {attribute}() raised {exception_line(error)}") from error
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
    _refuse_arguments(name, train, "train", "config", "run")
    _refuse_arguments(name, check, "check", "config")
    if not _may_yield(inspect.unwrap(train) if inspect.isroutine(train) else type(train).__call__):
        raise UsageError(
            f"{format_value(name)}: train does not yield; it has to yield metrics after each epoch"
        )
    return CustomCode(metrics, train, check, _package(sys.modules[module_name.partition(".")[0]]))


def _module(name: str, module_name: str, folder: Path) -> ModuleType:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    try:
        return importlib.import_module(module_name)
    except RAISED as error:
        raise UsageError(
            f"{format_value(name)}: importing {module_name} raised {exception_line(error)}; "
            f"it is looked for in {folder}, and among what is installed"
        ) from error


def _refuse_arguments(name: str, called: Callable[..., object] | None, what: str, *arguments: str) -> None:
    """Refuse what cannot be called with so many arguments; nothing is called."""
    try:
        _ = called and inspect.signature(called).bind(*arguments)
    except ValueError:  # nobody knows, such as of C code
        return
    except TypeError as error:
        call = f"{what}({', '.join(arguments)})"
        raise UsageError(
            f"{format_value(name)}: {call} cannot be called: {error}; write def {call}, in a class with self "
            "before the others"
        ) from error


def _may_yield(function: Any) -> bool:
    """Return whether it is a generator, or returns what may be one; nothing is called."""
    if inspect.isgeneratorfunction(function) or not hasattr(function, "__code__"):
        return True
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return False
    instructions = list(dis.get_instructions(function))
    return any(
        (each.opname == "RETURN_CONST" and each.argval is not None)
        or (each.opname == "RETURN_VALUE" and (before.opname, before.argval) != ("LOAD_CONST", None))
        for before, each in pairwise(instructions)
    )


def _metrics(name: str, metrics: object) -> tuple[str, ...]:
    example = 'write metrics = ("recall_at_1", "loss"), the names in each of its reports'
    if not isinstance(metrics, tuple | list) or not metrics:
        mistake = "has no metrics" if metrics is None else f"its metrics are {format_value(metrics)}"
        raise UsageError(f"{format_value(name)}: {mistake}; {example}")
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
