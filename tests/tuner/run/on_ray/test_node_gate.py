"""The gate for nodes: when it asks, what it says, and when it asks again, without Ray."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tuner.run.node import NodeAnswer
from tuner.run.on_ray import node_gate, node_questions
from tuner.run.on_ray.node_gate import CHECK_AGAIN_SECONDS, NodeGate
from tuner.run.on_ray.node_questions import NodeQuestions
from tuner.run.on_ray.nodes import ANSWER_TIMEOUT_SECONDS

RECORD = {"NodeID": "n1", "NodeName": "10.0.0.1", "NodeManagerHostname": "node-1"}


def answer(data: str | None = None, runs_folder: str | None = None) -> NodeAnswer:
    return NodeAnswer("node-1", 0.0, {}, 1.0, runs_folder, None, data)


class Gate:
    """A gate whose nodes answer when a test says so, on a clock of the test's."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Future[Any]] = []
        self.said: list[str] = []
        self.now = 1000.0
        self.folder = folder
        self.questions = NodeQuestions()
        self.gate = self.another()
        monkeypatch.setattr(node_gate, "alive_nodes", lambda: [RECORD])
        monkeypatch.setattr(node_questions, "ask_node", self._ask)
        monkeypatch.setattr(
            node_questions,
            "answer_of",
            lambda future: future.result() if future.done() else "does not answer",
        )
        monkeypatch.setattr(node_questions, "ray", SimpleNamespace(wait=self._wait))
        for module in (node_gate, node_questions):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))

    def another(self) -> NodeGate:
        """The gate of another study of the same service."""
        return NodeGate(lambda: None, self.folder, self.said.append, self.questions, checked=["here"])

    def allows(self) -> bool:
        return self.gate.allows("n1")

    def answers(self, said: object) -> bool:
        """Let the node answer the last question; return whether it gets trials then."""
        self.asked[-1].set_result(said)
        return self.allows()

    def _ask(self, node_id: str, question: Any) -> Future[Any]:
        assert node_id in {"n1", "n2"}
        assert (self.folder / question.marker).exists(), "the node is to find this file"
        self.asked.append(Future())
        return self.asked[-1]

    @staticmethod
    def _wait(asked: list[Future[Any]], timeout: float) -> tuple[list[Any], list[Any]]:
        assert timeout == 0, "the driver's one thread does not wait for a node"
        return [each for each in asked if each.done()], [each for each in asked if not each.done()]


@pytest.fixture
def gated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(tmp_path, monkeypatch)


def test_nodes_that_were_checked_are_not_asked(gated: Gate) -> None:
    assert gated.gate.allows("here")
    assert gated.gate.allows("")  # a worker that has not said where it is yet
    assert gated.asked == []


def test_a_node_gets_no_trial_before_it_has_answered_and_is_asked_once(gated: Gate) -> None:
    assert not any(gated.allows() for _ in range(3))
    assert gated.answers(answer())
    gated.now += 10 * CHECK_AGAIN_SECONDS
    assert gated.allows()
    assert (len(gated.asked), gated.said, gated.gate.problems) == (1, [], {})


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (answer(data="/data lacks train"), "/data lacks train"),
        (answer(runs_folder="there is no such folder"), "every node must reach the checkpoints"),
        (answer("/data lacks train", "there is no such folder"), "/data lacks train; TUNER_RUNS: "),
        ("its check raised OSError", "its check raised OSError"),
    ],
)
def test_what_a_node_lacks_is_said_in_a_line_with_its_name(
    gated: Gate, said: NodeAnswer | str, why: str
) -> None:
    gated.allows()
    assert not gated.answers(said)
    (line,) = gated.said
    assert line.startswith("node 10.0.0.1 (node-1, n1): no trial runs there: ")
    assert why in line
    assert list(gated.gate.problems.values()) == [line]


def test_a_bad_node_is_asked_again_after_a_while_and_said_once(gated: Gate) -> None:
    gated.allows()
    gated.answers(answer("it lacks data"))
    for _ in range(2):
        gated.now += CHECK_AGAIN_SECONDS - 1
        assert not gated.allows()
        asked = len(gated.asked)
        gated.now += 1
        assert not gated.allows()
        assert len(gated.asked) == asked + 1
        assert not gated.answers(answer("it lacks data"))
    assert len(gated.said) == 1
    gated.now += CHECK_AGAIN_SECONDS
    gated.allows()
    assert not gated.answers(answer("it lacks a package"))
    assert [line.rpartition(": ")[2] for line in gated.said] == ["it lacks data", "it lacks a package"]


def test_a_node_that_was_mended_gets_trials(gated: Gate) -> None:
    gated.allows()
    gated.answers(answer("it lacks data"))
    gated.now += CHECK_AGAIN_SECONDS
    gated.allows()
    assert gated.answers(answer())
    assert gated.gate.problems == {}


def test_a_node_that_does_not_answer_is_refused_after_a_while(gated: Gate) -> None:
    gated.allows()
    gated.now += ANSWER_TIMEOUT_SECONDS - 1
    assert not gated.allows()
    assert gated.said == []
    gated.now += 1
    assert not gated.allows()
    assert gated.said[0].endswith("no trial runs there: does not answer")


def test_a_node_that_is_gone_is_named_by_its_id(gated: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_gate, "alive_nodes", list)
    gated.allows()
    gated.answers("does not answer: it died")
    assert gated.said == ["n1: no trial runs there: does not answer: it died"]


def test_its_file_is_gone_afterwards(gated: Gate) -> None:
    with gated.gate.guarding() as gate:
        gate.allows("n1")
        assert len(list(gated.folder.iterdir())) == 1
    assert list(gated.folder.iterdir()) == []


def test_studies_ask_a_node_one_after_another(gated: Gate) -> None:
    gates = [gated.gate, gated.another(), gated.another()]
    assert not any(gate.allows("n1") for gate in gates)
    assert len(gated.asked) == 1
    said = [answer(), "its check raised OSError", answer()]
    for count, each in enumerate(said, 1):
        gated.questions.go_on()
        assert len(gated.asked) == count
        gated.asked[-1].set_result(each)
    assert [gate.allows("n1") for gate in gates] == [True, False, True]


def test_another_node_is_asked_at_once(gated: Gate) -> None:
    for node in ("n1", "n2"):
        gated.gate.allows(node)
    assert len(gated.asked) == 2


def test_a_node_that_does_not_answer_one_study_is_asked_for_the_next(gated: Gate) -> None:
    second = gated.another()
    gated.allows()
    second.allows("n1")
    gated.now += ANSWER_TIMEOUT_SECONDS
    gated.questions.go_on()
    gated.now += 1
    gated.asked[1].set_result(answer())
    assert second.allows("n1")
    assert not gated.allows()
