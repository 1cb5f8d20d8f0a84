"""How a stored study goes on: with other values, checked as its file would be, a line for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import ValidationError

from formats.messages import Path
from formats.problems import FormatError, problem_lines
from formats.validation import problems_of
from formats.yaml.file import YamlFile
from formats.yaml.overrides import apply_overrides
from tuner.config.differences import differing
from tuner.config.study_config import MAY_CHANGE, StudyConfig
from tuner.errors import UsageError


def overridden(config: StudyConfig, overrides: Sequence[str]) -> StudyConfig:
    """Return a stored study with `key=value` overrides of what may change between launches.

    Raises:
        UsageError: an override changes something else, or makes no study.
    """
    for override in overrides:
        if override.partition("=")[0].partition(".")[0] not in MAY_CHANGE:
            raise UsageError(
                f"override {override!r}: a study goes on with what it began with, but for "
                f"{', '.join(sorted(MAY_CHANGE))}; change the rest in a study of another name"
            )
    stored = YamlFile(config.study, json.loads(config.to_json()), {(): f"study {config.study!r}"})
    try:
        file = apply_overrides(stored, overrides, example="budget.trials=80")
    except FormatError as error:
        raise UsageError(str(error)) from error
    return _checked(file.data, file.where)


def enlarged(config: StudyConfig, trials: int) -> StudyConfig:
    """Return the study with a budget of so many trials.

    Raises:
        UsageError: it cannot have so many: they are more than a grid has points, or than can be counted.
    """
    data = json.loads(config.to_json())
    data["budget"]["trials"] = trials
    _checked(data, lambda _path: "--more")
    return config.model_copy(update={"budget": config.budget.model_copy(update={"trials": trials})})


def change_lines(stored: StudyConfig, config: StudyConfig) -> list[str]:
    """Return a line for each value with which a study goes on that is not the stored one.

    Points that are enqueued are none: they are trials of their own, and seen as such.
    """
    sections = MAY_CHANGE - {"enqueue"}
    both = [each.model_dump(mode="json", include=set(sections)) for each in (stored, config)]
    remarks = {
        "budget.epochs": "trials of different length will be compared; better give the study another name"
    }
    return [
        f"{path}: {before} stored, {now} from now on" + (f"; {remarks[path]}" if path in remarks else "")
        for path, (before, now) in differing(both)
    ]


def _checked(data: Any, place_of: Callable[[Path], str]) -> StudyConfig:
    try:
        return StudyConfig.model_validate(data)
    except ValidationError as error:
        raise UsageError(problem_lines(problems_of(error, data), place_of)) from error
