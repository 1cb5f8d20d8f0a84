"""Every dataset of the union, and every one with tiny files of its format."""

from typing import Any, get_args

import pytest

from tests.trainers.data.datasets.made import MAKERS
from trainers.data.datasets import Dataset

DATASETS = get_args(get_args(Dataset)[0])


def by_name(dataset: Any) -> str:
    return str(dataset.model_fields["name"].default)


@pytest.fixture(params=DATASETS, ids=by_name)
def dataset_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def made(dataset_type: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Build the config of a dataset whose tiny files are there."""
    name = by_name(dataset_type)
    assert name in MAKERS, f"tests/trainers/datasets/made.py has to say how a tiny {name} is made"
    return dataset_type(**MAKERS[name](tmp_path, monkeypatch))
