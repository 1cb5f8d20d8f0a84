"""Holes: the values of a training config that a study searches over, in Optuna's words."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, field_validator, model_validator

from formats.validation import Section
from formats.yaml.scalars import Scalar
from tuner.config.space.numbers import FiniteFloat, WholeNumber
from tuner.config.space.rules import (
    LABEL,
    check_choice,
    check_distinct,
    check_option,
    check_range,
    check_steps,
    label_of,
)


class Suggester(Protocol):
    """What proposes values: an `optuna.Trial`, or anything with the same three methods."""

    def suggest_float(
        self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False
    ) -> float:
        """A float from `low` to `high`, both included."""

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        """An integer from `low` to `high`, both included."""

    def suggest_categorical(self, name: str, choices: Sequence[Scalar]) -> Scalar:
        """One of the choices."""


class FloatHole(Section):
    """A float from `low` to `high`, evenly, evenly in the logarithm, or in steps."""

    search: Literal["float"]
    low: FiniteFloat
    high: FiniteFloat
    log: bool = False
    step: FiniteFloat | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_range(self.low, self.high, log=self.log, stepped=self.step is not None)
        if self.step is not None:
            check_steps(self.low, self.high, self.step)
        return self

    @property
    def ends(self) -> tuple[Scalar, ...]:
        """The lowest and the highest value."""
        return self.low, self.high

    def holds(self, value: object) -> bool:
        """Whether the value lies in the range; steps are not checked, since they are subject to rounding."""
        return (
            isinstance(value, float | int) and not isinstance(value, bool) and self.low <= value <= self.high
        )

    def suggest(self, suggester: Suggester, name: str) -> Scalar:
        """The suggester's float for the parameter `name`."""
        return suggester.suggest_float(name, self.low, self.high, step=self.step, log=self.log)


class IntHole(Section):
    """An integer from `low` to `high`, evenly, evenly in the logarithm, or in steps."""

    search: Literal["int"]
    low: WholeNumber
    high: WholeNumber
    log: bool = False
    step: WholeNumber = 1

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_range(self.low, self.high, log=self.log, stepped=self.step != 1)
        check_steps(self.low, self.high, self.step)
        return self

    @property
    def ends(self) -> tuple[Scalar, ...]:
        """The lowest and the highest value."""
        return self.low, self.high

    def holds(self, value: object) -> bool:
        """Whether the value is one that may be suggested."""
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return self.low <= value <= self.high and (value - self.low) % self.step == 0

    def suggest(self, suggester: Suggester, name: str) -> Scalar:
        """The suggester's integer for the parameter `name`."""
        return suggester.suggest_int(name, self.low, self.high, step=self.step, log=self.log)


class CategoricalHole(Section):
    """One of several values without an order."""

    search: Literal["categorical"]
    choices: Annotated[
        tuple[Annotated[Scalar, PlainValidator(check_choice)], ...],
        Field(strict=False),
        AfterValidator(check_distinct),
    ]

    @property
    def ends(self) -> tuple[Scalar, ...]:
        """Every choice."""
        return self.choices

    def holds(self, value: object) -> bool:
        """Whether the value is one of the choices."""
        return value in self.choices

    def suggest(self, suggester: Suggester, name: str) -> Scalar:
        """The suggester's choice for the parameter `name`."""
        return suggester.suggest_categorical(name, self.choices)


Option = dict[str, Any] | None


class OneOfHole(Section):
    """One of several mappings or null, identified by their labels; a mapping may have holes of its own.

    An option's label is its `label`, which is no part of the config, or else its `name`; that of null is
    `none`.
    """

    search: Literal["one_of"]
    options: Annotated[tuple[Annotated[Option, AfterValidator(check_option)], ...], Field(strict=False)]

    @field_validator("options")
    @classmethod
    def _check_labels(cls, options: tuple[Option, ...]) -> tuple[Option, ...]:
        check_distinct(tuple(label_of(option) for option in options), "give one of them a label")
        return options

    @property
    def ends(self) -> tuple[str, ...]:
        """The label of every option."""
        return tuple(label_of(option) for option in self.options)

    def holds(self, value: object) -> bool:
        """Whether the value is the label of an option."""
        return value in self.ends

    def index(self, label: Scalar) -> int:
        """The position of the option of that label among the options."""
        return self.ends.index(str(label))

    def option(self, label: Scalar) -> Option:
        """What the option of that label puts into the config, its holes not yet filled."""
        option = self.options[self.index(label)]
        return None if option is None else {key: value for key, value in option.items() if key != LABEL}

    def suggest(self, suggester: Suggester, name: str) -> Scalar:
        """The suggester's label for the parameter `name`."""
        return suggester.suggest_categorical(name, self.ends)


Hole = FloatHole | IntHole | CategoricalHole | OneOfHole

hole_adapter: TypeAdapter[Hole] = TypeAdapter(Annotated[Hole, Field(discriminator="search")])
"""Validates a mapping with the key `search` as the hole that it describes."""
