"""A driver of the toy in a process of its own, which a test may kill: URL, folder, config as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tests.acceptance.command_line import ROOT, environment
from tests.tuner import toy
from tests.tuner.launching import launch_toy
from tuner.config.study_config import StudyConfig
from tuner.errors import TunerError
from tuner.study.trial import Report, TrialSpec

TRAINED = "trained.txt"


def train(spec: TrialSpec) -> Iterator[Report]:
    """The toy, which also notes every epoch that it trains."""
    begun = json.loads(Path(spec.checkpoint).read_text())["epoch"] if spec.checkpoint else 0
    for report in toy.train(spec):
        if report.epoch > begun:
            with (Path(spec.folder) / TRAINED).open("a") as noted:
                noted.write(f"{report.epoch}\n")
        yield report


def epochs_trained(folder: Path) -> list[list[int]]:
    """Of each training of the studies below this folder, the epochs that were trained, in order."""
    return [[int(line) for line in each.read_text().split()] for each in sorted(folder.rglob(TRAINED))]


def started(config: StudyConfig, url: str, folder: Path) -> subprocess.Popen[str]:
    """A driver that has been started; what it says goes to `said.txt` in the folder."""
    with (folder / "said.txt").open("a") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.tuner.driver_process", url, str(folder), config.to_json()],
            cwd=ROOT,
            env=environment(TZ="UTC"),
            stdout=said,
            stderr=said,
            text=True,
        )


def main(url: str, folder: str, config: str, said: IO[str] = sys.stdout) -> int:
    try:
        study = StudyConfig.from_json(config)
        launched = launch_toy(study, url, Path(folder), said=said, train=train)  # type: ignore[arg-type]
    except TunerError as error:
        print(error)
        return error.exit_code
    return launched.exit_code


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.exit(main(*sys.argv[1:]))
