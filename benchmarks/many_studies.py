"""`python -m benchmarks.many_studies [--studies N]`: seconds of what shows a store of many studies.

Each has a few ended trials and is submitted; half of them are queued, half have ended. A process is begun for
each command, as a user does; the page is asked of a dashboard that runs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import MetaData, Table, insert, select

from benchmarks.databases import POSTGRES, SQLITE, database
from benchmarks.filled_store import METRICS, SPACE, fill_study
from benchmarks.markdown import Aim, Figure, table
from tuner.config.study_config import StudyConfig
from tuner.store.create_study import create_or_load
from tuner.store.queue.service_row import ServiceRow, note_service
from tuner.store.tables.creation import make_store
from tuner.store.tables.tuner_tables import queue

ROOT = Path(__file__).parents[1]
COMMANDS = {
    "tuner queue": ("queue",),
    "tuner queue --all": ("queue", "--all"),
    "tuner status": ("status",),
    "tuner status --json": ("status", "--json"),
    "(tuner --version)": ("--version",),
}
_OF_STUDY = ("study_user_attributes", "study_system_attributes", "study_directions")
_AIM = Aim(1.0)


def fill(storage: str, studies: int, trials: int) -> None:
    """Make a store of so many studies of so many ended trials, with twenty search spaces among them."""
    engine, tables = make_store(storage, METRICS), MetaData()
    configs = [_config(index, trials) for index in range(studies)]
    first = create_or_load(engine, configs[0]).study_id
    with engine.begin() as connection:
        named = Table("studies", tables, autoload_with=connection)
        connection.execute(insert(named), [{"study_name": config.study} for config in configs[1:]])
        ids = list(connection.scalars(select(named.c.study_id).order_by(named.c.study_id)))
        of_id = dict(zip(ids, configs, strict=True))
        for name in _OF_STUDY:
            of_study = Table(name, tables, autoload_with=connection)
            key, *_ = of_study.primary_key.columns
            stored = connection.execute(select(of_study).where(of_study.c.study_id == first)).mappings()
            rows = [{column: row[column] for column in row if column != key.name} for row in stored]
            copied = [row | {"study_id": each} for each in ids[1:] for row in rows]
            connection.execute(insert(of_study), [_own(row, of_id[row["study_id"]]) for row in copied])
        for study_id, config in zip(ids, configs, strict=True):
            fill_study(connection, tables, study_id, config, trials, seed=study_id)
        connection.execute(insert(queue), [_place(each, index) for index, each in enumerate(ids)])
        running = {config.study: 1 for config in configs[:8]}
        seen = datetime.now(UTC) + timedelta(days=1)  # it is there for as long as is measured
        note_service(connection, ServiceRow("a", "process 1 on here", seen, True, {"1 GPU": 8}, running))
    engine.dispose()


def _config(index: int, trials: int) -> StudyConfig:
    sampler = f"sampler={{name: tpe, seed: {index}}}"
    space = f"train.loss.margin.high={1 + index % 20 / 100}"
    budget = f"budget.trials={trials + index % 5}"
    return StudyConfig.load(SPACE, [f"study=study-{index:04d}", budget, sampler, space])


def _own(row: dict[str, Any], config: StudyConfig) -> dict[str, Any]:
    """Return an attribute of the first study as another one has it."""
    if row.get("key") == "config":
        return row | {"value_json": config.to_json()}
    if row.get("key") == "identity":
        return row | {"value_json": json.dumps(f"{row['study_id']:08x}")}
    return row


def _place(study_id: int, index: int) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(minutes=index)
    state = ("queued", "completed", "queued", "broken")[index % 4]
    reason = "more than 10 trials failed: RuntimeError: no luck" if state == "broken" else None
    place = {"study_id": study_id, "state": state, "priority": 10, "submitted_by": "someone@here"}
    return place | {"submitted_at": at, "changed_at": at, "reason": reason, "max_devices": None}


def seconds_of_commands(storage: str, folder: Path, rounds: int) -> dict[str, float]:
    """Return the median seconds of each command, from its start to its end."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, words in COMMANDS.items():
            began = time.monotonic()
            command = [sys.executable, "-m", "tuner", *words]
            subprocess.run(command, cwd=folder, env=_environment(storage), capture_output=True, check=True)
            taken[name].append(time.monotonic() - began)
    return {name: median(times) for name, times in taken.items()}


def seconds_of_page(storage: str, folder: Path, rounds: int) -> float:
    """Return the median seconds of the page in a dashboard that runs; its first answer is left out."""
    command = [sys.executable, "-m", "tuner", "dashboard", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=folder, env=_environment(storage), stderr=subprocess.PIPE, text=True
    )
    try:
        said = next(iter(process.stderr or ()))
        home = re.findall(r"http://[^/\s]+", said)[0]
        taken = []
        for _ in range(rounds + 1):
            began = time.monotonic()
            with urllib.request.urlopen(f"{home}/queue") as answer:
                answer.read()
            taken.append(time.monotonic() - began)
        return median(taken[1:])
    finally:
        process.kill()
        process.communicate()


def _environment(storage: str) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RAY_", "TUNER_"))}
    return kept | {"TUNER_STORAGE": storage, "PYTHONPATH": str(ROOT)}


def main() -> None:
    """Print a table for the numbers that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--studies", type=int, default=1_000)
    parser.add_argument("--trials", type=int, default=20, help="of each study")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    figures = []
    for kind in (SQLITE, POSTGRES):
        with database(kind) as storage, tempfile.TemporaryDirectory() as folder:
            fill(storage, arguments.studies, arguments.trials)
            taken = seconds_of_commands(storage, Path(folder), arguments.rounds)
            taken["page /queue"] = seconds_of_page(storage, Path(folder), arguments.rounds)
        of = f"{kind}, {arguments.studies:,} studies"
        figures += [Figure(f"s of {name}, {of}", each, aim=_AIM) for name, each in taken.items()]
    print(table(figures))


if __name__ == "__main__":
    main()
