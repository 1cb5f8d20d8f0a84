"""Stock Ray Tune with its OptunaSearch on the same trials: `python -m benchmarks.scheduling.stock`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from benchmarks.scheduling.ours import clean_environment, share_of_a_device, wait
from benchmarks.scheduling.sleeper import METRIC, StockSleeper


def run(storage: str, trials: int, seconds: float, spans: Path, folder: Path) -> float:
    """Run it in a process of its own; return the seconds of CPU time of that, from the first trial on.

    Args:
        storage: the URL of OptunaSearch's store; empty for none.
        trials: how many.
        seconds: how long each sleeps.
        spans: where the sleepers note when.
        folder: for what Ray writes.
    """
    words = ["-m", "benchmarks.scheduling.stock", storage, str(trials), str(seconds), str(spans), str(folder)]
    (folder / "ray").mkdir(exist_ok=True)
    ray = {"RAY_AUTH_MODE": "disabled", "RAY_TMPDIR": str(folder / "ray"), "RAY_USAGE_STATS_ENABLED": "0"}
    with (folder / "printed.txt").open("w") as printed:
        process = subprocess.Popen(
            [sys.executable, *words],
            env={**clean_environment(), **ray},
            stdout=printed,
            stderr=printed,
            text=True,
        )
    try:
        return wait(process, folder)
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Tune as Ray's documentation shows it."""
    import ray  # noqa: PLC0415 - whoever only starts this process needs none of it
    from optuna.storages import RDBStorage  # noqa: PLC0415
    from ray import tune  # noqa: PLC0415
    from ray.tune.search.optuna import OptunaSearch  # noqa: PLC0415

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, kind in {"storage": str, "trials": int, "seconds": float, "spans": str, "folder": str}.items():
        parser.add_argument(name, type=kind)
    arguments = parser.parse_args()
    ray.init("local", num_cpus=os.cpu_count(), include_dashboard=False, log_to_driver=False)
    search = OptunaSearch(
        metric=METRIC,
        mode="max",
        seed=0,
        study_name="sleeping",
        storage=RDBStorage(arguments.storage) if arguments.storage else None,
    )
    unit = tune.uniform(0.0, 1.0)
    tune.Tuner(
        tune.with_resources(StockSleeper, {"cpu": share_of_a_device()}),
        param_space={"x": unit, "y": unit, "seconds": arguments.seconds, "spans": arguments.spans},
        tune_config=tune.TuneConfig(search_alg=search, num_samples=arguments.trials, reuse_actors=True),
        run_config=tune.RunConfig(storage_path=f"{arguments.folder}/tune", verbose=0),
    ).fit()
    ray.shutdown()


if __name__ == "__main__":
    main()
