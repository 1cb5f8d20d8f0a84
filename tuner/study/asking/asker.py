"""Turns the next waiting trial, or the sampler's next proposal, into a trial that runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from optuna.trial import FrozenTrial

from tuner.config.study_config import StudyConfig
from tuner.study.asking.queue import TrialQueue
from tuner.study.asking.samplers import Samplers
from tuner.study.attempt import attributes_of_ask, spec_of
from tuner.study.events.event import Asked, EventWriter, utc_now
from tuner.study.history import History, changed, params_of
from tuner.study.trial import TrialSpec

NO_CODE: Mapping[str, str] = MappingProxyType({})
"""What is noted of the code of a study that trains with this project's alone."""


class Asker:
    """Asks for the trials of a study, one after another.

    Args:
        config: the study's.
        history: its trials.
        proposals: how many trials its samplers have proposed.
        writer: takes the events.
        driver: the driver's token.
        code: what is noted of the code beside this project's that trains, such as its hash.

    Attributes:
        queue: the trials that wait.
        code: as given.
    """

    def __init__(
        self,
        config: StudyConfig,
        history: History,
        proposals: int,
        writer: EventWriter,
        driver: str,
        *,
        code: Mapping[str, str] = NO_CODE,
    ) -> None:
        self.queue = TrialQueue(config, history, writer)
        self._config = config
        self._history = history
        self._samplers = Samplers(config)
        self._proposals = proposals
        self._writer = writer
        self._driver = driver
        self.code = code

    def ask(self, folder: Path, place: Mapping[str, str]) -> TrialSpec | None:
        """Return the next trial, which runs from here on; None if none waits and none may be proposed.

        Args:
            folder: the study's; checkpoints go below it.
            place: where the trial will run, if that is known.
        """
        queued = self.queue.first()
        if queued is None and not self.queue.may_propose():
            return None
        return self._ask(queued, folder, place)

    def _ask(self, queued: FrozenTrial | None, folder: Path, place: Mapping[str, str]) -> TrialSpec:
        attributes_before = self._history.study_attributes()
        self._history.study.sampler = self._samplers.next(self._proposals, self._history.study)
        trial = self._history.study.ask()
        spec = spec_of(trial, self._config, folder)
        self._proposals += spec.retry_of is None
        attributes = attributes_of_ask(spec, self._driver, {**self.code, **place})
        self._history.set_attributes(spec.number, attributes)
        asked = self._history.trial(spec.number)
        before = queued.system_attrs if queued else {}
        self._writer.append(
            Asked(
                number=spec.number,
                at=utc_now(),
                params=params_of(asked),
                attributes=attributes,
                system_attributes=changed(asked.system_attrs, before),
                study_attributes=changed(self._history.study_attributes(), attributes_before),
                was_queued=queued is not None,
                row=self.queue.row_of(spec.number),
            )
        )
        return spec
