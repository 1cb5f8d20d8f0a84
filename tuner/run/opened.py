"""A study as its driver begins with it, and what is left to do when the driver ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tuner.config.study_config import StudyConfig
from tuner.run.driver import Start
from tuner.run.files.clean import clean
from tuner.run.files.trial_files import TrialFiles
from tuner.run.live.tally import Tally
from tuner.run.running.same_data import SameData
from tuner.run.signals import StopSignal
from tuner.store.open_study import driving
from tuner.store.outage import retry
from tuner.store.reading.split_reader import read_splits
from tuner.store.reading.study_view import StudyView
from tuner.store.writing.writer import Writer
from tuner.study.study import Study


@dataclass(frozen=True)
class Opened(Start):
    """What the driver of a search begins with: its study is one that proposes."""

    study: Study
    writer: Writer


@contextmanager
def opened(
    view: StudyView,
    config: StudyConfig,
    runs_folder: Path,
    stop: StopSignal,
    *,
    code: Mapping[str, str],
    say: Callable[[str], None],
) -> Iterator[Opened]:
    """Make this process the study's driver, with all that earlier drivers left; clean its folder afterwards.

    Args:
        view: the study in the store.
        config: its config, which the store gets.
        runs_folder: where studies have their folders.
        stop: tells the driver to end.
        code: what is noted with each trial of the code beside this project's that trains it.
        say: told in a line what could not be removed.

    Raises:
        Conflict: another process drives the study, or it was deleted or renamed meanwhile.
    """
    folder = view.folder_in(runs_folder)
    with driving(view, config, runs_folder, code=code) as (study, writer):
        seen = retry(view.reports) if config.early_stopping.name != "none" else []
        tally = Tally.of(config, study.ended())
        files = retry(lambda: TrialFiles.begin(view, config, folder))
        data = SameData(retry(lambda: read_splits(view)))
        yield Opened(study, writer, folder, tally, stop, seen, files, data)
        for line in retry(lambda: clean(view, folder, config.keep)).failed:
            say(line)
