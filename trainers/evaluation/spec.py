"""What is measured of a training, and when."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, PositiveInt, field_validator

from trainers.evaluation.metrics import (
    CLUSTER_METRICS,
    PROBE_MEASURES,
    SAMPLE_METRICS,
    Point,
    Probe,
    Reference,
    probe_metric,
)
from trainers.specs import Spec


class EvaluationSpec(Spec):
    """When a model is evaluated; which classifiers are fitted on which embeddings, on which of their points.

    Every probe is fitted on every reference at every point, and each has metrics of its own: they are never
    averaged, because they answer different questions. One alone needs no list.

    Attributes:
        every: epochs from one evaluation to the next; the last epoch always has one. What is not evaluated is
            not reported, can be neither the best epoch nor a rung, and ends no patience.
        clustering: when k-means is fitted, for ``ari``, ``ami``, ``nmi`` and those of samples: at ``every``
            evaluation, at each that is the ``best`` so far, or only at the end of the training, with the
            weights of its best epoch (``last``). A result has them either way.
        probes: the classifiers; none unless asked for.
        reference: what they are fitted on: ``labelled``, the training images whose label the training knew,
            or ``train``, all training images with all their labels, most of which a semi-supervised training
            never saw.
        point: ``mean``, the embedding, or ``sample``, one draw of the posterior. With ``sample``, the k-means
            scores ``ari_sample`` and ``ami_sample`` are measured as well, probes or not.
        neighbours: how many references vote in ``knn``; at most as many as the largest class has.
    """

    every: PositiveInt = 1
    clustering: Literal["every", "best", "last"] = "every"
    probes: tuple[Probe, ...] = ()
    reference: tuple[Reference, ...] = Field(default=("labelled",), min_length=1)
    point: tuple[Point, ...] = Field(default=("mean",), min_length=1)
    neighbours: PositiveInt = 5

    @field_validator("probes", "reference", "point", mode="before")
    @classmethod
    def _one_alone(cls, names: Any) -> Any:
        # A hole has single values for its choices.
        return (names,) if isinstance(names, str) else names

    @field_validator("probes", "reference", "point")
    @classmethod
    def _each_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice} is given twice; write it once")
        return names

    @property
    def of_clusters(self) -> tuple[str, ...]:
        """The names of what ``clustering`` decides about."""
        return (*CLUSTER_METRICS, *(SAMPLE_METRICS if "sample" in self.point else ()))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The names of all that this part of a config adds to a training's metrics."""
        return tuple(self._metrics())

    def _metrics(self) -> Iterator[str]:
        for point in self.point:
            for reference in self.reference:
                for probe in self.probes:
                    yield from (probe_metric(probe, each, reference, point) for each in PROBE_MEASURES)
        if "sample" in self.point:
            yield from SAMPLE_METRICS
