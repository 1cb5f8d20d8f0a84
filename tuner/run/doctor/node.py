"""What a node's answer means: whether trials can run there, and would give the results they give here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tuner.checks import CheckResult
from tuner.run.node import LEAST_FREE_GIB, NodeAnswer
from tuner.run.on_ray.nodes import problems_of

_SHIPPED = "metric-tuner"  # the cluster's nodes are sent our code, whichever they have


def node_checks(name: str, answer: NodeAnswer | str, runs_folder: Path | None) -> Iterator[CheckResult]:
    """Whether a node has what a trial needs, and room for its checkpoints.

    Args:
        name: the node's, for people.
        answer: what it says of itself, or why it says nothing.
        runs_folder: the folder for checkpoints, as the driver knows it; None if another one stood in for it.
    """
    if isinstance(answer, str):
        yield CheckResult.wrong(name, answer)
        return
    there = "the code, what trials read and the folder for checkpoints"
    if runs_folder is None:
        there = "the code and what trials read"
        answer, runs_folder = replace(answer, runs_folder=None, free_gib=None), Path()
    problems = list(problems_of(answer, runs_folder))
    for problem in problems:
        yield CheckResult.wrong(name, problem)
    if not problems:
        yield CheckResult.fine(name, f"{there} are there")
    if answer.free_gib is not None:
        yield _room(name, answer.free_gib, runs_folder)


def versions_check(name: str, theirs: Mapping[str, str], ours: Mapping[str, str]) -> CheckResult:
    """Whether a node has the driver's versions of what a result depends on, as far as it has it."""
    differing = [
        f"{package} {theirs[package]} (here {ours[package]})"
        for package in sorted(theirs.keys() & ours.keys() - {_SHIPPED})
        if theirs[package] != ours[package]
    ]
    if not differing:
        return CheckResult.fine(name, "its versions are the driver's")
    return CheckResult.wrong(
        name, f"it has {', '.join(differing)}; install the same on all nodes, as constraints.txt says"
    )


def _room(name: str, free_gib: float, folder: Path) -> CheckResult:
    message = f"{free_gib:.1f} GiB are free in {folder}"
    if free_gib >= LEAST_FREE_GIB:
        return CheckResult.fine(name, message)
    return CheckResult.wrong(
        name, f"{message}; make room for checkpoints, or name another folder in TUNER_RUNS"
    )
