"""Milliseconds of asking, reporting and telling beside many finished trials: the sampler's part and ours.

The sampler's part is the time inside Optuna's `ask`, `suggest_…` and `tell`; the rest is the store's:
history, event, log. What is written to the database is timed apart, on the writer's own thread.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import optuna

from benchmarks.filled_store import METRICS
from benchmarks.markdown import Aim, Figure
from benchmarks.store.driven import PLACE
from tuner.config.space.search_space import SearchSpace
from tuner.config.study_config import StudyConfig
from tuner.store.open_study import driving
from tuner.store.reading.reader import StudyStore
from tuner.store.tables.creation import make_store
from tuner.store.writing.writer import Writer
from tuner.study.outcome import Completed
from tuner.study.study import Study
from tuner.study.trial import Report

TRIALS = 20
OF_THE_STORE = Aim(2.0)
_SAMPLERS = ((optuna.Study, "ask"), (SearchSpace, "suggest"), (optuna.Study, "tell"))


class Stopwatch:
    """Adds up the wall time that passes inside some functions, in milliseconds."""

    def __init__(self) -> None:
        self.milliseconds = 0.0
        self.laps: list[float] = []

    def timing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function, timed."""

        def timed(*arguments: Any, **named: Any) -> Any:
            with self:
                return function(*arguments, **named)

        return timed

    def __enter__(self) -> Stopwatch:
        """Start."""
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.laps.append(1000 * (time.perf_counter() - self._began))
        self.milliseconds += self.laps[-1]


def measure(storage: str, config: StudyConfig, folder: Path) -> list[Figure]:
    """Return the medians over some further trials of a filled study."""
    engine = make_store(storage, METRICS)
    further = _with_budget(config, config.budget.trials + TRIALS)
    view = StudyStore(engine.url, engine).load(config.study)
    with _timed_writer() as watch, driving(view, further, folder) as (study, writer):
        before = len(watch.laps)
        parts = _drive(study, writer, folder)
    engine.dispose()
    size = f"{config.budget.trials - 1:,} trials"
    figures = []
    for part, steps in parts.items():
        sampler = median(of_sampler for of_sampler, _ in steps)
        store = median(whole - of_sampler for of_sampler, whole in steps)
        figures.append(Figure(f"ms of {part}, {size}: the sampler's", sampler))
        figures.append(Figure(f"ms of {part}, {size}: the store's", store, aim=OF_THE_STORE))
    figures.append(Figure(f"ms of the writer for an event, {size}", median(watch.laps[before:])))
    return figures


def _with_budget(config: StudyConfig, trials: int) -> StudyConfig:
    return config.model_copy(update={"budget": config.budget.model_copy(update={"trials": trials})})


def _drive(study: Study, writer: Writer, folder: Path) -> dict[str, list[tuple[float, float]]]:
    """Of each part of a trial the sampler's milliseconds and all, once a trial."""
    parts = defaultdict[str, list[tuple[float, float]]](list)

    def step(part: str, do: Callable[[], Any]) -> Any:
        with _timed_sampler() as sampler, Stopwatch() as whole:
            done = do()
        parts[part].append((sampler.milliseconds, whole.milliseconds))
        writer.wait(60)  # so that the writer does not take turns with what is timed
        return done

    for index in range(TRIALS):
        spec = step("ask", lambda: study.ask(folder, {"node": "a"}))
        metrics = dict.fromkeys(METRICS, index / TRIALS)
        report = Report(1, metrics, f"{spec.folder}/state.pt", facts=PLACE)
        step("report", partial(study.report, spec, report))
        step("tell", partial(study.tell, spec, Completed(metrics)))
    return parts


@contextmanager
def _timed_sampler() -> Iterator[Stopwatch]:
    watch = Stopwatch()
    with ExitStack() as stack:
        for owner, name in _SAMPLERS:
            stack.enter_context(patch.object(owner, name, watch.timing(getattr(owner, name))))
        yield watch


@contextmanager
def _timed_writer() -> Iterator[Stopwatch]:
    watch = Stopwatch()
    with patch.object(Writer, "apply", watch.timing(Writer.apply)):
        yield watch
