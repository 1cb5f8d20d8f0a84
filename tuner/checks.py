"""The result of a check of the surroundings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckResult:
    """The result of one check.

    Attributes:
        check: what was looked at, such as "schema", or the name of a machine.
        problem: whether a launch would fail, or its results be in doubt.
        message: what was found.
        hint: what to do about it; empty if there is nothing to do.
    """

    check: str
    problem: bool
    message: str
    hint: str = ""

    @classmethod
    def fine(cls, check: str, message: str) -> CheckResult:
        """Nothing to do."""
        return cls(check, problem=False, message=message)

    @classmethod
    def wrong(cls, check: str, message: str) -> CheckResult:
        """A problem in the words of an error: what is wrong, a semicolon, what to do."""
        what, _, hint = message.partition("; ")
        return cls(check, problem=True, message=what, hint=hint)

    def __str__(self) -> str:
        state = "problem" if self.problem else "ok"
        return f"{state:7}  {self.check}: {self.message}" + (f"; {self.hint}" if self.hint else "")
