"""Why a worker was lost, from what Ray says of it."""

from __future__ import annotations

from tuner.study.trial import HOST_OUT_OF_MEMORY

_RAYS_WORDS = "due to the node running low on memory"


def why_lost(said: str) -> str:
    """The reason of a trial whose worker was lost; its last line is the reason in short.

    Args:
        said: Ray's error, below a line of Ray Tune's; empty if there is none.
    """
    first = next((line for line in said.splitlines()[1:] if line.strip()), "Ray does not say how").strip()
    if _RAYS_WORDS in first:  # what follows lists the machine's processes, which is nobody's business
        return f"its worker was lost: {HOST_OUT_OF_MEMORY}: {first}"
    return f"{said}\nits worker was lost: {first}"
