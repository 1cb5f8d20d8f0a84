"""A study with another budget of trials, checked as its file would be: the store gives it back checked."""

from __future__ import annotations

import json

from pydantic import ValidationError

from formats.problems import problem_lines
from formats.validation import problems_of
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError


def enlarged(config: StudyConfig, trials: int) -> StudyConfig:
    """Return the study with a budget of so many trials.

    Raises:
        UsageError: it cannot have so many: they are more than a grid has points, or than can be counted.
    """
    data = json.loads(config.to_json())
    data["budget"]["trials"] = trials
    try:
        StudyConfig.model_validate(data)
    except ValidationError as error:
        raise UsageError(problem_lines(problems_of(error, data), lambda _path: "--more")) from error
    return config.model_copy(update={"budget": config.budget.model_copy(update={"trials": trials})})
