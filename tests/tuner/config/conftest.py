"""What the tests of the configuration share: a study's file."""

from pathlib import Path

import pytest

TEXT = """\
study: dr-triplet-digits
objectives:
  - {metric: recall_at_1, direction: maximize}
  - {metric: ari, direction: maximize}
budget: {trials: 40, epochs: 30, grace_epochs: 4, hours: null, failures: 10}
sampler: {name: tpe, seed: 0}
early_stopping: {name: asha, reduction_factor: 3}
resources: {gpus: auto, cpus: 1}
train:
  seed: 0
  lsdim: {search: categorical, choices: [2, 4, 10, 64]}
  loss:
    name: triplet
    margin: {search: float, low: 0.05, high: 1.0, log: true}
    reg_ratio: {search: float, low: 0.0, high: 1.5}
  optimizer: {name: adam, lr: 1e-3}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a study with two objectives, early stopping and three holes."""
    path = tmp_path / "x.yaml"
    path.write_text(TEXT)
    return path


@pytest.fixture(scope="module")
def shared_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same file for the many examples of one test, which leave it as it is."""
    path = tmp_path_factory.mktemp("study") / "x.yaml"
    path.write_text(TEXT)
    return path
