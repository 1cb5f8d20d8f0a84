"""How the trials of a study ended, counted while it runs, and what that makes of its front."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from formats.messages import counted
from tuner.config.study_config import StudyConfig
from tuner.study.constraints import is_feasible
from tuner.study.outcome import Completed, Failed, Outcome, Stopped, values_of
from tuner.study.pareto import as_losses, hypervolume, non_dominated
from tuner.study.trial import TrialSpec
from tuner.study.trial_record import WORD_OF, TrialRecord

_WORD_OF_OUTCOME = {Completed: "completed", Stopped: "stopped", Failed: "failed"}


def word_of(outcome: Outcome) -> str:
    """Return how a trial ended, in a word: completed, stopped or failed."""
    return _WORD_OF_OUTCOME[type(outcome)]


@dataclass
class Tally:
    """How many trials ended in which way, and the values of the feasible ones.

    Attributes:
        ended: counts of completed, stopped and failed trials.
        infeasible: how many of the completed ones break a constraint.
        values: of the other completed trials, each with a value for each objective.
        trained_again: how many trainings beyond its first each trial has begun, by the number of its first
            attempt; each counts as a trial of the budget.
    """

    config: StudyConfig
    ended: Counter[str] = field(default_factory=Counter)
    infeasible: int = 0
    values: list[Sequence[float]] = field(default_factory=list)
    trained_again: dict[int, int] = field(default_factory=dict)
    _front: tuple[int, float] | None = None

    @classmethod
    def of(cls, config: StudyConfig, ended: Iterable[TrialRecord]) -> Tally:
        """Start from the trials that have ended before."""
        tally = cls(config)
        for record in ended:
            tally.ended[WORD_OF[record.state]] += 1
            if record.state == "COMPLETE" and "same_as" not in record.attributes:
                tally.trained_again[record.origin] = max(0, len(record.attributes.get("results", ())) - 1)
            if not record.is_feasible:
                tally.infeasible += 1
            elif record.values:
                tally.values.append(list(record.values))
        return tally

    @property
    def title(self) -> str:
        """What is counted."""
        return self.config.study

    @property
    def done(self) -> int:
        """How many trials of the budget are used."""
        return self.ended["completed"] + self.ended["stopped"] + sum(self.trained_again.values())

    def trains(self, spec: TrialSpec) -> None:
        """Count a training that begins, or will, if it is not its trial's first."""
        if spec.results:
            self.trained_again[spec.origin] = len(spec.results)

    def add(self, outcome: Outcome) -> None:
        """Count one more trial."""
        self.ended[word_of(outcome)] += 1
        values, constraints = values_of(outcome, self.config)
        if not is_feasible(constraints):
            self.infeasible += 1
        elif values is not None:
            self.values.append(values)
            self._front = None

    def take_back(self, outcome: Outcome) -> None:
        """Count one trial less, which `add` had counted."""
        self.ended[word_of(outcome)] -= 1
        values, constraints = values_of(outcome, self.config)
        if not is_feasible(constraints):
            self.infeasible -= 1
        elif values is not None:
            self.values.remove(values)
            self._front = None

    def rows(self) -> Iterator[tuple[str, str]]:
        """Yield what stands in the live table: a name and a text each."""
        states = [f"{self.ended[word]} {word}" for word in ("completed", "stopped", "failed")]
        if self.infeasible:
            states[0] += f" ({self.infeasible} infeasible)"
        if again := sum(self.trained_again.values()):
            states.append(f"{again} trained again")
        yield "trials", f"{self.done} of {self.config.budget.trials}: {', '.join(states)}"
        yield from ((f"best {metric}", f"{value:.4g}") for metric, value in self.best().items())
        size, volume = self.front()
        yield "front", f"{counted(size, 'trial')}, hypervolume {volume:.4g}"

    def best(self) -> dict[str, float]:
        """Return the best value of each objective, by its metric; empty until a trial is feasible."""
        if not self.values:
            return {}
        columns = zip(*self.values, strict=True)
        return {
            objective.metric: (max if objective.direction == "maximize" else min)(column)
            for objective, column in zip(self.config.objectives, columns, strict=True)
        }

    def front(self) -> tuple[int, float]:
        """Return the front's size, and the hypervolume between it and the worst value of each objective."""
        if not self.values:
            return 0, 0.0
        if self._front is None:
            losses = as_losses(self.values, [objective.direction for objective in self.config.objectives])
            front = losses[non_dominated(losses)]
            self._front = len(front), hypervolume(front, losses.max(axis=0))
        return self._front
