"""Asks each node of the cluster whether trials can run there, before the first one does."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import GetTimeoutError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from tuner.errors import UsageError
from tuner.run.node import NodeAnswer, NodeQuestion, this_node
from tuner.run.on_ray.devices import Share, alive_nodes
from tuner.run.signals import StopSignal

ANSWER_TIMEOUT_SECONDS = 120
_POLL_SECONDS = 0.5


def check_nodes(
    share: Share, prepare: Callable[[], None], runs_folder: Path, stop: StopSignal
) -> frozenset[str]:
    """Check that each node that can take a trial has the code, the data and the folder for checkpoints.

    A stop ends the wait for their answers, and none is judged then.

    Returns:
        The ids of the nodes that were there.

    Raises:
        UsageError: a line for each node and what it lacks.
    """
    there = frozenset(node["NodeID"] for node in alive_nodes())
    answers = ask_nodes(share, prepare, runs_folder, stop)
    if stop.received:
        return there
    problems = [
        f"{name}: {problem}"
        for name, answer in answers.items()
        for problem in ([answer] if isinstance(answer, str) else problems_of(answer, runs_folder))
    ]
    if problems:
        raise UsageError("\n".join(problems))
    return there


def problems_of(answer: NodeAnswer, runs_folder: Path) -> Iterator[str]:
    """Why trials cannot run on the node of this answer; nothing if they can."""
    if answer.code:
        yield f"the code for training cannot be imported: {answer.code}; install it there"
    if answer.data:
        yield answer.data
    if answer.runs_folder:
        yield (
            f"TUNER_RUNS: {runs_folder}: {answer.runs_folder}; every node must reach "
            "the checkpoints: name a folder on a network file system or a shared volume"
        )


def ask_nodes(
    share: Share, prepare: Callable[[], None], runs_folder: Path, stop: StopSignal | None = None
) -> Mapping[str, NodeAnswer | str]:
    """The answer of each node that can take a trial, by a name for people, or why it gave none."""
    marker = f".tuner-{secrets.token_hex(8)}"
    asking = question(prepare, runs_folder, marker)
    nodes = {node["NodeID"]: node for node in alive_nodes() if share.fits(node["Resources"])}
    file = runs_folder / marker
    file.touch()
    try:
        asked = {node_id: ask_node(node_id, asking) for node_id in nodes}
        _wait(list(asked.values()), stop)
        return {name_of(nodes[node_id]): answer_of(reference) for node_id, reference in asked.items()}
    finally:
        file.unlink(missing_ok=True)


def _wait(asked: list[ray.ObjectRef[NodeAnswer]], stop: StopSignal | None) -> None:
    end = time.monotonic() + ANSWER_TIMEOUT_SECONDS
    while asked and time.monotonic() < end and not (stop and stop.received):
        _, asked = ray.wait(asked, num_returns=len(asked), timeout=_POLL_SECONDS)


def name_of(node: Mapping[str, Any]) -> str:
    """A node's name for people, of Ray's record of it."""
    return f"node {node['NodeName']} ({node['NodeManagerHostname']}, {node['NodeID'][:8]})"


def question(prepare: Callable[[], None], runs_folder: Path, marker: str) -> NodeQuestion:
    """What a node is asked: whether it reaches this folder, which has a file of this name, and the data."""
    return NodeQuestion(str(runs_folder), marker, ray.cloudpickle.dumps(prepare))  # type: ignore[no-untyped-call]


def ask_node(node_id: str, question: NodeQuestion) -> ray.ObjectRef[NodeAnswer]:
    """Ask a node; `answer_of` has what it says."""
    there = NodeAffinitySchedulingStrategy(node_id=node_id, soft=False)
    task = ray.remote(this_node).options(num_cpus=0, scheduling_strategy=there, max_retries=0)
    return task.remote(question)


def answer_of(reference: ray.ObjectRef[NodeAnswer]) -> NodeAnswer | str:
    """What a node answered, or why it gave no answer until now."""
    try:
        return ray.get(reference, timeout=0)
    except GetTimeoutError:
        answer = f"nothing within {ANSWER_TIMEOUT_SECONDS} s"
    except RayTaskError as error:
        return f"its check raised {_last_line(error)}; see Ray's log there"
    except RayError as error:
        answer = _last_line(error)
    return f"does not answer: {answer}; see Ray's log there, and whether the driver can be reached"


def _last_line(error: RayError) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[-1]
