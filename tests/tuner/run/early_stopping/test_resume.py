"""A study that is interrupted inside its rungs stops the same trials."""

from pathlib import Path

import pytest

from tests.tuner.configs import toy_config
from tests.tuner.launching import history, launch_toy


@pytest.mark.parametrize("rule", ["asha", "median"])
def test_a_study_that_goes_on_stops_what_it_would_have_stopped(
    rule: str, storage_url: str, tmp_path: Path
) -> None:
    changes = {"early_stopping": {"name": rule}, "sampler": {"name": "random", "seed": 1}, "epochs": 8}
    for trials in (3, 7, 16):
        study = launch_toy(toy_config(trials=trials, **changes), storage_url, tmp_path / "parts").study
    straight = launch_toy(toy_config(study="straight", trials=16, **changes), storage_url, tmp_path).study
    assert history(study) == history(straight)
    stopped = [record for record in study.records() if record.state == "PRUNED"]
    assert stopped
    assert all(record.attributes["reason"].startswith(f"{rule}: front ") for record in stopped)
