"""`python -m benchmarks.evaluation`: retrieval beside pytorch-metric-learning with faiss; prints a table.

Each measurement is a process of its own, so that its peak of memory is its own; ours and theirs alternate,
and their MAP@R has to be equal. Of 60,000 images of 10 classes theirs holds arrays of 2.9 GB each, and is
left out unless `--all` is given.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor

from benchmarks.markdown import markdown

HEAD = ("images x dimensions", "classes", "ours", "theirs", "theirs / ours", "peak memory, ours", "theirs")
TOLERANCE = 1e-6  # theirs are float32's distances


@dataclass(frozen=True)
class Case:
    """Points around the centre of their class, on the unit sphere."""

    images: int
    dimensions: int
    classes: int
    noise: float
    theirs_fits: bool = True

    def points(self) -> tuple[Tensor, Tensor]:
        chance = torch.Generator().manual_seed(0)
        centres = torch.randn(self.classes, self.dimensions, generator=chance)
        labels = torch.arange(self.images) % self.classes
        rows = centres[labels] + self.noise * torch.randn(self.images, self.dimensions, generator=chance)
        return rows / rows.norm(dim=1, keepdim=True), labels


CASES = (
    Case(10_000, 64, 1_000, 1.5),
    Case(10_000, 64, 10, 2.0),
    Case(60_000, 128, 11_000, 1.2),
    Case(60_000, 128, 10, 3.0, theirs_fits=False),
)


def main() -> None:
    """Print the table, or make one measurement in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("WHOSE", "CASE"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        whose, index = args.measure
        print(json.dumps(_measure(whose, CASES[int(index)])))
        return
    print(markdown(HEAD, [_row(index, args.rounds, everything=args.all) for index in range(len(CASES))]))


def _row(index: int, rounds: int, *, everything: bool) -> list[str]:
    case = CASES[index]
    names = ("ours", "theirs") if case.theirs_fits or everything else ("ours",)
    found = {name: list[dict[str, float]]() for name in names}
    for name in names * rounds:
        found[name].append(_in_a_process(name, index))
    values = {each["map_at_r"] for listed in found.values() for each in listed}
    assert max(values) - min(values) < TOLERANCE, f"{case}: MAP@R differs: {values}"
    seconds = {name: median(each["seconds"] for each in listed) for name, listed in found.items()}
    memory = {name: max(each["gigabytes"] for each in listed) for name, listed in found.items()}
    return [f"{case.images:,} x {case.dimensions}", f"{case.classes:,}", *_cells(seconds, memory)]


def _cells(seconds: dict[str, float], memory: dict[str, float]) -> Iterator[str]:
    theirs = "theirs" in seconds
    yield f"{seconds['ours']:.2f} s"
    yield f"{seconds['theirs']:.2f} s" if theirs else "not run"
    yield f"{seconds['theirs'] / seconds['ours']:.1f}" if theirs else ""
    yield f"{memory['ours']:.2f} GB"
    yield f"{memory['theirs']:.2f} GB" if theirs else ""


def _in_a_process(name: str, index: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.evaluation", "--measure", name, str(index)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, float] = json.loads(ended.stdout)
    return measured


def _measure(name: str, case: Case) -> dict[str, float]:
    """Return seconds, MAP@R, and by how much the process's memory grew at its peak."""
    evaluate = {"ours": _ours, "theirs": _theirs}[name]
    evaluate(*Case(1_000, case.dimensions, 100, 1.0).points())  # libraries are imported, threads are there
    rows, labels = case.points()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    value = evaluate(rows, labels)
    seconds = time.perf_counter() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"seconds": seconds, "map_at_r": value, "gigabytes": grown / 1e6}


def _ours(rows: Tensor, labels: Tensor) -> float:
    from trainers.evaluation.retrieval import retrieval  # noqa: PLC0415 - no part of theirs

    return retrieval(rows, labels)["map_at_r"]


def _theirs(rows: Tensor, labels: Tensor) -> float:
    from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator  # noqa: PLC0415

    metrics = ("precision_at_1", "r_precision", "mean_average_precision_at_r")
    calculator = AccuracyCalculator(include=metrics, k="max_bin_count", device=torch.device("cpu"))
    return float(calculator.get_accuracy(rows, labels)["mean_average_precision_at_r"])


if __name__ == "__main__":
    main()
