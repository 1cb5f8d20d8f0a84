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


def check_nodes(share: Share, prepare: Callable[[], None], runs_folder: Path, stop: StopSignal) -> None:
    """Check that each node that can take a trial has the code, the data and the folder for checkpoints.

    A stop ends the wait for their answers, and none is judged then.

    Raises:
        UsageError: a line for each node and what it lacks.
    """
    answers = ask_nodes(share, prepare, runs_folder, stop)
    if stop.received:
        return
    problems = [
        f"{name}: {problem}"
        for name, answer in answers.items()
        for problem in ([answer] if isinstance(answer, str) else problems_of(answer, runs_folder))
    ]
    if problems:
        raise UsageError("\n".join(problems))


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
    question = NodeQuestion(str(runs_folder), marker, ray.cloudpickle.dumps(prepare))  # type: ignore[no-untyped-call]
    nodes = {node["NodeID"]: node for node in alive_nodes() if share.fits(node["Resources"])}
    file = runs_folder / marker
    file.touch()
    try:
        asked = {node_id: _ask(node_id, question) for node_id in nodes}
        _wait(list(asked.values()), stop)
        return {_name_of(nodes[node_id]): _answer(reference) for node_id, reference in asked.items()}
    finally:
        file.unlink(missing_ok=True)


def _wait(asked: list[ray.ObjectRef[NodeAnswer]], stop: StopSignal | None) -> None:
    end = time.monotonic() + ANSWER_TIMEOUT_SECONDS
    while asked and time.monotonic() < end and not (stop and stop.received):
        _, asked = ray.wait(asked, num_returns=len(asked), timeout=_POLL_SECONDS)


def _name_of(node: Mapping[str, Any]) -> str:
    return f"node {node['NodeName']} ({node['NodeManagerHostname']}, {node['NodeID'][:8]})"


def _ask(node_id: str, question: NodeQuestion) -> ray.ObjectRef[NodeAnswer]:
    there = NodeAffinitySchedulingStrategy(node_id=node_id, soft=False)
    task = ray.remote(this_node).options(num_cpus=0, scheduling_strategy=there, max_retries=0)
    return task.remote(question)


def _answer(reference: ray.ObjectRef[NodeAnswer]) -> NodeAnswer | str:
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
