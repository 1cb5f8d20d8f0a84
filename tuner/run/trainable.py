"""The one bridge between the two packages: a trial's spec becomes a training, its epochs become reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import formats
import trainers
from formats.durable_file import before
from formats.problems import ConfigProblems, Problem
from formats.validation import problems_of
from trainers.config import TrainConfig
from trainers.doubts import doubts as doubts_about
from trainers.errors import ConfigError, DatasetError, TrainerError, TrainingStopped
from trainers.evaluation import METRICS
from trainers.model.facts import Origin
from trainers.model.writing import write_model as write
from trainers.training.judging import judge, result
from trainers.training.saving.saver import Saver
from trainers.training.seeding import set_threads
from trainers.training.trainer import Evaluation, Trainer
from tuner.config.space.corner_check import corner_problems
from tuner.config.study_config import StudyConfig
from tuner.errors import UsageError
from tuner.study.trial import Metrics, Report, TrialSpec

metrics = tuple(METRICS)
"""The names of all that an epoch may yield; those that a config asks for can be an objective of its study."""

packages = (Path(__file__).parents[1], *(Path(package.__path__[0]) for package in (trainers, formats)))
"""The folders of the code that workers need."""

code: dict[str, str] = {}
"""What is noted of code beside this project's, whose commit is noted anyway: nothing."""

_SET_BY_THE_STUDY = {"epochs": "budget.epochs", "monitor": "the first of objectives"}


def check(train: Mapping[str, Any], study: StudyConfig) -> None:
    """Whether one filled training config of the study can be trained, as far as reading it tells.

    Raises:
        ConfigProblems: a line for each key that is wrong.
    """
    problems = [
        Problem((key,), f"is set by {setter} in a study; leave it out")
        for key, setter in _SET_BY_THE_STUDY.items()
        if key in train
    ]
    own = {key: value for key, value in train.items() if key not in _SET_BY_THE_STUDY}
    try:
        config = TrainConfig.model_validate(own)
    except ValidationError as error:
        problems += problems_of(error, train)
    else:
        problems += [Problem(("evaluation",), line) for line in _lacking(config, study)]
    if problems:
        raise ConfigProblems(problems)


def _lacking(config: TrainConfig, study: StudyConfig) -> Iterator[str]:
    """Yields a line for each thing that the study needs, and the training may not measure when it does."""
    stopping, every, grace = study.early_stopping.name, config.evaluation.every, study.budget.grace_epochs
    for metric in study.metrics:
        always = metric == study.primary.metric or stopping != "none"
        if metric in METRICS and (line := config.lacking(metric, always=always)):
            yield line
    if stopping == "asha" and grace % every:
        remedy = f"write a budget.grace_epochs that is a multiple of it, not {grace}"
        yield f"every: {every} leaves rungs out; {remedy}"


def doubts(study: StudyConfig) -> list[Problem]:
    """What of a study can be trained, but hardly as it is meant."""
    problems = [
        Problem(
            ("objectives", index, "direction"),
            f"{each.direction}: {each.metric} is better the other way: {METRICS[each.metric]}",
        )
        for index, each in enumerate(study.objectives)
        if METRICS.get(each.metric, each.direction) != each.direction
    ]
    return problems + [each.under("train") for each in corner_problems(study.space, _refuse_doubts)]


def _refuse_doubts(train: Mapping[str, Any]) -> None:
    config = TrainConfig.model_validate(train)
    found = [Problem(tuple(path.split(".")), why) for path, why in doubts_about(config)]
    if found:
        raise ConfigProblems(found)


def prepare(train: Mapping[str, Any], study: StudyConfig) -> None:
    """Whether what one filled training config reads is there: the files of its data set, given weights.

    Raises:
        UsageError: files are missing or damaged, or weights are another network's.
    """
    folds = study.replicates.folds if study.replicates else None
    if folds and "folds" not in train["dataset"]:
        train = {**train, "dataset": {**train["dataset"], "folds": folds}}
    config = _train_config(train, study.budget.epochs, study.primary.metric, study.primary.direction)
    try:
        config.dataset.check()
        config.backbone.check()
    except DatasetError as error:
        raise UsageError(f"train.dataset: {error}") from error
    except ConfigError as error:
        raise UsageError(f"train.{error}") from error


def train(spec: TrialSpec) -> Iterator[Report]:
    """Trains one trial, from its checkpoint if it has one; a report an evaluation, as a rule an epoch.

    Epochs that were reported, but not saved, are trained again and not reported again; the state before the
    last one is kept too, should that one be damaged.
    """
    set_threads(max(1, int(spec.cpus)))
    facts: dict[str, Any] = {}
    last = Report(0, {})
    try:
        config = _train_config(spec.config, spec.epochs, spec.metric, spec.direction)
        facts = {"seed": config.seed, "config": config.model_dump(mode="json")}
        trainer = Trainer(config)
        if spec.checkpoint is not None:
            facts |= _restore(trainer, Path(spec.checkpoint))
        for last in _epochs(trainer, spec, facts | trainer.facts()):
            yield last
    except (TrainingStopped, ConfigError) as fault:
        # Both are the configuration's own fault: another machine would end in the same way.
        yield replace(last, facts=facts | _ending(fault), stopped=str(fault))


def write_model(training: Path, folder: Path, origin: Mapping[str, Any], *, onnx: bool = False) -> Metrics:
    """Writes the model of a training, its best epoch's, into a new or empty folder; returns its metrics.

    Raises:
        UsageError: the training's files are missing or damaged, or the folder cannot be written.
    """
    try:
        return write(training, folder, Origin.model_validate(origin), onnx=onnx).metrics
    except TrainerError as error:
        raise UsageError(str(error)) from error


def load_model(folder: Path, device: str) -> Any:
    """Returns the `Embedder` in a folder that `write_model` made.

    Raises:
        UsageError: the device cannot be used.
    """
    try:
        return trainers.load(folder, device)
    except TrainerError as error:
        raise UsageError(str(error)) from error


def draw(folder: Path) -> list[str]:
    """Draws the figures of a training into its folder; returns a line for each.

    Raises:
        UsageError: the training's files or its data are missing or damaged.
    """
    from trainers.figures import draw as drawn  # noqa: PLC0415 - workers need no plotly
    from trainers.figures.training_folder import load_training  # noqa: PLC0415

    try:
        return drawn(load_training(folder), folder)
    except TrainerError as error:
        raise UsageError(str(error)) from error


def _restore(trainer: Trainer, state: Path) -> dict[str, Any]:
    """Takes up the state, or the one before it; says what was lost.

    With neither, the same training from its first epoch ends the same: it only takes longer.
    """
    lost = []
    for path in (state, before(state)):
        try:
            trainer.restore(path)
            break
        except TrainerError as error:
            lost.append(str(error))
    went_on = f"it went on from epoch {len(trainer.history)}"
    return {"checkpoint_lost": "; ".join([*lost, went_on])} if lost else {}


def _epochs(trainer: Trainer, spec: TrialSpec, facts: dict[str, Any]) -> Iterator[Report]:
    # What the attempt before this one saved, and could not report; at its end it had a result to report, too.
    unseen = [each for each in trainer.history if each.epoch > spec.reported]
    unseen = unseen or (trainer.history[-1:] if trainer.has_ended else [])
    for evaluation in unseen:
        is_last = trainer.finished and evaluation is unseen[-1]
        end, judged = _result(trainer, spec) if is_last else (None, {})
        facts |= _health(evaluation) | judged
        yield Report(evaluation.epoch, evaluation.metrics, spec.checkpoint, end, facts=facts)
        facts = {}
    with Saver(trainer, Path(spec.folder), spec.checkpoint_seconds) as saver:
        for evaluation in trainer.fit():
            if failure := saver.save():  # the training itself can go on
                facts["checkpoint_failed"] = failure
            if evaluation.epoch <= spec.reported and not trainer.has_ended:
                continue  # trained again, since the attempt before could not save it
            end, judged = _result(trainer, spec) if trainer.finished else (None, {})
            facts |= trainer.usage() | _health(evaluation) | judged
            state = spec.checkpoint if saver.state is None else str(saver.state)
            yield Report(evaluation.epoch, evaluation.metrics, state, end, facts=facts)
            facts = {}


def _result(trainer: Trainer, spec: TrialSpec) -> tuple[Mapping[str, float], dict[str, Any]]:
    """The metrics of a finished training on the split that is asked for, and what is noted of the other."""
    best = trainer.best
    if spec.judge_on == "validation":
        return result(trainer, Path(spec.folder)), {}
    return judge(trainer, Path(spec.folder)), {"validation": best.metrics, "best_epoch": best.epoch}


def _health(evaluation: Evaluation) -> dict[str, Any]:
    return {"health": evaluation.health.verdict, "health_reason": evaluation.health.reason}


def _ending(fault: TrainingStopped | ConfigError) -> dict[str, Any]:
    """The health of a training that its own verdict ended; one that diverged has no evaluation to say so."""
    if isinstance(fault, TrainingStopped) and fault.verdict is not None:
        reason = fault.reason.removeprefix(f"{fault.verdict}: ")
        return {"health": fault.verdict, "health_reason": reason}
    return {}


def _train_config(train: Mapping[str, Any], epochs: int, metric: str, direction: str) -> TrainConfig:
    """The config of one training.

    Raises:
        ConfigError: the values do not go together; corners do not show all that a sampler may propose.
    """
    monitor = {"metric": metric, "direction": direction}
    try:
        return TrainConfig.model_validate({**train, "epochs": epochs, "monitor": monitor})
    except ValidationError as error:
        problems = ConfigProblems(problems_of(error, train))
        raise ConfigError("; ".join(str(problems).splitlines())) from error
