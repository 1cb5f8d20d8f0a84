"""Every study that ships can be run."""

from pathlib import Path

import pytest

from tuner.config.study_config import StudyConfig
from tuner.run import trainable
from tuner.run.launch import check_config

FILES = sorted((Path(__file__).parents[1] / "search_spaces").glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_valid(file: Path) -> None:
    check_config(StudyConfig.load(file), trainable)


def test_the_main_job_is_there() -> None:
    assert {file.name for file in FILES} >= {
        "dr_triplet.yaml",
        "triplet_margin.yaml",
        "dr_triplet_mnist.yaml",
        "dr_triplet_cub200.yaml",
    }
