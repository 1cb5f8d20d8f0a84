"""`python -m benchmarks.main_job [STORAGE]`: the main job's front beside raw pixels and an untrained network.

The main job must have run before: `python -m tuner launch search_spaces/dr_triplet.yaml`.
"""

from __future__ import annotations

import sys

from trainers.config import TrainConfig
from trainers.training import baselines
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore

STUDY = "dr-triplet-digits"
METRICS = ("recall_at_1", "map_at_r", "ari", "ami", "nmi")


def main() -> None:
    """Prints a Markdown table, all rows measured on the validation split."""
    study = StudyStore.open(Settings.read(*sys.argv[1:2]).storage).load(STUDY)
    front = study.front()
    print(f"| | {' | '.join(METRICS)} |\n|---|{'---|' * len(METRICS)}")
    for metric in ("map_at_r", "ari"):
        best = max(front, key=lambda record: record.attributes[metric])
        _row(f"front, best {metric} (trial {best.number})", dict(best.attributes))
    config = TrainConfig.model_validate(max(front, key=lambda record: record.values[0]).attributes["config"])
    _row("untrained network", baselines.untrained(config))
    _row("raw pixels", baselines.raw_pixels(config))


def _row(name: str, metrics: dict[str, float]) -> None:
    print(f"| {name} | {' | '.join(f'{metrics[metric]:.3f}' for metric in METRICS)} |")


if __name__ == "__main__":
    main()
