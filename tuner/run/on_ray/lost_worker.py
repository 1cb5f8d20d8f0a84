"""Why a worker was lost, from Ray's error."""

from __future__ import annotations

from tuner.run.on_ray import ray_internals
from tuner.study.trial import HOST_OUT_OF_MEMORY


def why_lost(error_text: str) -> str:
    """The reason of a trial whose worker was lost; its last line is the reason in short.

    Args:
        error_text: Ray's error, below a line of Ray Tune's; empty if there is none.
    """
    lines = error_text.splitlines()[1:]
    cause = next((line for line in lines if line.strip()), "Ray does not say how").strip()
    if ray_internals.HOST_OUT_OF_MEMORY in cause:  # the lines after it list the node's processes
        return f"its worker was lost: {HOST_OUT_OF_MEMORY}: {cause}"
    return f"{error_text}\nits worker was lost: {cause}"
