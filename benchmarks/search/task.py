"""What is searched: the main job on scikit-learn's digits, and the same search space on MNIST."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tuner.config.study_config import StudyConfig

MAIN_JOB = Path(__file__).parents[2] / "search_spaces" / "dr_triplet.yaml"

_TO_THE_END = "train.patience=null"  # a replay cuts the recorded trainings where a contender would


@dataclass(frozen=True)
class Task:
    """A study whose trainings are recorded.

    Attributes:
        name: the dataset's.
        overrides: how the study differs from the main job.
        reference_labels: the labelled images of the reference point of hypervolumes: all training images.
    """

    name: str
    reference_labels: int
    overrides: tuple[str, ...] = field(default=())

    @cached_property
    def config(self) -> StudyConfig:
        """The study, as its file says, but for trainings that all go to the end."""
        return StudyConfig.load(MAIN_JOB, (_TO_THE_END, *self.overrides))

    @property
    def packed(self) -> Path:
        """Where the recorded trainings are."""
        return Path(__file__).parent / f"{self.name}.npz"

    def labels(self, label_percent: float) -> int:
        """Return how many training images have their label known."""
        return round(self.reference_labels * label_percent / 100)

    def train(self, params: dict[str, Any], data_root: Path) -> dict[str, Any]:
        """Return the training config at a point of the search space."""
        config = self.config.space.fill(params)
        if "root" in config["dataset"]:
            config["dataset"] |= {"root": str(data_root)}
        primary = self.config.primary
        monitor = {"metric": primary.metric, "direction": primary.direction}
        return config | {"epochs": self.config.budget.epochs, "monitor": monitor, "device": "cpu"}


DIGITS = Task("digits", reference_labels=1_079)
MNIST = Task(
    "mnist",
    reference_labels=59_100,
    overrides=(
        "study=dr-triplet-mnist-replayed",
        "budget.epochs=18",
        "train.dataset={name: mnist, root: data, split_by: samples, validation_percent: 1.5}",
        "train.batch.steps_per_epoch=14",
    ),
)
TASKS = {task.name: task for task in (DIGITS, MNIST)}
