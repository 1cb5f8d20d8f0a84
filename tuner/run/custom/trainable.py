"""A user's own trainer as a trainable: what a study's `trainable` names, in place of the project's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import formats
import tuner
from formats.problems import ConfigProblems, Problem
from tuner.config.study_config import StudyConfig
from tuner.own_trainer import Stop
from tuner.run.custom.code import OwnCode, one_line, own_code
from tuner.run.custom.training import own_reports
from tuner.study.trial import Report, TrialSpec


@dataclass(frozen=True)
class OwnTrainable:
    """Plain data, so that it travels to workers; each imports the code itself.

    Attributes:
        name: `package.module:Name`.
        folder: where modules are looked for that are not installed.
        metrics: the names in each of its reports.
        packages: the folders of the code that workers need.
    """

    name: str
    folder: Path
    metrics: tuple[str, ...]
    packages: tuple[Path, ...]

    @classmethod
    def named(cls, name: str) -> OwnTrainable:
        """The trainable of this name, looked for in the current folder and among what is installed.

        Raises:
            UsageError: it cannot be imported, or is not what can train.
        """
        folder = Path.cwd()
        code = own_code(name, folder)
        project = Path(tuner.__path__[0])
        # The user's code may build on this project's losses and data sets, which lie beside.
        own = (project, project.with_name("trainers"), Path(formats.__path__[0]))
        packages = (*own, *([code.package] if code.package else []))
        return cls(name, folder, code.metrics, packages)

    def check(self, train: Mapping[str, Any], study: StudyConfig) -> None:  # noqa: ARG002
        """Whether the user's `check` lets one filled training config pass; without one all do.

        Raises:
            ConfigProblems: what it raised, in one line.
        """
        check = self._code().check
        if check is None:
            return
        try:
            check(train)
        except (ValueError, Stop) as error:
            raise ConfigProblems([Problem((), " ".join(str(error).split()))]) from error
        except Exception as error:
            raise ConfigProblems([Problem((), f"check raised {one_line(error)}")]) from error

    def prepare(self, train: Mapping[str, Any], study: StudyConfig) -> None:  # noqa: ARG002
        """Whether the code can be imported where this is called.

        Raises:
            UsageError: it cannot.
        """
        self._code()

    def train(self, spec: TrialSpec) -> Iterator[Report]:
        """Trains one trial, from its saved state if it has one; a report an epoch."""
        return own_reports(self._code(), spec)

    def _code(self) -> OwnCode:
        return own_code(self.name, self.folder)
