"""Reads the configs of many studies, checking once what they have in common."""

from __future__ import annotations

import functools
import json

from pydantic import TypeAdapter

from tuner.config.name import StudyName
from tuner.config.sampler import Seed
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError

_ALIKE = 1_024
"""How many configs that differ in more than name and seed are kept."""

_NAME: TypeAdapter[str] = TypeAdapter(StudyName)
_SEED: TypeAdapter[int] = TypeAdapter(Seed)


def stored_config(text: str) -> StudyConfig:
    """Return the study that `StudyConfig.to_json` wrote, as `StudyConfig.from_json` does.

    The studies of a series often differ in nothing but their names and their samplers' seeds, and no other
    part depends on these: the rest is checked for the first of them.

    Raises:
        UsageError: the text is not JSON or not a study.
    """
    try:
        data = json.loads(text)
        name = _NAME.validate_python(data["study"], strict=True)
        seed = _SEED.validate_python(data["sampler"]["seed"], strict=True)
        alike = data | {"study": "any", "sampler": {**data["sampler"], "seed": 0}}
        config = _checked(json.dumps(alike))
    except (ValueError, TypeError, KeyError, RecursionError, UsageError):
        return StudyConfig.from_json(text)  # which says what is wrong
    sampler = config.sampler.model_copy(update={"seed": seed})
    return config.model_copy(update={"study": name, "sampler": sampler})


@functools.lru_cache(_ALIKE)
def _checked(text: str) -> StudyConfig:
    return StudyConfig.from_json(text)
