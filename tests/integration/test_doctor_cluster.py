"""The doctor as a user runs it, on a cluster of one real head."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.acceptance.command_line import DR_TRIPLET, tuner
from tests.integration.head import started
from tests.tuner import toy
from tuner.errors import UsageError
from tuner.run.doctor.examine import Patient, examine
from tuner.run.on_ray.auth import require_closed

pytestmark = pytest.mark.integration

Doctor = subprocess.CompletedProcess[str]

TOKEN = secrets.token_hex(32)
DR_MNIST = DR_TRIPLET.with_name("dr_triplet_mnist.yaml")


@pytest.fixture(scope="module")
def head() -> Iterator[str]:
    """The address of a head that asks for a token."""
    with started(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=TOKEN) as address:
        yield address


@pytest.fixture(scope="module")
def doctors(
    head: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Doctor]]:
    """Two doctors, who work at the same time: of a launch that lacks nothing, and of one that lacks much."""
    sound = ["doctor", DR_TRIPLET, "--json", "--cluster", head]
    wrong = ["doctor", DR_MNIST, "train.dataset.root=/nowhere", "resources.cpus=64", "--json"]
    wrong += ["--cluster", head, "--storage=postgresql://tuner@127.0.0.1:1/tuner"]
    folder = tmp_path_factory.mktemp("doctors")
    with ThreadPoolExecutor(2) as threads:
        run = partial(threads.submit, partial(tuner, folder=folder, RAY_AUTH_TOKEN=TOKEN))
        found = {
            "sound": run(*sound, TUNER_STORAGE=template),
            "wrong": run(*wrong, TUNER_RUNS="/dev/null/runs"),
        }
        yield {name: each.result() for name, each in found.items()}
    assert list(folder.iterdir()) == []  # they leave nothing behind


def test_nothing_is_wrong(head: str, doctors: dict[str, Doctor]) -> None:
    done = doctors["sound"]
    found = json.loads(done.stdout)
    assert [each for each in found if each["problem"]] == []
    assert (done.returncode, done.stderr) == (0, "")
    said = {each["check"]: each["message"] for each in found}
    assert said["cluster"] == f"{head} lets us in"
    assert said["token"] == "the cluster refuses whoever has none"
    assert said["devices"] == "the cluster has room for 1 trial at once, each with 1 CPU and 0 GPUs"
    (node,) = (check for check in said if check.startswith("node "))
    assert [each["message"] for each in found if each["check"] == node][::2] == [
        "the code, what trials read and the folder for checkpoints are there",
        "its versions are the driver's",
    ]


def test_every_problem_is_named_though_others_stand_before_it(doctors: dict[str, Doctor]) -> None:
    done = doctors["wrong"]
    assert (done.returncode, done.stderr) == (2, "")
    wrong = [
        (each["check"].split(" ")[0], each["message"]) for each in json.loads(done.stdout) if each["problem"]
    ]
    assert [check for check, _ in wrong] == ["database", "checkpoints", "this", "devices", "node"]
    for (_, said), words in zip(
        wrong,
        ("Connection refused", "/dev/null/runs cannot be", "/nowhere", "wants 64 CPUs", "/nowhere"),
        strict=True,
    ):
        assert words in said


def test_a_wrong_token_is_refused(head: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # In this process, which spares the import of torch: the refusal is one of a process of its own.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RAY_AUTH_TOKEN", "0" * 64)
    trainable: Any = SimpleNamespace(metrics=toy.metrics, packages=(), train=toy.train)
    found = [each for each in examine(Patient(cluster=head), lambda _config: trainable) if each.problem]
    assert [each.check for each in found] == ["cluster"]
    assert found[0].message == f"the Ray cluster {head} refuses our token"
    assert found[0].hint.startswith("copy its head's token")


def test_a_cluster_that_is_open_to_strangers_is_refused(head: str) -> None:
    require_closed(head)
    with started(RAY_AUTH_MODE="disabled") as address, pytest.raises(UsageError, match="asks for no token"):
        require_closed(address)
