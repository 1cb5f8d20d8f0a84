"""Trains every row of a trend with every seed, some at a time, one thread each."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.trends.table import Result, Table
from benchmarks.trends.trend import Row
from trainers import baselines
from trainers.config import TrainConfig
from trainers.seeding import set_threads
from trainers.trainer import Trainer


def results(rows: Sequence[Row], seeds: Sequence[int], data_root: Path, jobs: int) -> Table:
    """Return what every row ended with, one result a seed; a line a training goes to stderr."""
    found: dict[tuple[str, int], Result] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        runs = {pool.submit(run, row, seed, data_root): (row.name, seed) for row in rows for seed in seeds}
        for done in as_completed(runs):
            found[runs[done]] = done.result()
            name, seed = runs[done]
            print(f"{len(found)}/{len(runs)}  {name}, seed {seed}", file=sys.stderr, flush=True)
    return Table({row.name: [found[row.name, seed] for seed in seeds] for row in rows})


def run(row: Row, seed: int, data_root: Path) -> Result:
    """Return what one training ended with."""
    set_threads(1)
    config = TrainConfig.model_validate({**_rooted(row.config, data_root), "seed": seed, "device": "cpu"})
    if row.model == "raw_pixels":
        return Result(baselines.raw_pixels(config), "")
    if row.model == "untrained":
        return Result(baselines.untrained(config), "")
    for last in Trainer(config).fit():
        evaluation = last
    return Result(evaluation.metrics, evaluation.health.verdict)


def _rooted(config: Mapping[str, Any], data_root: Path) -> dict[str, Any]:
    dataset = config["dataset"]
    rooted = {**dataset, "root": str(data_root / dataset["root"])} if "root" in dataset else dataset
    return {**config, "dataset": rooted}
