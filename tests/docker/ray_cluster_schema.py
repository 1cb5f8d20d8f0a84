"""The fields of KubeRay's RayCluster that docker/kubernetes uses, as a strict JSON schema.

Written by hand from KubeRay's reference of its API, version 1.7: no package of PyPI or npm carries its CRD. A
field that is not listed here is refused, though KubeRay may know it. Pod templates are Kubernetes' own, and
are checked as such.
"""

from __future__ import annotations

from typing import Any

_COUNT = {"type": "integer", "minimum": 0}
_OBJECT = {"type": "object"}
# `ray start` takes its parameters as text; the operator refuses numbers.
_PARAMETERS = {"type": "object", "additionalProperties": {"type": "string"}}


def _strict(required: list[str], **fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": fields, "additionalProperties": False}


_HEAD = _strict(["template", "rayStartParams"], rayStartParams=_PARAMETERS, template=_OBJECT)
_WORKERS = _strict(
    ["groupName", "minReplicas", "maxReplicas", "rayStartParams", "template"],
    groupName={"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
    replicas=_COUNT,
    minReplicas=_COUNT,
    maxReplicas=_COUNT,
    rayStartParams=_PARAMETERS,
    template=_OBJECT,
)
_AUTOSCALER = _strict(
    [],
    idleTimeoutSeconds=_COUNT,
    upscalingMode={"enum": ["Default", "Aggressive", "Conservative"]},
    resources=_OBJECT,
    securityContext=_OBJECT,
)
RAY_CLUSTER = _strict(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "ray.io/v1"},
    kind={"const": "RayCluster"},
    metadata=_strict(["name"], name={"type": "string", "maxLength": 50}, namespace={"type": "string"}),
    spec=_strict(
        ["headGroupSpec"],
        rayVersion={"type": "string"},
        authOptions=_strict([], mode={"enum": ["disabled", "token"]}, secretName={"type": "string"}),
        enableInTreeAutoscaling={"type": "boolean"},
        autoscalerOptions=_AUTOSCALER,
        headGroupSpec=_HEAD,
        workerGroupSpecs={"type": "array", "items": _WORKERS},
    ),
)
