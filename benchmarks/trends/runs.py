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
from trainers.config import TrainConfig
from trainers.errors import TrainingStopped
from trainers.training import baselines
from trainers.training.seeding import set_threads
from trainers.training.trainer import Trainer


def results(rows: Sequence[Row], seeds: Sequence[int], data_root: Path, jobs: int) -> Table:
    """Return what every row ended with, one result a seed; a line a training goes to stderr."""
    results: dict[tuple[str, int], Result] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        runs = {pool.submit(run, row, seed, data_root): (row.name, seed) for row in rows for seed in seeds}
        for done in as_completed(runs):
            results[runs[done]] = done.result()
            name, seed = runs[done]
            print(f"{len(results)}/{len(runs)}  {name}, seed {seed}", file=sys.stderr, flush=True)
    return Table({row.name: [results[row.name, seed] for seed in seeds] for row in rows})


def run(row: Row, seed: int, data_root: Path) -> Result:
    """Return what one training ended with; of one that stopped itself, what it had reached."""
    set_threads(1)
    config = TrainConfig.model_validate({**_rooted(row.config, data_root), "seed": seed, "device": "cpu"})
    if row.model == "raw_pixels":
        return Result(baselines.raw_pixels(config), "")
    if row.model == "untrained":
        return Result(baselines.untrained(config), "")
    result = Result({}, "")
    try:
        for evaluation in Trainer(config).fit():
            result = Result(evaluation.metrics, evaluation.health.verdict)
    except TrainingStopped as stopped:  # a row of its own kind: what it had reached, and why it ended
        return Result(result.metrics, stopped.verdict or stopped.reason)
    return result


def _rooted(config: Mapping[str, Any], data_root: Path) -> dict[str, Any]:
    dataset = config["dataset"]
    rooted = {**dataset, "root": str(data_root / dataset["root"])} if "root" in dataset else dataset
    return {**config, "dataset": rooted}
