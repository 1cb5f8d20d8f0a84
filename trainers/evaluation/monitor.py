"""Which of two evaluations is the better one."""

from collections.abc import Mapping
from typing import Any

from pydantic import field_validator, model_validator

from trainers.evaluation.metrics import METRICS, Direction
from trainers.specs import Spec, nearest


class Monitor(Spec):
    """The metric by which epochs are compared.

    Attributes:
        metric: a key of ``METRICS``.
        direction: which way is better; the metric's own way if only the metric is given.
    """

    metric: str = "map_at_r"
    direction: Direction = "maximize"

    @model_validator(mode="before")
    @classmethod
    def _own_direction(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and "direction" not in data and data.get("metric") in tuple(METRICS):
            return {**data, "direction": METRICS[data["metric"]]}
        return data

    @field_validator("metric")
    @classmethod
    def _known(cls, metric: str) -> str:
        if metric not in METRICS:
            raise ValueError(
                f"unknown metric {metric}{nearest(metric, METRICS)}; allowed: {', '.join(METRICS)}"
            )
        return metric

    def prefers(self, one: Mapping[str, float], other: Mapping[str, float]) -> bool:
        """Return whether the metrics ``one`` are strictly better than ``other``."""
        difference = one[self.metric] - other[self.metric]
        return difference > 0 if self.direction == "maximize" else difference < 0
