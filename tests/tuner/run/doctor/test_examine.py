"""What the doctor finds on this node and of its settings, and what a node's answer means."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.tuner import toy
from tests.tuner.configs import toy_config
from tuner.checks import CheckResult
from tuner.config.sections import Resources
from tuner.errors import UsageError
from tuner.run.doctor.cluster import token_check
from tuner.run.doctor.examine import Patient, examine
from tuner.run.doctor.local import device_check, devices_check, lent_folder
from tuner.run.doctor.node import node_checks, versions_check
from tuner.run.launch import Trainable
from tuner.run.node import NodeAnswer
from tuner.run.on_ray.devices import Share

HERE = f"this node ({socket.gethostname()})"
RUNS = Path("/runs")
SOUND = NodeAnswer("node-a", 0.0, {"python": "3.11.7", "torch": "2.6.0"}, 50.0, None, None, None)


@pytest.fixture(autouse=True)
def _environment_and_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(os.environ)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_MODE"):
        monkeypatch.delenv(name, raising=False)
    yield
    os.environ.clear()  # the doctor sets up Ray, as a launch does
    os.environ.update(before)


def no_data(*_arguments: object) -> None:
    raise UsageError("train.dataset: mnist: /nowhere lacks its files; write download: true")


def toys(prepare: Callable[..., None] = toy.prepare) -> Callable[[object], Trainable]:
    made: Any = SimpleNamespace(
        metrics=toy.metrics, packages=(), check=toy.check, prepare=prepare, train=toy.train
    )
    return lambda _config: made


def problems(patient: Patient, load: Callable[[object], Trainable] | None = None) -> dict[str, str]:
    """The problems by check, but that the store has no tables yet."""
    return {
        each.check: f"{each.message}; {each.hint}"
        for each in examine(patient, load or toys())
        if each.problem and each.check != "schema"
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A study of the toy."""
    written = tmp_path / "toy.yaml"
    written.write_text(json.dumps(toy_config().model_dump(mode="json")))
    return written


def test_nothing_is_wrong_and_nothing_is_left_behind(file: Path, tmp_path: Path) -> None:
    assert problems(Patient(file)) == {}
    assert [path.name for path in tmp_path.iterdir()] == ["toy.yaml"]


@pytest.mark.parametrize(
    ("environ", "patient", "check", "said"),
    [
        ({"TUNER_STORAGE": "banana"}, Patient(), "storage", "not a database URL"),
        (
            {"TUNER_STORAGE_PASSWORD_FILE": "/nowhere"},
            Patient(),
            "storage",
            "/nowhere cannot be read: No such",
        ),
        ({"TUNER_STORAGE_PASSWORD_FILE": "empty"}, Patient(), "storage", "empty is empty; write the secret"),
        ({"TUNER_RUNS": "/dev/null/runs"}, Patient(), "checkpoints", "/dev/null/runs cannot be written to"),
        ({"TUNER_RUNS": "r" * 300}, Patient(), "checkpoints", "written to: File name too long; name another"),
        ({"RAY_ADDRESS": "ray://head:10001"}, Patient(), "cluster", "Ray's client .* cannot run a study"),
        ({}, Patient(cluster="127.0.0.1:1"), "token", r"auth_token cannot be read .*; copy the head's token"),
        ({"RAY_AUTH_TOKEN_PATH": "empty"}, Patient(cluster="127.0.0.1:1"), "token", "empty is empty"),
        ({"RAY_AUTH_MODE": "disabled"}, Patient(cluster="127.0.0.1:1"), "token", "without a token"),
        ({"RAY_AUTH_TOKEN": "t"}, Patient(cluster="127.0.0.1:1"), "cluster", "refused"),
        ({"RAY_AUTH_TOKEN": "t"}, Patient(cluster="nonsense"), "cluster", "is not HOST:PORT"),
        ({}, Patient(cluster="127.0.0.1:1", insecure=True), "cluster", "refused"),
        ({}, Patient(Path("nowhere.yaml")), "file", "nowhere.yaml"),
        ({}, Patient(Path("toy.yaml"), ["budgt.trials=3"]), "file", "budgt: unknown key"),
        ({}, Patient(Path("toy.yaml"), ["train.behaviour=odd"]), "file", "train.behaviour: unknown; allowed"),
        ({}, Patient(Path("toy.yaml"), ["resources.cpus=4096"]), "devices", "a trial wants 4096 CPUs"),
    ],
)
def test_what_is_wrong_is_named_once(
    environ: dict[str, str],
    patient: Patient,
    check: str,
    said: str,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "empty").touch()
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    found = problems(patient)
    assert list(found) == [check]
    assert re.search(said, found[check])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "toy.yaml"]


def test_one_problem_hides_no_other(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNER_STORAGE_PASSWORD_FILE", "/nowhere")
    monkeypatch.setenv("TUNER_RUNS", "/dev/null/runs")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "t")
    found = problems(Patient(file, cluster="127.0.0.1:1"), toys(no_data))
    assert found.keys() == {"storage", "checkpoints", HERE, "cluster"}
    assert found[HERE] == "train.dataset: mnist: /nowhere lacks its files; write download: true"


def test_code_that_is_not_installed() -> None:
    def load(_config: object) -> Trainable:
        raise ImportError("No module named 'torch'")

    assert problems(Patient(), load) == {
        HERE: "the code for training cannot be imported: No module named 'torch'; install it there"
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (SOUND, None),
        (replace(SOUND, free_gib=1.0), None),
        (replace(SOUND, free_gib=0.94), "0.9 GiB are free in /runs; make room for checkpoints"),
        (replace(SOUND, code="No module named 'torch'"), "cannot be imported: No module named 'torch'"),
        (
            replace(SOUND, data="train.dataset: /data lacks it; copy it"),
            "train.dataset: /data lacks it; copy",
        ),
        (
            replace(SOUND, runs_folder="there is no such folder", free_gib=None),
            "TUNER_RUNS: /runs: there is no such folder; every node must reach the checkpoints",
        ),
        ("does not answer: timeout; see Ray's log", "does not answer: timeout; see Ray's log"),
    ],
)
def test_a_machines_answer(answer: NodeAnswer | str, said: str | None) -> None:
    wrong = [each for each in node_checks("node a", answer, RUNS) if each.problem]
    assert [each.check for each in wrong] == (["node a"] if said else [])
    assert said is None or said in str(wrong[0])


def test_a_folder_that_only_stood_in_is_not_judged() -> None:
    answer = replace(SOUND, runs_folder="it is another folder", free_gib=0.0)
    (found,) = node_checks("node a", answer, None)
    assert (found.problem, found.message) == (False, "the code and what trials read are there")


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"python": "3.11.7", "torch": "2.6.0"}, "its versions are the driver's"),
        ({"python": "3.11.7"}, "its versions are the driver's"),  # its code says that torch is missing
        ({"python": "3.11.7", "metric-tuner": "0.0.1"}, "its versions are the driver's"),  # it is sent ours
        (
            {"python": "3.12.1", "torch": "2.5.0"},
            "it has python 3.12.1 (here 3.11.7), torch 2.5.0 (here 2.6.0)",
        ),
    ],
)
def test_versions(theirs: dict[str, str], said: str) -> None:
    found = versions_check("node a", theirs, {**SOUND.versions, "metric-tuner": "0.1.0"})
    assert (found.message, found.problem) == (said, said.startswith("it has"))


@pytest.mark.parametrize(
    ("open_to_all", "insecure", "problem", "said"),
    [
        (False, False, False, "refuses whoever has none"),
        (True, False, True, "whoever reaches it can run code on it"),
        (True, True, False, "whoever reaches it can run code on it, as --insecure allows"),
    ],
)
def test_a_cluster_that_is_open_to_all(open_to_all: bool, insecure: bool, problem: bool, said: str) -> None:
    found = token_check(open_to_all=open_to_all, insecure=insecure)
    assert (found.problem, found.message.endswith(said)) == (problem, True)


def test_devices() -> None:
    found = devices_check(Share(1, 1), 0, "the cluster", {"CPU": 8.0, "GPU": 0.0})
    assert found.problem
    assert "wants 1 CPU and 1 GPU, and the cluster has 8 and 0" in found.message
    assert not device_check(Resources()).problem


def test_a_lent_folder_goes_with_those_above_it_unless_somebody_used_it(tmp_path: Path) -> None:
    with lent_folder(tmp_path / "a" / "b") as refusal:
        assert refusal is None
        assert (tmp_path / "a" / "b").is_dir()
    assert list(tmp_path.iterdir()) == []
    with lent_folder(tmp_path / "a" / "b"):
        (tmp_path / "a" / "file").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["a", "file"]
    with lent_folder(tmp_path / "a"):
        pass
    assert (tmp_path / "a").is_dir()


def test_findings_are_what_they_say() -> None:
    assert CheckResult.wrong("a", "b; c; d") == CheckResult("a", problem=True, message="b", hint="c; d")
