"""Retrieval beside pytorch-metric-learning with faiss: the same MAP@R, its seconds and its peak of memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import torch
import typer
from torch import Tensor

from benchmarks.alone import Measured, alternate
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


def main(
    rounds: Annotated[int, typer.Option(help="Runs of each, in turn.")] = 3,
    everything: Annotated[
        bool, typer.Option("--all", help="Theirs on 60,000 images of 10 classes too: arrays of 2.9 GB each.")
    ] = False,
) -> None:
    """Compare retrieval with pytorch-metric-learning's on faiss."""
    print(markdown(HEAD, [_row(case, rounds, everything=everything) for case in CASES]))


def _row(case: Case, rounds: int, *, everything: bool) -> list[str]:
    names = ("ours", "theirs") if case.theirs_fits or everything else ("ours",)
    found = alternate({name: partial(_contender, name, case) for name in names}, rounds, TOLERANCE)
    return [f"{case.images:,} x {case.dimensions}", f"{case.classes:,}", *cells(found)]


def cells(found: dict[str, Measured]) -> Iterator[str]:
    """Yield seconds of ours and theirs, their ratio, and the memory of both; theirs may be missing."""
    ours, theirs = found["ours"], found.get("theirs")
    yield f"{ours.seconds:.2f} s"
    yield f"{theirs.seconds:.2f} s" if theirs else "not run"
    yield f"{theirs.seconds / ours.seconds:.1f}" if theirs else ""
    yield f"{ours.gigabytes:.2f} GB"
    yield f"{theirs.gigabytes:.2f} GB" if theirs else ""


def _contender(name: str, case: Case) -> Callable[[], float]:
    evaluate = {"ours": _ours, "theirs": _theirs}[name]
    evaluate(*Case(1_000, case.dimensions, 100, 1.0).points())  # libraries are imported, threads are there
    return partial(evaluate, *case.points())


def _ours(rows: Tensor, labels: Tensor) -> float:
    from trainers.evaluation.retrieval import retrieval  # noqa: PLC0415 - no part of theirs

    return retrieval(rows, labels)["map_at_r"]


def _theirs(rows: Tensor, labels: Tensor) -> float:
    from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator  # noqa: PLC0415

    metrics = ("precision_at_1", "r_precision", "mean_average_precision_at_r")
    calculator = AccuracyCalculator(include=metrics, k="max_bin_count", device=torch.device("cpu"))
    return float(calculator.get_accuracy(rows, labels)["mean_average_precision_at_r"])
