"""What sections of a study ask of each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from formats.messages import format_value
from formats.problems import Problem
from tuner.config.sections import Replicates
from tuner.config.space.search_space import SearchSpace


def replicates_problems(replicates: Replicates, space: SearchSpace, trainable: str | None) -> list[Problem]:
    """What keeps a training from being repeated with other seeds or folds; empty if nothing does."""
    problems = []
    corners = list(space.corners())
    seeds = [corner.get("seed", None if trainable else 0) for corner in corners]
    unfit = [seed for seed in seeds if type(seed) is not int]
    if trainable is not None and None in unfit:
        problems.append("a trainer of your own is told its seed as train.seed; write it: seed: 0")
    elif unfit:
        problems.append(f"train.seed is {format_value(unfit[0])}; seeds follow it, so write a whole number")
    if replicates.folds and not all(isinstance(corner.get("dataset"), Mapping) for corner in corners):
        problems.append("folds are those of train.dataset, which is not there; leave folds out")
    return [Problem(("replicates",), each) for each in problems]


def enqueue_problems(points: Sequence[Mapping[str, Any]], space: SearchSpace) -> list[Problem]:
    """What is wrong with points that are to be tried first; empty if nothing is."""
    problems = []
    for index, point in enumerate(points):
        problems += [
            Problem(("enqueue", index, name), text) for name, text in space.problems_of(point).items()
        ]
        if point in points[:index]:
            problems.append(Problem(("enqueue", index), "is enqueued already; remove one of the two"))
    return problems
