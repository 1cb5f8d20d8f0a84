"""A user's own trainer as a trainable, in place of the project's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import formats
from formats.problems import ConfigProblems, Problem
from tuner.config.study_config import StudyConfig
from tuner.own_trainer import Stop
from tuner.run.custom.code import RAISED, CustomCode, load_code
from tuner.run.custom.identity import identity_of
from tuner.run.custom.training import custom_reports
from tuner.study.trial import Report, TrialSpec
from tuner.terminal_text import exception_line, printable


@dataclass(frozen=True)
class CustomTrainable:
    """A user's trainer by its name: plain data, so that it can be sent to workers, which import the code.

    Attributes:
        name: `package.module:Name`.
        folder: where to look for modules that are not installed.
        metrics: the names of the metrics in each report.
        packages: the folders of the packages that workers need.
        code: a hash of the user's package, and the commit it is of.
    """

    name: str
    folder: Path
    metrics: tuple[str, ...]
    packages: tuple[Path, ...]
    code: Mapping[str, str]

    @classmethod
    def named(cls, name: str) -> CustomTrainable:
        """Return the trainable of this name, from the current folder or an installed package.

        Raises:
            UsageError: it cannot be imported, or cannot train.
        """
        folder = Path.cwd()
        code = load_code(name, folder)
        project = Path(__file__).parents[2]
        # The user's code may build on this project's losses and data sets, which lie beside.
        own = (project, project.with_name("trainers"), Path(formats.__path__[0]))
        packages = (*own, *([code.package] if code.package else []))
        return cls(name, folder, code.metrics, packages, identity_of(code.package))

    def check(self, train: Mapping[str, Any], study: StudyConfig) -> None:  # noqa: ARG002
        """Ask the user's `check`, if there is one, whether a filled training config can be trained.

        Raises:
            ConfigProblems: the message of what it raised, in one line.
        """
        check = self._code().check
        if check is None:
            return
        try:
            check(train)
        except (ValueError, Stop) as error:
            raise ConfigProblems([Problem((), _line(error))]) from error
        except RAISED as error:
            raise ConfigProblems([Problem((), f"check raised {exception_line(error)}")]) from error

    def doubts(self, study: StudyConfig) -> list[Problem]:  # noqa: ARG002
        """Return none: nothing is known of what the user's code means."""
        return []

    def prepare(self, train: Mapping[str, Any], study: StudyConfig) -> None:  # noqa: ARG002
        """Import the code on the node where this is called.

        Raises:
            UsageError: it cannot be imported there.
        """
        self._code()

    def train(self, spec: TrialSpec) -> Iterator[Report]:
        """Train one trial, from its saved state if it has one; yield a report an epoch."""
        return custom_reports(self._code(), spec)

    def _code(self) -> CustomCode:
        return load_code(self.name, self.folder)


def _line(error: Exception) -> str:
    """What the user's check says about a config; the exception's type where it says nothing."""
    return " ".join(printable(" ".join(str(error).split())).split()) or exception_line(error)
