"""Who is compared: rivals with their defaults, and this project's search with one part changed at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, RandomSampler, TPESampler

from benchmarks.search.contenders.optuna_alone import OptunaAlone
from benchmarks.search.contenders.ours import Ours
from benchmarks.search.simulation import Contender
from benchmarks.search.task import MAIN_JOB, Task
from tuner.config.study_config import StudyConfig

Make = Callable[[Task, int, int], Contender]
"""Makes a contender for a task, so many trials, and a seed."""

_SLOW_TRIALS = 60
_START = "enqueue=[{label_percent: 1}, {label_percent: 3}, {label_percent: 10}, {label_percent: 30}]"


@dataclass(frozen=True)
class Entry:
    """A contender.

    Attributes:
        make: makes it.
        is_ours: whether it is this project's; a rival may stand on its front with trials that it stopped.
        patience: epochs without anything better after which trainings end, or None.
        most_trials: how many it may have at most, since its proposals are slow; None is no limit.
    """

    make: Make
    is_ours: bool = False
    patience: int | None = None
    most_trials: int | None = None


def ours(sampler: str, *overrides: str, patience: int | None = None) -> Entry:
    """Return this project's search of the main job, with this sampler and these overrides."""

    def make(task: Task, trials: int, seed: int) -> Contender:
        own = (f"sampler={{name: {sampler}, seed: {seed}}}", f"budget.trials={trials}")
        return Ours(StudyConfig.load(MAIN_JOB, (*task.overrides, *overrides, *own)))

    slow = _SLOW_TRIALS if sampler == "gp" else None
    return Entry(make, is_ours=True, patience=patience, most_trials=slow)


def _optuna(sampler: Callable[[int], BaseSampler], *, log_labels: bool = False) -> Entry:
    """Return Optuna alone, with the sampler of a seed."""

    def make(task: Task, trials: int, seed: int) -> Contender:
        return OptunaAlone(task.config.space, sampler(seed), trials, log_labels=log_labels)

    return Entry(make)


def _stock(task: Task, trials: int, seed: int) -> Contender:
    from benchmarks.search.contenders.stock import Stock  # noqa: PLC0415 - Ray takes seconds to import

    return Stock(task.config.space, task.config.budget.epochs, trials, seed)


def _moasha(task: Task, trials: int, seed: int) -> Contender:
    from benchmarks.search.contenders.moasha import Moasha  # noqa: PLC0415 - an extra, which few need

    return Moasha(task.config.space, task.config.budget.epochs, trials, seed)


def _asha(factor: int, grace: int) -> tuple[str, str]:
    return f"early_stopping={{name: asha, reduction_factor: {factor}}}", f"budget.grace_epochs={grace}"


STOCK = "stock OptunaSearch + ASHA"
_OPTUNA_TPE = _optuna(lambda seed: TPESampler(seed=seed))
_OPTUNA_GP_LOG = _optuna(lambda seed: GPSampler(seed=seed), log_labels=True)

RIVALS = {
    "random": _optuna(RandomSampler),
    STOCK: Entry(_stock),
    "Optuna TPE": _OPTUNA_TPE,
    "Optuna NSGA-II": _optuna(lambda seed: NSGAIISampler(seed=seed)),
    "Syne Tune MOASHA": Entry(_moasha),
}

SAMPLERS = {f"ours, {sampler}": ours(sampler) for sampler in ("random", "nsga2", "tpe", "gp")} | {
    "Optuna TPE, multivariate": _optuna(lambda seed: TPESampler(seed=seed, multivariate=True)),
    "Optuna GP, logarithm of labels": replace(_OPTUNA_GP_LOG, most_trials=_SLOW_TRIALS),
}

STOPPING = {
    **{
        f"ours, tpe, asha {factor} from epoch {grace}": ours("tpe", *_asha(factor, grace))
        for factor in (2, 3, 4)
        for grace in (1, 3, 6)
    },
    "ours, tpe, median from epoch 3": ours("tpe", "early_stopping={name: median}", "budget.grace_epochs=3"),
    **{f"ours, tpe, patience {epochs}": ours("tpe", patience=epochs) for epochs in (2, 3, 5)},
    "ours, tpe, asha 3 from epoch 6, patience 5": ours("tpe", *_asha(3, 6), patience=5),
    "ours, gp, patience 3": ours("gp", patience=3),
    "ours, auto, patience 3": ours("auto", patience=3),
    "ours, gp, patience 3, start points": ours("gp", _START, patience=3),
    "ours, gp, asha 2 from epoch 3": ours("gp", *_asha(2, 3)),
    "Optuna TPE, patience 3": replace(_OPTUNA_TPE, patience=3),
}

ENTRIES = RIVALS | SAMPLERS | STOPPING
