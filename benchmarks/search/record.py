"""`python -m benchmarks.search.record TASK FOLDER [--jobs N] [--data-root DIR]`: trains what is replayed.

The trainings are those of `search_spaces/dr_triplet.yaml`, at points spread evenly over its search space. One
that is interrupted goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from scipy.stats import qmc

from benchmarks.search.task import TASKS
from trainers.config import TrainConfig
from trainers.errors import TrainingStopped
from trainers.training.seeding import set_threads
from trainers.training.trainer import Trainer
from tuner.config.space.holes import CategoricalHole, FloatHole, Hole
from tuner.config.space.search_space import SearchSpace

POINTS = 1_536


def points(space: SearchSpace) -> list[dict[str, Any]]:
    """Return `POINTS` points of a Halton sequence over the search space, each its parameters by name."""
    holes = {each.name: each.hole for each in space.parameters()}
    drawn = qmc.Halton(d=len(holes), seed=0).random(POINTS)
    return [
        {name: _value(hole, float(share)) for (name, hole), share in zip(holes.items(), row, strict=True)}
        for row in drawn
    ]


def _value(hole: Hole, share: float) -> Any:
    """Return what lies at a share, in [0, 1), of a hole's values."""
    match hole:
        case CategoricalHole():
            return hole.choices[int(share * len(hole.choices))]
        case FloatHole(log=True):
            return hole.low * (hole.high / hole.low) ** share
        case FloatHole():
            return hole.low + (hole.high - hole.low) * share
    raise NotImplementedError(hole)


def record(name: str, index: int, params: dict[str, Any], folder: Path, data_root: Path) -> None:
    """Train one point, and write its epochs into the folder, unless they are there; seconds are the CPU's."""
    path = folder / f"{index:04d}.json"
    if path.exists():
        return
    set_threads(1)
    config = TrainConfig.model_validate(TASKS[name].train(params, data_root))
    began = time.process_time()
    trainer = Trainer(config)
    epochs: list[Mapping[str, float]] = []
    started = time.process_time() - began
    stopped = None
    try:
        began = time.process_time()
        for evaluation in trainer.fit():
            epochs.append(evaluation.metrics | {"seconds": time.process_time() - began})
            began = time.process_time()
    except TrainingStopped as fault:
        stopped = str(fault)
    facts = {"params": params, "start_seconds": started, "epochs": epochs, "stopped": stopped}
    written = path.with_suffix(".part")
    written.write_text(json.dumps(facts))
    written.rename(path)


def main() -> None:
    """Train every point that has not been trained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--data-root", type=Path, default=Path("data"))
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    space = TASKS[args.task].config.space
    with ProcessPoolExecutor(args.jobs, mp_context=get_context("spawn")) as pool:
        runs = [
            pool.submit(record, args.task, index, params, args.folder, args.data_root)
            for index, params in enumerate(points(space))
        ]
        for done in as_completed(runs):
            done.result()


if __name__ == "__main__":
    main()
