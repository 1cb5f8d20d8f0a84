"""What a machine says of itself, and how many trials it holds."""

from __future__ import annotations

import errno
import pickle
from functools import partial
from pathlib import Path

import pytest

from tuner.errors import UsageError
from tuner.run.node import NodeAnswer, NodeQuestion, this_node
from tuner.run.on_ray.devices import Share
from tuner.run.on_ray.nodes import problems_of


def missing_data() -> None:
    raise UsageError("train.dataset: no such file")


def damaged_data() -> None:
    raise OSError(errno.EIO, "Input/output error")


def asked(folder: Path, marker: str = "marker", prepare: object = partial(int)) -> NodeAnswer:
    return this_node(NodeQuestion(str(folder), marker, pickle.dumps(prepare)))


def test_a_machine_that_lacks_nothing(tmp_path: Path) -> None:
    (tmp_path / "marker").touch()
    machine = asked(tmp_path)
    assert list(problems_of(machine, tmp_path)) == []
    assert machine.free_gib
    assert machine.versions["python"]
    assert [path.name for path in tmp_path.iterdir()] == ["marker"]


def test_a_folder_that_is_not_the_drivers(tmp_path: Path) -> None:
    (problem,) = problems_of(asked(tmp_path), tmp_path)
    assert problem == (
        f"TUNER_RUNS: {tmp_path}: it is another folder than the driver's; every node must reach the "
        "checkpoints: name a folder on a network file system or a shared volume"
    )
    (problem,) = problems_of(asked(tmp_path / "runs"), tmp_path)
    assert "there is no such folder" in problem
    (problem,) = problems_of(asked(tmp_path / ("r" * 300)), tmp_path)
    assert "it cannot be written to: File name too long" in problem


def test_data_and_code_that_are_missing(tmp_path: Path) -> None:
    (tmp_path / "marker").touch()
    assert list(problems_of(asked(tmp_path, prepare=missing_data), tmp_path)) == [
        "train.dataset: no such file"
    ]
    assert list(problems_of(asked(tmp_path, prepare=damaged_data), tmp_path)) == [
        "the check of what trials read raised OSError: [Errno 5] Input/output error; fix that there"
    ]
    elsewhere = NodeQuestion(str(tmp_path), "marker", b"ca_package_that_is_nowhere\nprepare\n.")
    (problem,) = problems_of(this_node(elsewhere), tmp_path)
    assert problem.startswith("the code for training cannot be imported: No module named 'a_package_that")


@pytest.mark.parametrize(
    ("share", "resources", "trials"),
    [
        (Share(1, 0), {"CPU": 4.0}, 4),
        (Share(2, 0), {"CPU": 3.0, "GPU": 8.0}, 1),
        (Share(1, 1), {"CPU": 4.0}, 0),
        (Share(1, 1), {"CPU": 2.0, "GPU": 8.0}, 2),
        (Share(1, 2), {"CPU": 8.0, "GPU": 3.0}, 1),
        (Share(0.5, 0.5), {"CPU": 8.0, "GPU": 2.0}, 4),
        (Share(1, 0.4), {"CPU": 8.0, "GPU": 3.0}, 6),  # not 7: a share lies on one GPU
        (Share(0.1, 0.2), {"CPU": 1.0, "GPU": 1.0}, 5),
        (Share(0.1, 0), {"CPU": 1.0}, 10),
        (Share(0.1, 0), {"CPU": 0.3}, 3),
        (Share(1, 0), {}, 0),
    ],
)
def test_how_many_trials_a_machine_holds(share: Share, resources: dict[str, float], trials: int) -> None:
    assert share.fits(resources) == trials
