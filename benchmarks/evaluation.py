"""Retrieval beside pytorch-metric-learning with faiss, clustering beside scikit-learn, of equal points."""

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
MAP_TOLERANCE = 1e-6  # theirs are float32's distances
SPREAD_TOLERANCE = 0.005  # other starts end elsewhere


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


RETRIEVAL = (
    Case(10_000, 64, 1_000, 1.5),
    Case(10_000, 64, 10, 2.0),
    Case(60_000, 128, 11_000, 1.2),
    Case(60_000, 128, 10, 3.0, theirs_fits=False),
)
CLUSTERING = (
    Case(359, 64, 10, 1.0),
    Case(10_000, 64, 10, 1.5),
    Case(6_000, 64, 100, 1.2),
    Case(60_000, 128, 11_000, 1.2, theirs_fits=False),
)


LARGE = 50_000
"""From so many images on each contender runs once: it takes half a minute and more."""


def main(
    rounds: Annotated[int, typer.Option(help="Runs of each, in turn; of the largest one.")] = 3,
    everything: Annotated[
        bool, typer.Option("--all", help="Theirs too where it takes 22 GB, or most of an hour.")
    ] = False,
) -> None:
    """Compare retrieval and clustering with pytorch-metric-learning's and scikit-learn's."""
    retrieval = {"ours": _our_retrieval, "theirs": _their_retrieval}
    clustering = {"ours": _our_clustering, "theirs": _their_clustering}
    for title, cases, contenders, tolerance in (
        ("Retrieval, of equal MAP@R", RETRIEVAL, retrieval, MAP_TOLERANCE),
        ("k-means, ARI, AMI and NMI, of equal spread", CLUSTERING, clustering, SPREAD_TOLERANCE),
    ):
        print(f"{title}:\n")
        rows = []
        for case in cases:
            names = ("ours", "theirs") if case.theirs_fits or everything else ("ours",)
            found = alternate(
                {name: partial(_prepared, contenders[name], case) for name in names},
                rounds if case.theirs_fits and case.images < LARGE else 1,
                tolerance,
            )
            rows.append([f"{case.images:,} x {case.dimensions}", f"{case.classes:,}", *cells(found)])
        print(markdown(HEAD, rows) + "\n")


def cells(found: dict[str, Measured]) -> Iterator[str]:
    """Yield seconds of ours and theirs, their ratio, and the memory of both; theirs may be missing."""
    ours, theirs = found["ours"], found.get("theirs")
    yield f"{ours.seconds:.3g} s"
    yield f"{theirs.seconds:.3g} s" if theirs else "not run"
    yield f"{theirs.seconds / ours.seconds:.1f}" if theirs else ""
    yield f"{ours.gigabytes:.2f} GB"
    yield f"{theirs.gigabytes:.2f} GB" if theirs else ""


def _prepared(evaluate: Callable[[Tensor, Tensor], float], case: Case) -> Callable[[], float]:
    evaluate(*Case(1_000, case.dimensions, 100, 1.0).points())  # libraries are imported, threads are there
    return partial(evaluate, *case.points())


def _our_retrieval(rows: Tensor, labels: Tensor) -> float:
    from trainers.evaluation.retrieval import retrieval  # noqa: PLC0415 - no part of theirs

    return retrieval(rows, labels)["map_at_r"]


def _their_retrieval(rows: Tensor, labels: Tensor) -> float:
    from pytorch_metric_learning.utils.accuracy_calculator import AccuracyCalculator  # noqa: PLC0415

    metrics = ("precision_at_1", "r_precision", "mean_average_precision_at_r")
    calculator = AccuracyCalculator(include=metrics, k="max_bin_count", device=torch.device("cpu"))
    return float(calculator.get_accuracy(rows, labels)["mean_average_precision_at_r"])


def _our_clustering(rows: Tensor, labels: Tensor) -> float:
    from trainers.evaluation.agreement import Contingency  # noqa: PLC0415 - no part of theirs
    from trainers.evaluation.kmeans import kmeans  # noqa: PLC0415

    clusters = kmeans(rows, len(torch.unique(labels)), seed=0)
    table = Contingency.of(labels.numpy(), clusters.numpy())
    table.adjusted_rand(), table.adjusted_mutual_information(), table.normalised_mutual_information()
    return _spread(rows, clusters)


def _their_clustering(rows: Tensor, labels: Tensor) -> float:
    from sklearn import metrics  # noqa: PLC0415
    from sklearn.cluster import KMeans  # noqa: PLC0415

    clusters = KMeans(len(torch.unique(labels)), n_init=10, random_state=0).fit_predict(rows.numpy())
    for score in ("adjusted_rand_score", "adjusted_mutual_info_score", "normalized_mutual_info_score"):
        getattr(metrics, score)(labels.numpy(), clusters)
    return _spread(rows, torch.from_numpy(clusters).long())


def _spread(rows: Tensor, clusters: Tensor) -> float:
    """Return the squared distances to the means of clusters, as a share of those to the mean of all."""
    wide = rows.double()
    sums = torch.zeros(int(clusters.max()) + 1, rows.shape[1], dtype=torch.float64)
    sums.index_add_(0, clusters, wide)
    means = sums / clusters.bincount().clamp(min=1)[:, None]
    return float((wide - means[clusters]).square().sum() / (wide - wide.mean(0)).square().sum())
