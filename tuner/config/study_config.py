"""StudyConfig: a study as a user writes it and as the store keeps it."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from copy import deepcopy
from functools import cached_property
from os import PathLike
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from formats.messages import Path, did_you_mean, format_value
from formats.problems import ConfigProblems, FormatError, Problem, problem_lines
from formats.validation import Section, problems_of, validation_error
from formats.yaml.file import YamlFile
from formats.yaml.overrides import apply_overrides
from tuner.config.between_sections import enqueue_problems, replicates_problems
from tuner.config.differences import difference_lines
from tuner.config.name import StudyName
from tuner.config.roots import with_absolute_roots
from tuner.config.sampler import SamplerConfig
from tuner.config.sampler_rules import sampler_complaints
from tuner.config.sections import (
    Budget,
    Constraint,
    EarlyStopping,
    Keep,
    NoEarlyStopping,
    Objective,
    Replicates,
    Resources,
    WarmStart,
)
from tuner.config.space.corner_check import Check, corner_problems
from tuner.config.space.search_space import SearchSpace
from tuner.errors import UsageError

MAY_CHANGE = frozenset({"budget", "resources", "keep", "early_stopping", "enqueue"})
"""The sections that may differ from the stored ones when a study is resumed."""

_CODE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*")


class StudyConfig(Section):
    """A study: what to improve, at what cost, how, and the training config with holes that it searches.

    Two are equal if their JSON is equal, wherever their values were written. `trainable` names a user's own
    trainer, None the project's; loading a study imports neither. A completed trial that breaks one of the
    `constraints` is infeasible. `enqueue` has the points that are tried first, each some or all parameters
    by their dotted paths; the sampler proposes the others. With `replicates` a trial's values are means over
    several trainings; `warm_start` queues points of earlier studies when the study is made.
    """

    study: StudyName
    objectives: Annotated[tuple[Objective, ...], Field(strict=False)]
    constraints: Annotated[tuple[Constraint, ...], Field(strict=False)] = ()
    budget: Budget
    sampler: SamplerConfig
    early_stopping: EarlyStopping = NoEarlyStopping()
    replicates: Replicates | None = None
    resources: Resources = Resources()
    keep: Keep = Keep()
    trainable: str | None = None
    enqueue: Annotated[tuple[dict[str, Any], ...], Field(strict=False)] = ()
    warm_start: WarmStart | None = None
    train: dict[str, Any]

    _file: YamlFile | None = PrivateAttr(default=None)

    @classmethod
    def load(cls, path: str | PathLike[str], overrides: Iterable[str] = ()) -> "StudyConfig":
        """The study in a YAML file, with `key=value` overrides laid over it.

        Raises:
            UsageError: a line for every problem of the file and the overrides, with its place.
        """
        try:
            file = apply_overrides(YamlFile.read(path), overrides, example="budget.trials=5")
        except FormatError as error:
            raise UsageError(str(error)) from error
        config = cls._checked(with_absolute_roots(file.data), file.where)
        config._file = file
        return config

    @classmethod
    def from_json(cls, text: str) -> "StudyConfig":
        """The study that `to_json` wrote.

        Raises:
            UsageError: the text is not JSON or not a study.
        """
        try:
            data = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"stored configuration: not valid JSON: {error}") from error
        return cls._checked(data, lambda _path: "stored configuration")

    @classmethod
    def _checked(cls, data: Any, place_of: Callable[[Path], str]) -> "StudyConfig":
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise UsageError(problem_lines(problems_of(error, data), place_of)) from error

    def to_json(self) -> str:
        """The study as JSON, the same text for equal studies, whatever the order of keys in the file."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, allow_nan=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StudyConfig) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    @cached_property
    def space(self) -> SearchSpace:
        """The search space of `train`."""
        return SearchSpace.parse(self.train)

    @property
    def primary(self) -> Objective:
        """The first objective, which patience looks at."""
        return self.objectives[0]

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that a completed trial must have: those of the objectives and of the constraints."""
        of_constraints = (each.metric for each in self.constraints)
        return tuple(dict.fromkeys((*(each.metric for each in self.objectives), *of_constraints)))

    @property
    def written(self) -> Any:
        """The data of the file that the study was read from, as it stands there; None without a file."""
        return self._file and self._file.data

    def where(self, path: Path) -> str:
        """The place of a value, such as `x.yaml:14:3`; the study's name if it was not read from a file."""
        return self._file.where(path) if self._file else f"study {format_value(self.study)}"

    def differences(self, stored: "StudyConfig") -> list[str]:
        """A line for each difference from the stored study that keeps this one from resuming it."""
        return difference_lines(
            with_absolute_roots(stored.model_dump(mode="json", exclude=set(MAY_CHANGE))),
            self.model_dump(mode="json", exclude=set(MAY_CHANGE)),
        )

    def check(self, known_metrics: Collection[str], check: Check) -> None:
        """Check that objectives and constraints have known metrics, and corners of the space can be trained.

        Raises:
            UsageError: a line for every unknown metric and every problem of a corner, with its place.
        """
        sections: dict[str, Sequence[Objective | Constraint]]
        sections = {"objectives": self.objectives, "constraints": self.constraints}
        problems = [
            Problem((section, index, "metric"), _unknown_metric(each.metric, known_metrics))
            for section, listed in sections.items()
            for index, each in enumerate(listed)
            if each.metric not in known_metrics
        ]
        problems += [each.under("train") for each in corner_problems(self.space, check)]
        if problems:
            raise UsageError(problem_lines(problems, self.where))

    @field_validator("objectives")
    @classmethod
    def _check_distinct(cls, objectives: tuple[Objective, ...]) -> tuple[Objective, ...]:
        if not objectives:
            raise ValueError("a study needs at least one objective")
        metrics = [each.metric for each in objectives]
        repeated = [
            Problem(
                (index, "metric"), f"{format_value(metric)} is an objective already; remove one of the two"
            )
            for index, metric in enumerate(metrics)
            if metric in metrics[:index]
        ]
        if repeated:
            raise validation_error("objectives", repeated)
        return objectives

    @field_validator("constraints")
    @classmethod
    def _check_compatible(cls, constraints: tuple[Constraint, ...]) -> tuple[Constraint, ...]:
        problems = [
            Problem((index, "metric"), why)
            for index, each in enumerate(constraints)
            if (why := each.contradiction(constraints[:index]))
        ]
        if problems:
            raise validation_error("constraints", problems)
        return constraints

    @field_validator("trainable")
    @classmethod
    def _check_trainable(cls, trainable: str | None) -> str | None:
        if trainable is not None and not _CODE.fullmatch(trainable):
            raise ValueError(
                f"{format_value(trainable)}: expected package.module:Name, such as my_package.nca:Nca"
            )
        return trainable

    @field_validator("train")
    @classmethod
    def _check_train(cls, train: dict[str, Any]) -> dict[str, Any]:
        try:
            SearchSpace.parse(train)
        except ConfigProblems as error:
            raise validation_error("train", error.problems) from error
        return deepcopy(train)

    @model_validator(mode="after")
    def _check_sampler(self) -> Self:
        complaints = sampler_complaints(
            self.sampler.name,
            self.space,
            objectives=len(self.objectives),
            trials=self.budget.trials,
            trainings=self.replicates.trainings if self.replicates else 1,
            constrained=bool(self.constraints),
        )
        if complaints:
            problems = [Problem(("sampler", "name"), each) for each in complaints]
            raise validation_error("sampler", problems)
        return self

    @model_validator(mode="after")
    def _check_replicates(self) -> Self:
        if self.replicates is not None:
            problems = replicates_problems(self.replicates, self.space, self.trainable)
            if problems:
                raise validation_error("replicates", problems)
        return self

    @model_validator(mode="after")
    def _check_enqueue(self) -> Self:
        problems = enqueue_problems(self.enqueue, self.space)
        if problems:
            raise validation_error("enqueue", problems)
        return self


def _unknown_metric(metric: str, known: Collection[str]) -> str:
    hint = did_you_mean(metric, known)
    return f"{format_value(metric)} is no metric of the evaluation; {hint}; see docs/glossary.md"


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a finite number")
