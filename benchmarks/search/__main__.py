"""`python -m benchmarks.search`: what a search costs, on recorded trainings; prints Markdown tables."""

from __future__ import annotations

import argparse
import os

from benchmarks.markdown import markdown
from benchmarks.search import accuracy
from benchmarks.search.comparison import HEAD, Case, compare, rows
from benchmarks.search.contenders import ENTRIES, RIVALS, SAMPLERS, STOCK, STOPPING
from benchmarks.search.task import TASKS

GROUPS = {"rivals": RIVALS, "samplers": SAMPLERS, "stopping": STOPPING}


def main() -> None:
    """Print a table a task and number of devices, or the surrogate's errors."""
    args = _parser().parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"  # inherited by the processes that search
    if args.accuracy:
        for task in args.task:
            print(f"\n{task}\n\n{accuracy.table(TASKS[task])}", flush=True)
        return
    chosen = args.only or [name for group in args.groups for name in GROUPS[group]]
    names = list(dict.fromkeys([STOCK, *chosen]))
    for task in args.task:
        for devices in args.devices:
            results = compare(Case(task, devices, args.trials), names, args.seeds, args.jobs)
            print(f"\n{task}, {args.trials} trials, {devices} devices, {args.seeds} seeds\n")
            print(markdown(HEAD, rows(results, RIVALS)), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--task", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--devices", type=int, nargs="+", default=[4, 16])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1, help="processes, a seed each")
    parser.add_argument("--groups", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--only", nargs="+", choices=ENTRIES, help="these contenders, and the stock one")
    parser.add_argument("--accuracy", action="store_true", help="the surrogate's errors instead")
    return parser


if __name__ == "__main__":
    main()
