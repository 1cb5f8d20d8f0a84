"""`python -m benchmarks.scheduling [--short N] [--long N] [--rounds N] [--code DIR] [--outage [SECONDS]]`.

Trials of 0.1 s and of 1 s on four devices, ours and stock Ray Tune's in turn; `--code DIR` runs another
checkout of ours beside them.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.markdown import Aim, markdown
from benchmarks.scheduling import outage
from benchmarks.scheduling.contenders import Run, contenders
from benchmarks.scheduling.ours import DEVICES

SHORT_SECONDS, LONG_SECONDS = 0.1, 1.0
TRIALS_PER_SECOND, GAP_MILLISECONDS, BUSY = Aim(20, at_least=True), Aim(20), Aim(0.97, at_least=True)
HEAD = (
    "trials",
    "who",
    "trials/s",
    "busy",
    "median gap, ms",
    "driver's CPU, ms a trial",
    "workers",
    "aim",
    "met",
)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[2])
    parser.add_argument("--short", type=int, default=2_000, help="how many trials of 0.1 s")
    parser.add_argument("--long", type=int, default=200, help="how many trials of 1 s")
    parser.add_argument("--rounds", type=int, default=3, help="medians of so many rounds")
    parser.add_argument("--code", type=Path, help="another checkout of this program, as 'before'")
    parser.add_argument("--who", nargs="+", help="only those whose names begin so, such as 'ours, SQLite'")
    parser.add_argument(
        "--outage", type=float, nargs="?", const=600.0, help="only this: seconds without a database"
    )
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    if arguments.outage is not None:
        _print_outage(arguments.outage)
        return
    runs = contenders(arguments.code.resolve() if arguments.code else None)
    who = [name for name in runs if not arguments.who or name.startswith(tuple(arguments.who))]
    rows = []
    for trials, seconds in ((arguments.short, SHORT_SECONDS), (arguments.long, LONG_SECONDS)):
        measured = defaultdict[str, list[Run]](list)
        for _ in range(arguments.rounds if trials else 0):
            for name in who:
                measured[name].append(runs[name](trials, seconds))
                print(_row(f"round of {name}", name, measured[name][-1:], seconds), file=sys.stderr)
        rows += [
            _row(f"{trials:,} of {seconds:g} s", name, rounds, seconds) for name, rounds in measured.items()
        ]
    print(markdown(HEAD, rows))


def _row(trials: str, name: str, rounds: Sequence[Run], seconds: float) -> list[str]:
    rate = median(each.occupancy.trials_per_second for each in rounds)
    busy = median(each.occupancy.busy(DEVICES) for each in rounds)
    gap = 1000 * median(each.occupancy.median_gap for each in rounds)
    cpu = median(each.driver_milliseconds for each in rounds)
    workers = median(each.occupancy.workers for each in rounds)
    cells = [trials, name, f"{rate:.2f}", f"{busy:.1%}", f"{gap:.0f}", f"{cpu:.1f}", f"{workers:g}"]
    if not name.startswith("ours"):
        return [*cells, "", ""]
    if seconds == SHORT_SECONDS:
        aims, met = f"{TRIALS_PER_SECOND} trials/s", TRIALS_PER_SECOND.is_met(rate)
    else:
        aims = f"{GAP_MILLISECONDS} ms, {BUSY} busy"
        met = GAP_MILLISECONDS.is_met(gap) and BUSY.is_met(busy)
    return [*cells, aims, "yes" if met else "**no**"]


def _print_outage(seconds: float) -> None:
    seen = outage.measure(seconds, LONG_SECONDS)
    print(f"a database away for {seconds:g} s, trials of {LONG_SECONDS:g} s on {DEVICES} devices:")
    print(f"- busy {seen.busy_before:.1%} with it, {seen.busy_during:.1%} without it")
    print(
        f"- {seen.trained} trials trained; in the store afterwards: {'; '.join(seen.faults) or 'each once'}"
    )


if __name__ == "__main__":
    main()
