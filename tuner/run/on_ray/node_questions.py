"""Questions to nodes whether trials can run there: each node is asked one at a time."""

from __future__ import annotations

import time
from collections import defaultdict, deque

import ray

from tuner.run.node import NodeAnswer, NodeQuestion
from tuner.run.on_ray.nodes import ANSWER_TIMEOUT_SECONDS, answer_of, ask_node


class Asked:
    """A question to a node.

    Args:
        node_id: the node's.
        question: what it is asked.
    """

    def __init__(self, node_id: str, question: NodeQuestion) -> None:
        self._node_id = node_id
        self._question = question
        self._reference: ray.ObjectRef[NodeAnswer] | None = None
        self._deadline = 0.0

    def send(self) -> None:
        """Ask the node, unless it was asked."""
        if self._reference is None:
            self._reference = ask_node(self._node_id, self._question)
            self._deadline = time.monotonic() + ANSWER_TIMEOUT_SECONDS

    @property
    def answer(self) -> NodeAnswer | str | None:
        """What the node answered, or why it gives no answer; None while there may still be one."""
        if self._reference is None:
            return None
        ready, _ = ray.wait([self._reference], timeout=0)
        if not ready and time.monotonic() < self._deadline:
            return None
        return answer_of(self._reference)


class NodeQuestions:
    """Asks each node one question after another.

    Asked at once, each question would start a Ray worker of its own there, and each of these imports what
    trains, torch for example. Asked one after another, a worker that is there answers the next.
    """

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Asked]] = defaultdict(deque)

    def ask(self, node_id: str, question: NodeQuestion) -> Asked:
        """Ask a node: now, or when those before have their answers."""
        asked = Asked(node_id, question)
        self._waiting[node_id].append(asked)
        self.go_on()
        return asked

    def go_on(self) -> None:
        """Ask each node that has answered its next question.

        To be called again and again where several ask.
        """
        for node_id, waiting in list(self._waiting.items()):
            while waiting and waiting[0].answer is not None:
                waiting.popleft()
            if waiting:
                waiting[0].send()
            else:
                del self._waiting[node_id]
