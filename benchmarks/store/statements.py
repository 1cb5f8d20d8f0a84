"""SQL statements and transactions of one trial in one process, by what causes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from sqlalchemy import Engine, event

from benchmarks.markdown import Aim, Figure
from benchmarks.store.driven import METRICS, PLACE, ask, config, finished
from tuner.store.create_study import create_or_load
from tuner.store.open_study import driving
from tuner.store.tables.creation import make_store
from tuner.store.writing.writer import Writer
from tuner.study.trial import Report, TrialSpec

TRIALS = 20
STATEMENTS, TRANSACTIONS, OF_AN_EPOCH = Aim(12), Aim(3), Aim(3)

Done = TypeVar("Done")


@dataclass
class Counted:
    """What an engine was asked to do."""

    statements: int = 0
    transactions: int = 0


@contextmanager
def counting(engine: Engine) -> Iterator[Counted]:
    """Count what an engine is asked to do while the block runs."""
    counted = Counted()

    def statement(*_: Any) -> None:
        counted.statements += 1

    def commit(_: Any) -> None:
        counted.transactions += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


class Steps:
    """Counts what each step of a study's driver costs, until the store has it."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = engine
        self._writer = writer
        self._counted = defaultdict[str, list[Counted]](list)

    def take(self, part: str, do: Callable[[], Done]) -> Done:
        """Take one step of this part of a trial."""
        with counting(self._engine) as counted:
            done = do()
            if not self._writer.wait(60):
                raise TimeoutError(part)
        self._counted[part].append(counted)
        return done

    def statements(self) -> dict[str, float]:
        """The statements of a step of each part.

        Medians of the later half, when TPE no longer draws at random: a look for external changes, once a
        second, may fall into some.
        """
        return {
            part: median(each.statements for each in steps[TRIALS // 2 :])
            for part, steps in self._counted.items()
        }

    def transactions(self) -> dict[str, float]:
        """The transactions, likewise."""
        return {
            part: median(each.transactions for each in steps[TRIALS // 2 :])
            for part, steps in self._counted.items()
        }


def measure(storage: str, folder: Path) -> list[Figure]:
    """Return what a trial of one epoch costs, and each further epoch."""
    engine = make_store(storage, METRICS)
    steps = _drive(engine, folder)
    engine.dispose()
    statements, transactions = steps.statements(), steps.transactions()
    further, further_commit = statements.pop("epoch"), transactions.pop("epoch")
    return [
        _sum("statements of a trial of one epoch", statements, STATEMENTS),
        _sum("transactions of a trial of one epoch", transactions, TRANSACTIONS),
        Figure(
            "statements of one more epoch", further, aim=OF_AN_EPOCH, note=f"transactions {further_commit:g}"
        ),
    ]


def _sum(what: str, parts: dict[str, float], aim: Aim) -> Figure:
    note = ", ".join(f"{part} {count:g}" for part, count in parts.items())
    return Figure(what, sum(parts.values()), aim=aim, note=note)


def _drive(engine: Engine, folder: Path) -> Steps:
    """Drive trials of two epochs; the first report says where the trial runs."""
    study_config = config("statements", TRIALS, epochs=2)
    view = create_or_load(engine, study_config)
    with driving(view, study_config, folder) as (study, writer):
        steps = Steps(view.engine, writer)
        for _ in range(TRIALS):
            spec = steps.take("ask", lambda: ask(study, folder))
            steps.take("report", partial(study.report, spec, _report(spec, 1)))
            steps.take("epoch", partial(study.report, spec, _report(spec, 2)))
            steps.take("tell", partial(study.tell, spec, finished(spec)))
    return steps


def _report(spec: TrialSpec, epoch: int) -> Report:
    facts = PLACE if epoch == 1 else {}
    return Report(epoch, finished(spec).metrics, f"{spec.folder}/state.pt", facts=facts)
