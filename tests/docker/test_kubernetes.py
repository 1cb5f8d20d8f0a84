"""The files for Kubernetes: valid by the schemas of Kubernetes 1.28 and 1.37, and without rights to spare.

KubeRay's RayCluster is checked against a schema written by hand (`ray_cluster_schema.py`), because no package
carries KubeRay's own. That a cluster runs them is not shown here.
"""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml

from tests.acceptance.compose_file import ROOT, dockerfile_lines
from tests.docker.kubernetes_files import (
    AUTOSCALING,
    COMPONENT,
    FOLDER,
    KUBERNETES,
    MANIFESTS,
    Manifest,
    built,
    check,
    containers,
    listed,
    name_of,
    one,
    templates_of,
)
from tuner.config.sections import Budget

SECRETS = {
    "tuner-database": {"url", "password"},
    "tuner-ray": {"auth_token"},
    "tuner-dashboard": {"password"},
}


TEMPLATES = [
    pytest.param(template, id=f"{name_of(each)}-{number}")
    for each in MANIFESTS
    for number, template in enumerate(templates_of(each))
]


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("manifest", MANIFESTS, ids=name_of)
def test_the_schemas_accept_it(manifest: Manifest, version: str) -> None:
    check(manifest, version)


@pytest.mark.parametrize(
    ("kind", "name", "path", "value"),
    [
        ("Deployment", "tuner-serve", ["spec", "replica"], 2),
        ("Deployment", "tuner-serve", ["spec", "replicas"], "two"),
        ("NetworkPolicy", "ray", ["spec", "policyTypes"], "Ingress"),
        ("RayCluster", "tuner", ["spec", "workerGroupSpec"], []),
        ("RayCluster", "tuner", ["spec", "headGroupSpec", "rayStartParams", "num-cpus"], 0),
        ("RayCluster", "tuner", ["spec", "headGroupSpec", "template", "spec", "container"], []),
        ("RayCluster", "tuner", ["spec", "workerGroupSpecs", 0, "template", "spec", "hostNetwork"], "no"),
    ],
)
def test_the_schemas_refuse_what_is_wrong(kind: str, name: str, path: list[Any], value: Any) -> None:
    wrong: Any = one(kind, name)
    wrong = target = yaml.safe_load(yaml.safe_dump(wrong))
    for part in path[:-1]:
        target = target[part]
    target[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        check(wrong)


@pytest.mark.parametrize("folder", [FOLDER, AUTOSCALING], ids=lambda folder: folder.name)
def test_every_file_is_listed_and_nothing_is_said_twice(folder: Any) -> None:
    assert {*listed(folder), folder / "kustomization.yaml"} == {
        each for each in folder.iterdir() if each.is_file()
    }
    assert len({name_of(each) for each in MANIFESTS}) == len(MANIFESTS)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_pod_has_rights_to_spare(template: Manifest) -> None:
    (user,) = [line[line.index("--uid") + 1] for line in dockerfile_lines() if "useradd" in line]
    assert template["spec"]["securityContext"]["runAsUser"] == int(user)
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & set(template["spec"])
    for each in template["spec"]["containers"]:
        assert each["securityContext"] == {
            "runAsNonRoot": True,
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert each["resources"]["requests"].keys() >= {"cpu", "memory"}
        assert "memory" in each["resources"]["limits"]
    writable = {volume["name"]: volume for volume in template["spec"]["volumes"]}
    assert not any("hostPath" in volume for volume in writable.values())


def test_only_the_autoscaler_knows_the_kubernetes_api() -> None:
    for each in built():
        for template in templates_of(each):
            assert template["spec"]["automountServiceAccountToken"] is False
    holders = [
        template["spec"]["containers"][0]["name"]
        for each in MANIFESTS
        for template in templates_of(each)
        if template["spec"]["automountServiceAccountToken"]
    ]
    assert holders == ["ray-head"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_mount_has_its_volume(template: Manifest) -> None:
    volumes = {volume["name"] for volume in template["spec"]["volumes"]}
    mounted = {m["name"] for each in template["spec"]["containers"] for m in each.get("volumeMounts", [])}
    assert mounted == volumes
    for volume in template["spec"]["volumes"]:
        if "persistentVolumeClaim" in volume:
            claim = one("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])
            assert claim["spec"]["accessModes"] == ["ReadWriteMany"]


def test_secrets_are_named_and_never_written() -> None:
    assert not [each for each in MANIFESTS if each["kind"] == "Secret"]
    used: set[tuple[str, str]] = {
        (one("RayCluster", "tuner")["spec"]["authOptions"]["secretName"], "auth_token")
    }
    for _, each in containers():
        used |= {
            (source["name"], source["key"])
            for variable in each.get("env", [])
            if (source := variable.get("valueFrom", {}).get("secretKeyRef"))
        }
        for variable in each.get("env", []):
            assert "://" not in variable.get("value", "")
    for manifest in MANIFESTS:
        for template in templates_of(manifest):
            for volume in template["spec"]["volumes"]:
                if "secret" in volume:
                    items = volume["secret"].get("items", [])
                    name = volume["secret"]["secretName"]
                    used |= {(name, key) for key in ([each["key"] for each in items] or SECRETS[name])}
    assert used == {(name, key) for name, keys in SECRETS.items() for key in keys}


def test_the_operations_manual_makes_the_secrets() -> None:
    manual = (ROOT / "docs" / "operations.md").read_text()
    for name, keys in SECRETS.items():
        (line,) = [line for line in manual.splitlines() if f"create secret generic {name} " in line]
        assert all(f"-literal={key}=" in line or f"-file={key}=" in line for key in keys)


def test_one_service_leads_and_another_stands_by() -> None:
    serve = one("Deployment", "tuner-serve")
    assert serve["spec"]["replicas"] == 2
    pod = serve["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > Budget.model_fields["stop_grace_seconds"].default
    assert one("PodDisruptionBudget", "tuner-serve")["spec"]["minAvailable"] == 1


@pytest.mark.parametrize("kind", ["Deployment", "Service", "PodDisruptionBudget"])
def test_selectors_find_their_pods(kind: str) -> None:
    labels = [template["metadata"]["labels"] for each in MANIFESTS for template in templates_of(each)]
    for each in [each for each in MANIFESTS if each["kind"] == kind]:
        selector = each["spec"]["selector"]
        wanted = selector.get("matchLabels", selector)
        assert [found[COMPONENT] for found in labels if wanted.items() <= found.items()] == [
            wanted[COMPONENT]
        ]


def test_every_container_is_probed() -> None:
    for component, each in containers():
        if component != "migrate" and each["name"] != "autoscaler":
            assert {"livenessProbe", "readinessProbe"} <= set(each), each["name"]
            named = {port["name"] for port in each.get("ports", [])}
            for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
                action = each.get(probe, {})
                asked = action.get("httpGet", action.get("tcpSocket", {})).get("port")
                assert asked is None or asked in named
