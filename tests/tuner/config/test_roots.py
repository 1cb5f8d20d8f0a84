"""A relative root means the folder of the command that made the study, wherever it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tuner.config.roots import with_absolute_roots
from tuner.config.study_config import StudyConfig


@pytest.mark.parametrize(
    ("dataset", "absolute"),
    [
        ({"name": "mnist", "root": "data"}, {"name": "mnist", "root": "/here/data"}),
        ({"name": "mnist", "root": "/data"}, {"name": "mnist", "root": "/data"}),
        (
            {"name": "mnist", "root": {"search": "categorical", "choices": ["a", "/b"]}},
            {"name": "mnist", "root": {"search": "categorical", "choices": ["/here/a", "/b"]}},
        ),
        (
            {"search": "one_of", "options": [{"name": "mnist", "root": "a"}, {"name": "digits"}]},
            {"search": "one_of", "options": [{"name": "mnist", "root": "/here/a"}, {"name": "digits"}]},
        ),
        ({"name": "mnist", "root": 5}, {"name": "mnist", "root": 5}),
        ("data", "data"),
    ],
)
def test_each_root_is_written_out(dataset: Any, absolute: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getcwd", lambda: "/here")
    study = {"train": {"dataset": dataset, "root": "left"}}
    assert with_absolute_roots(study) == {"train": {"dataset": absolute, "root": "left"}}
    assert with_absolute_roots(study | {"trainable": "a:B"}) == study | {"trainable": "a:B"}


def test_a_study_of_another_folder_is_another_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data: dict[str, Any] = {
        "study": "here",
        "objectives": [{"metric": "map_at_r", "direction": "maximize"}],
        "budget": {"trials": 2, "epochs": 1},
        "sampler": {"name": "random", "seed": 0},
        "train": {"dataset": {"name": "mnist", "root": "data"}, "loss": {"name": "triplet"}},
    }
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(data))
    loaded = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        loaded.append(StudyConfig.load(file))
    one, two = loaded
    assert one.train["dataset"]["root"] == str(tmp_path / "one" / "data")
    (line,) = two.differences(one)
    assert line.startswith('train.dataset.root: "')
    before = one.model_copy(update={"train": data["train"]})  # as earlier versions stored it
    assert two.differences(before) == []
