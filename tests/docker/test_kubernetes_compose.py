"""What runs on Kubernetes is what docker-compose.yml runs: commands, probes, folders, image and options."""

from __future__ import annotations

import pytest

from tests.acceptance.compose_file import composed, health_command, image_environment, words
from tests.docker.kubernetes_files import (
    FOLDER,
    Manifest,
    container,
    containers,
    kustomization,
    one,
)
from tests.test_release import PINNED


def ray_containers() -> dict[str, Manifest]:
    return {each["name"]: each for name, each in containers() if name == "ray"}


@pytest.mark.parametrize("name", ["ray-head", "ray-worker"])
@pytest.mark.parametrize("probe", ["liveness", "readiness"])
def test_ray_is_probed_as_in_compose(name: str, probe: str) -> None:
    command = ray_containers()[name][f"{probe}Probe"]["exec"]["command"]
    assert command == health_command(composed()["services"][name])


@pytest.mark.parametrize("name", ["serve", "migrate", "dashboard"])
def test_commands_are_those_of_compose(name: str) -> None:
    command = [
        word for word in container(name)["command"] if word not in {"--allow-host", "tuner.example.org"}
    ]
    assert [word for word in command if word not in {"--log-format", "json"}] == words(
        composed()["services"][name]["command"]
    )


def test_ray_starts_as_in_compose() -> None:
    spec = one("RayCluster", "tuner")["spec"]
    started = [("ray-head", spec["headGroupSpec"]["rayStartParams"])]
    started += [("ray-worker", group["rayStartParams"]) for group in spec["workerGroupSpecs"]]
    for name, parameters in started:
        options = set(words(composed()["services"][name]["command"]))
        assert {f"--{key}={value}" for key, value in parameters.items()} <= options
    assert spec["rayVersion"] == PINNED["ray"]
    assert {variable["name"]: variable.get("value") for variable in container("serve")["env"]}[
        "RAY_ADDRESS"
    ] == "tuner-head-svc:6379"  # KubeRay's name for the head's service


def test_the_user_says_how_many_pods_train() -> None:
    groups = {group["groupName"]: group for group in one("RayCluster", "tuner")["spec"]["workerGroupSpecs"]}
    assert list(groups) == ["cpu", "gpu"]
    for group in groups.values():
        assert group["minReplicas"] <= group["replicas"] <= group["maxReplicas"]
    paths = str(kustomization(FOLDER)["patches"][0]["patch"])
    for key in ("replicas", "minReplicas", "maxReplicas"):
        assert all(f"/spec/workerGroupSpecs/{number}/{key}," in paths for number in (0, 1))
    (gpu,) = groups["gpu"]["template"]["spec"]["containers"]
    assert gpu["resources"]["limits"]["nvidia.com/gpu"] == "1"


def test_folders_are_where_the_image_has_them() -> None:
    runs = image_environment()["TUNER_RUNS"]
    for component, each in containers():
        places = {mount["name"]: mount["mountPath"] for mount in each.get("volumeMounts", [])}
        assert places.get("runs", runs) == runs
        assert places.get("data", "/data") == "/data"
        if each["name"] in {"serve", "ray-worker"}:
            assert {"runs", "data"} <= set(places), component


def test_the_image_is_the_release() -> None:
    images = kustomization(FOLDER)["images"]
    assert {each["image"] for _, each in containers()} == {images[0]["name"]}
    assert composed()["services"]["serve"]["image"] == f"{images[0]['newName']}:{images[0]['newTag']}"
