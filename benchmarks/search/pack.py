"""`python -m benchmarks.search.pack TASK FOLDER`: recorded trainings into the file that is replayed."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.search.curves import Curves
from benchmarks.search.task import TASKS


def main() -> None:
    """Pack a folder of `benchmarks.search.record`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search.pack", description=__doc__)
    parser.add_argument("task", choices=TASKS)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    task = TASKS[args.task]
    curves = Curves.of_folder(args.folder, task.config.budget.epochs)
    curves.save(task.packed)
    print(f"{task.packed}: {len(curves)} trainings, {task.packed.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
