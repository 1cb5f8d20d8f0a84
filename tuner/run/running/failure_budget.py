"""The failures of one launch: how many, how many in a row, and for which reasons."""

from __future__ import annotations

import re
from collections import defaultdict

from formats.messages import counted
from tuner.config.sections import Budget
from tuner.study.outcome import Failed, Outcome
from tuner.study.trial import TrialSpec

_SHOWN = 10  # numbers of trials a reason
_NUMBER = re.compile(r"\d+")


class Failures:
    """Counts the trials that have failed for good; one that is queued again is no failure yet.

    Attributes:
        exceeded: which limit of the budget was exceeded, or None; what completes later does not take it back.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.exceeded: str | None = None
        self._in_a_row = 0
        self._by_reason: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)

    def add(self, spec: TrialSpec, outcome: Outcome) -> None:
        """Counts how a trial ended; what completed or was stopped ends a row of failures."""
        if not isinstance(outcome, Failed):
            self._in_a_row = 0
        elif not (outcome.retry and spec.may_retry):
            self._in_a_row += 1
            reason = outcome.reason
            # Sizes, epochs and addresses differ where the fault is the same.
            self._by_reason[_NUMBER.sub("#", reason)].append((spec.number, reason))
            self.exceeded = self.exceeded or self._exceeded()

    def _exceeded(self) -> str | None:
        budget, count = self._budget, sum(map(len, self._by_reason.values()))
        if count > budget.failures:
            return f"{counted(count, 'trial')} failed; budget.failures allows {budget.failures}"
        if budget.failures_in_a_row is not None and self._in_a_row > budget.failures_in_a_row:
            return (
                f"{counted(self._in_a_row, 'trial')} in a row failed; "
                f"budget.failures_in_a_row allows {budget.failures_in_a_row}"
            )
        return None

    def by_reason(self) -> list[str]:
        """A line a reason, the most frequent first: how often, the first such reason, the trials' numbers."""
        groups = sorted(self._by_reason.values(), key=len, reverse=True)
        return [f"{len(group)} x {group[0][1]} ({_trials(group)})" for group in groups]


def _trials(group: list[tuple[int, str]]) -> str:
    numbers = ", ".join(str(number) for number, _ in group[:_SHOWN])
    return f"trial {numbers}" + (", …" if len(group) > _SHOWN else "")
