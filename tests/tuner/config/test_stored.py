"""Stored configs are read as `StudyConfig.from_json` reads them, also those that are much alike."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.tuner.configs import toy_config
from tuner.config.stored import stored_config
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError

CHANGES: list[dict[str, Any]] = [
    {},
    {"study": "other"},
    {"sampler": {"name": "tpe", "seed": 7}},
    {"sampler": {"name": "random", "seed": 7}},
    {"budget": {"trials": 3, "epochs": 1}},
    {"study": ""},
    {"study": " x"},
    {"study": 5},
    {"sampler": {"name": "tpe", "seed": -1}},
    {"sampler": {"name": "tpe", "seed": True}},
    {"sampler": {"name": "tpe", "seed": 2**32}},
    {"sampler": {"name": "tpe", "seed": 1.0}},
    {"sampler": {"name": "tpe", "sead": 1}},
    {"sampler": {"name": "grid", "seed": 0}},
    {"sampler": "tpe"},
    {"sampler": None},
    {"train": {"x": {"search": "float", "low": 1, "high": 0}}},
    {"train": {"x": True}},
    {"train": {"x": 1}},
    {"train": {"x": 1.0}},
]


def read_by(read: Any, text: str) -> str:
    try:
        return str(read(text).to_json())
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("change", CHANGES, ids=json.dumps)
def test_it_reads_what_from_json_reads(change: dict[str, Any]) -> None:
    stored_config(toy_config().to_json())  # what is alike may be known
    text = json.dumps(json.loads(toy_config().to_json()) | change)
    for _ in range(2):
        assert read_by(stored_config, text) == read_by(StudyConfig.from_json, text)


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"study": NaN}', "[" * 10_000])
def test_what_is_no_study_is_refused_alike(text: str) -> None:
    with pytest.raises((UsageError, RecursionError)) as alone:
        StudyConfig.from_json(text)
    with pytest.raises(type(alone.value)) as stored:
        stored_config(text)
    assert str(stored.value) == str(alone.value)
