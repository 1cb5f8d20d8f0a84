"""`python -m benchmarks.trends NAME --data-root DIR`: an effect that a study reported, measured here."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.trends import TRENDS
from benchmarks.trends.runs import results


def main() -> int:
    """Prints a Markdown table and what it was to show; 1 if it does not show it."""
    options = _parser().parse_args()
    trend = TRENDS[options.name]
    table = results(trend.rows, options.seeds, options.data_root, options.jobs)
    claims = trend.claims(table)
    print(f"{trend.title}\n\n{table.markdown(trend.columns)}\n", *claims, sep="\n")
    return 0 if all(claim.holds for claim in claims) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trends", description=__doc__)
    parser.add_argument("name", choices=TRENDS)
    parser.add_argument(
        "--data-root",
        type=Path,
        default=Path("data"),
        help="holds MNIST/raw and cifar10-subset/train/CLASS",
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--jobs", type=int, default=2, help="trainings at a time, one thread each")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
