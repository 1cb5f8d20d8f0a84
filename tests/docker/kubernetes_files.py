"""The objects of docker/kubernetes as kustomize sends them to a cluster, and what the schemas say of them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import yaml

from tests.acceptance.compose_file import ROOT
from tests.docker.ray_cluster_schema import RAY_CLUSTER

FOLDER = ROOT / "docker" / "kubernetes"
AUTOSCALING = FOLDER / "autoscaling"
KUBERNETES = ("1.28", "1.37")  # the first and the last that is tested

Manifest = dict[str, Any]


def built(folder: Path = FOLDER) -> list[Manifest]:
    """The objects that a kustomization lists, with its patches; images and the namespace stay as they are."""
    manifests = [each for file in listed(folder) for each in yaml.safe_load_all(file.read_text())]
    return patched(manifests, folder)


def with_autoscaling() -> list[Manifest]:
    """The objects with the component `autoscaling`."""
    component = [each for file in listed(AUTOSCALING) for each in yaml.safe_load_all(file.read_text())]
    return patched([*built(), *component], AUTOSCALING)


def kustomization(folder: Path) -> dict[str, Any]:
    """What a folder's kustomization says."""
    return dict(yaml.safe_load((folder / "kustomization.yaml").read_text()))


def listed(folder: Path) -> list[Path]:
    """The files that a kustomization lists."""
    return [folder / name for name in kustomization(folder)["resources"]]


def patched(manifests: list[Manifest], folder: Path) -> list[Manifest]:
    """Copies of the objects with the patches of a kustomization (JSON patches, by kind and name).

    Raises:
        ValueError: a patch finds none or several objects.
        KeyError, IndexError: a patch replaces what is not there.
    """
    changed = deepcopy(manifests)
    for patch in kustomization(folder)["patches"]:
        kind, name = patch["target"]["kind"], patch["target"]["name"]
        (target,) = [each for each in changed if (each["kind"], each["metadata"]["name"]) == (kind, name)]
        for operation in yaml.safe_load(patch["patch"]):
            _apply(target, operation)
    return changed


def _apply(target: Any, operation: dict[str, Any]) -> None:
    *parents, last = [part.replace("~1", "/") for part in operation["path"].split("/")[1:]]
    for part in parents:
        target = target[int(part) if isinstance(target, list) else part]
    if operation["op"] == "replace":
        target[last]
    target[last] = operation["value"]


def check(manifest: Manifest, version: str = KUBERNETES[-1]) -> None:
    """Return if the schema of an object's kind allows it, and knows all its fields.

    Raises:
        jsonschema.ValidationError: it does not.
    """
    if manifest["kind"] != "RayCluster":
        kubernetes_validate.validate(manifest, version, strict=True)
        return
    jsonschema.validate(manifest, RAY_CLUSTER)
    for template in templates_of(manifest):
        kubernetes_validate.validate(
            {"apiVersion": "v1", "kind": "PodTemplate", "template": template}, version, strict=True
        )


def templates_of(manifest: Manifest) -> Iterator[Manifest]:
    """The pod templates of an object; with autoscaling, KubeRay puts its container beside Ray's head."""
    spec = manifest.get("spec", {})
    if manifest["kind"] == "RayCluster":
        head = deepcopy(spec["headGroupSpec"]["template"])
        options = spec.get("autoscalerOptions", {})
        if spec.get("enableInTreeAutoscaling"):
            asked = {key: options[key] for key in ("resources", "securityContext") if key in options}
            head["spec"]["containers"].append({"name": "autoscaler", "image": "metric-tuner", **asked})
        yield head
        yield from (group["template"] for group in spec["workerGroupSpecs"])
    elif "template" in spec:
        yield spec["template"]


MANIFESTS = with_autoscaling()
COMPONENT = "app.kubernetes.io/component"


def name_of(manifest: Manifest) -> str:
    """An object's kind and name."""
    return f"{manifest['kind']}-{manifest['metadata']['name']}"


def one(kind: str, name: str) -> Manifest:
    """The object of this kind and name."""
    (found,) = [each for each in MANIFESTS if name_of(each) == f"{kind}-{name}"]
    return found


def containers() -> Iterator[tuple[str, Manifest]]:
    """Each container, with the component it belongs to."""
    for each in MANIFESTS:
        for template in templates_of(each):
            for container in template["spec"]["containers"]:
                yield template["metadata"]["labels"][COMPONENT], container


def container(component: str) -> Manifest:
    """The container of a component that has one."""
    (found,) = [each for name, each in containers() if name == component]
    return found
