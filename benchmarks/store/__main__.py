"""`python -m benchmarks.store [--trials N …] [--sqlite | --postgres] [--code DIR]`: prints a table.

`--code DIR` runs the commands of another checkout beside ours; it needs its own `benchmarks/filled_store.py`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import POSTGRES, SQLITE, database
from benchmarks.filled_store import fill
from benchmarks.markdown import Figure, table
from benchmarks.store import commands, decisions, statements

PARTS = ("statements", "decisions", "commands")


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, nargs="+", default=[100, 2_000, 10_000])
    parser.add_argument("--sqlite", dest="kinds", action="append_const", const=SQLITE)
    parser.add_argument("--postgres", dest="kinds", action="append_const", const=POSTGRES)
    parser.add_argument("--only", dest="parts", choices=PARTS, nargs="+", default=PARTS)
    parser.add_argument("--code", type=Path, help="a checkout whose commands are timed as 'before'")
    parser.add_argument("--rounds", type=int, default=3, help="how often each command is run")
    arguments = parser.parse_args()
    for kind in arguments.kinds or (SQLITE, POSTGRES):
        print(f"\n{kind}\n\n{table(list(_figures(kind, arguments)))}", flush=True)


def _figures(kind: str, arguments: argparse.Namespace) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "statements" in arguments.parts:
            with database(kind) as storage:
                yield from statements.measure(storage, folder)
        for trials in arguments.trials:
            if "decisions" in arguments.parts:
                with database(kind) as storage:
                    yield from decisions.measure(storage, fill(storage, trials), folder)
            if "commands" in arguments.parts:
                yield from _commands(kind, trials, folder, arguments)


def _commands(kind: str, trials: int, folder: Path, arguments: argparse.Namespace) -> Iterator[Figure]:
    checkouts = [commands.ROOT, *([arguments.code.resolve()] if arguments.code else [])]
    taken = []
    for code in checkouts:
        with database(kind) as storage:
            commands.fill(code, storage, trials)
            taken.append(commands.measure(code, storage, trials, folder, arguments.rounds))
    yield from commands.figures(trials, taken[0], taken[1] if len(taken) > 1 else {})


if __name__ == "__main__":
    main()
