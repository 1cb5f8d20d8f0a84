"""`python -m benchmarks.chaos --minutes N --seed S`: faults injected into studies, and what they broke."""

from __future__ import annotations

import argparse
import itertools
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.chaos.drill import Drill, Drilled
from benchmarks.chaos.plan import Plan
from benchmarks.chaos.server import Server
from benchmarks.chaos.tally import table


def main() -> int:
    """Prints a line a fault, then a Markdown table; 1 if any promise was not kept, and its files stay."""
    options = _parser().parse_args()
    # Else its server and its driver would outlive it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    drilled = []
    for each in _drills(folder, options.seed, time.monotonic() + 60 * options.minutes):
        drilled.append(each)
        _say(
            f"{each.study}: {each.injected.total()} faults, {each.launches} launches, "
            f"{each.compared} resumed trainings compared, {len(each.violations)} violations"
        )
        for violation in each.violations:
            _say(f"  {violation}")
    violations = sum(len(each.violations) for each in drilled)
    print(f"\n{table(drilled)}")
    if violations:
        print(f"\nwhat they left is in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _drills(folder: Path, seed: int, deadline: float) -> Iterator[Drilled]:
    server = Server(folder)
    try:
        for index in itertools.count():
            place = folder / str(index)
            place.mkdir()
            drill = Drill(Plan.drawn(seed, index), server, place, _say)
            yield drill.run(lambda _: time.monotonic() >= deadline)
            if time.monotonic() >= deadline:
                return
    finally:
        server.stop()


def _say(line: str) -> None:
    print(time.strftime("%H:%M:%S"), line, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1, help="how long faults are injected")
    parser.add_argument("--seed", type=int, default=0, help="what decides on studies and faults")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
