"""Keeps the trials of a study from nodes that cannot run them, also from those that join while it runs."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tuner.run.on_ray.devices import alive_nodes
from tuner.run.on_ray.node_questions import Asked, NodeQuestions
from tuner.run.on_ray.nodes import name_of, problems_of, question

CHECK_AGAIN_SECONDS = 60
"""After how long a node that could not run trials is asked once more."""


class NodeGate:
    """Asks a node, when a worker there is free, whether a study's trials can run on it.

    Args:
        prepare: raises if what a trial reads is not there; it is called on the node.
        runs_folder: the folder for checkpoints, which the node has to reach.
        say: told in a line why a node cannot run trials.
        questions: asks the nodes; one for all gates of a process.
        checked: the ids of nodes that need no check.
    """

    def __init__(
        self,
        prepare: Callable[[], None],
        runs_folder: Path,
        say: Callable[[str], None],
        questions: NodeQuestions,
        checked: Iterable[str] = (),
    ) -> None:
        self.problems: dict[str, str] = {}
        self._prepare = prepare
        self._runs_folder = runs_folder
        self._say = say
        self._questions = questions
        self._open = set(checked)
        self._asked: dict[str, Asked] = {}
        self._again: dict[str, float] = {}
        self._marker = f".tuner-{secrets.token_hex(8)}"

    def allows(self, node_id: str) -> bool:
        """Whether trials can run on this node; False also while its answer is waited for."""
        if node_id in self._open or not node_id:
            return True
        if node_id in self._asked:
            return self._answered(node_id)
        if time.monotonic() >= self._again.get(node_id, 0.0):
            self._file.touch()
            asking = question(self._prepare, self._runs_folder, self._marker)
            self._asked[node_id] = self._questions.ask(node_id, asking)
        return False

    @contextmanager
    def guarding(self) -> Iterator[NodeGate]:
        """Remove, after the block, the file by which nodes know the folder for checkpoints."""
        try:
            yield self
        finally:
            self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self._runs_folder / self._marker

    def _answered(self, node_id: str) -> bool:
        answer = self._asked[node_id].answer
        if answer is None:
            return False
        del self._asked[node_id]
        problems = [answer] if isinstance(answer, str) else list(problems_of(answer, self._runs_folder))
        if problems:
            self._refuse(node_id, "; ".join(problems))
            return False
        self.problems.pop(node_id, None)
        self._open.add(node_id)
        return True

    def _refuse(self, node_id: str, why: str) -> None:
        self._again[node_id] = time.monotonic() + CHECK_AGAIN_SECONDS
        named = {node["NodeID"]: name_of(node) for node in alive_nodes()}
        line = f"{named.get(node_id, node_id)}: no trial runs there: {why}"
        if self.problems.get(node_id) != line:
            self.problems[node_id] = line
            self._say(line)
