"""What a check of the surroundings found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at, such as "schema", or the name of a machine.
        problem: whether a launch would fail, or its results be in doubt.
        said: what was found.
        remedy: what to do about it; empty if there is nothing to do.
    """

    check: str
    problem: bool
    said: str
    remedy: str = ""

    @classmethod
    def fine(cls, check: str, said: str) -> Finding:
        """Nothing to do."""
        return cls(check, problem=False, said=said)

    @classmethod
    def wrong(cls, check: str, message: str) -> Finding:
        """A problem in the words of an error: what is wrong, a semicolon, what to do."""
        said, _, remedy = message.partition("; ")
        return cls(check, problem=True, said=said, remedy=remedy)

    def __str__(self) -> str:
        state = "problem" if self.problem else "ok"
        return f"{state:7}  {self.check}: {self.said}" + (f"; {self.remedy}" if self.remedy else "")
