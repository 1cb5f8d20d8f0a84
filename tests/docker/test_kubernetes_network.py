"""Who reaches whom on Kubernetes: nobody but as a policy says."""

from __future__ import annotations

import pytest

from tests.acceptance.compose_file import composed
from tests.docker.kubernetes_files import (
    COMPONENT,
    MANIFESTS,
    Manifest,
    container,
    containers,
)


def test_only_those_who_need_the_database_know_it() -> None:
    knowing = {name for name, each in containers() if "TUNER_STORAGE" in str(each.get("env"))}
    assert knowing == {"serve", "dashboard", "migrate"}
    assert allowed("database", "egress") == knowing
    services = composed()["services"]
    holders = {name for name in services if "TUNER_STORAGE" in services[name]["environment"]}
    assert knowing == holders - {"tuner"}


def policies() -> dict[str, Manifest]:
    return {each["metadata"]["name"]: each["spec"] for each in MANIFESTS if each["kind"] == "NetworkPolicy"}


def selected(selector: Manifest) -> set[str]:
    """The components that a selector of pods names."""
    components = set(selector.get("matchLabels", {}).get(COMPONENT, "").split())
    for expression in selector.get("matchExpressions", []):
        assert (expression["key"], expression["operator"]) == (COMPONENT, "In")
        components |= set(expression["values"])
    return components


def allowed(policy: str, way: str) -> set[str]:
    assert policies()[policy]["policyTypes"] == [way.capitalize()]
    return selected(policies()[policy]["podSelector"])


def test_nothing_is_allowed_that_no_policy_names() -> None:
    deny = policies()["default-deny"]
    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert set(policies()) == {
        "default-deny",
        "names",
        "ray",
        "database",
        "dashboard",
        "metrics",
        "autoscaler",
    }
    for name, policy in policies().items():
        for rule in [*policy.get("ingress", []), *policy.get("egress", [])]:
            assert rule.get("from") or rule.get("to"), name
            assert rule.get("ports") or name == "ray", name


def test_ray_is_reached_by_itself_and_the_service_alone() -> None:
    policy = policies()["ray"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    ((source,),) = [rule["from"] for rule in policy["ingress"]]
    ((target,),) = [rule["to"] for rule in policy["egress"]]
    for selector in (policy["podSelector"], source["podSelector"], target["podSelector"]):
        assert selected(selector) == {"ray", "serve"}
    assert set(source) == set(target) == {"podSelector"}  # with a namespaceSelector beside it, others' too
    assert {name for name, _ in containers()} == {"ray", "serve", "dashboard", "migrate"}


def test_the_database_is_reached_at_its_address_alone() -> None:
    reaching = {
        name
        for name, policy in policies().items()
        for rule in policy.get("egress", [])
        if any(port["port"] == 5432 for port in rule.get("ports", []))
    }
    assert reaching == {"database"}
    ((peer,),) = [rule["to"] for rule in policies()["database"]["egress"]]
    assert peer["ipBlock"]["cidr"].endswith("/32")


@pytest.mark.parametrize(
    ("policy", "component", "namespace"),
    [("dashboard", "dashboard", "ingress-nginx"), ("metrics", "serve", "monitoring")],
)
def test_who_looks_comes_from_one_namespace(policy: str, component: str, namespace: str) -> None:
    assert allowed(policy, "ingress") == {component}
    ((rule,),) = [policies()[policy]["ingress"]]
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    ]
    ports = {each["containerPort"] for each in container(component)["ports"]}
    assert [each["port"] for each in rule["ports"]] == list(ports)
