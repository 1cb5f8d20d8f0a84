"""What is done to which study: drawn from a seed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.chaos.faults import (
    DAMAGES,
    DATABASE,
    ENDS_THE_DRIVER,
    READ_ONLY,
    SECOND_DRIVER,
    SIGNALS,
    WORKER,
    Fault,
)

_SERIAL_SHARE, _STARTUP_SHARE, _MOST_REPORTS = 0.2, 0.5, 3
_DEVICES = (2, 2, 3, 4)
_LOSSES = ("triplet", "contrastive", "proxy_nca")
_FIRST = {"metric": "map_at_r", "direction": "maximize"}
_SECOND = {"metric": "lsdim", "direction": "minimize"}
_STOPPING = (
    {"name": "none"},
    {"name": "asha", "reduction_factor": 2},
    {"name": "median", "startup_trials": 2},
)


@dataclass(frozen=True)
class Plan:
    """A study, who runs it, and the faults that it meets.

    Attributes:
        seed: all chance of this plan comes from it.
        config: the study's configuration, as a file would have it.
        devices: how many trials Ray runs at once; with 0 the driver's own process runs one after another.
    """

    seed: str
    config: dict[str, Any]
    devices: int

    @classmethod
    def drawn(cls, seed: int, index: int) -> Plan:
        """The plan with this index."""
        chance = Random(f"{seed}/{index}")
        devices = 0 if chance.random() < _SERIAL_SHARE else chance.choice(_DEVICES)
        trials = chance.randint(8, 16) * (3 if devices else 1)
        return cls(f"{seed}/{index}", _config(chance, f"chaos-{seed}-{index}", trials), devices)

    @property
    def study(self) -> str:
        return str(self.config["study"])

    @property
    def trials(self) -> int:
        return int(self.config["budget"]["trials"])

    def faults(self) -> Iterator[Fault]:
        """Its faults without end, in order; as many are injected as the study lives to see."""
        chance = Random(f"{self.seed}/faults")
        starting = True
        while True:
            kind = _kind(chance, on_ray=self.devices > 0)
            early = starting and chance.random() < _STARTUP_SHARE
            reports = 0 if early else chance.randint(1, _MOST_REPORTS)
            yield Fault(kind, reports, chance.random(), chance.uniform(0.5, 3))
            starting = kind in ENDS_THE_DRIVER


def _kind(chance: Random, *, on_ray: bool) -> str:
    # What needs another driver costs the seconds of a start, with Ray's many: it comes less often.
    families = {DATABASE: 20, tuple(SIGNALS): 3, DAMAGES: 1, (READ_ONLY,): 1, (SECOND_DRIVER,): 0.5}
    if on_ray:
        families |= {DATABASE: 40, (READ_ONLY,): 2, (WORKER,): 8}
    return chance.choice(chance.choices(list(families), list(families.values()))[0])


def _config(chance: Random, study: str, trials: int) -> dict[str, Any]:
    return {
        "study": study,
        "objectives": [_FIRST, *([_SECOND] if chance.random() < 0.5 else [])],
        # Failures are what is looked for: they must not end a launch.
        "budget": {"trials": trials, "epochs": chance.randint(8, 14), "failures": 1000},
        "sampler": {"name": chance.choice(("random", "tpe")), "seed": chance.randrange(1000)},
        "early_stopping": chance.choice(_STOPPING),
        "resources": {"gpus": 0, "cpus": 1},
        "train": {
            "seed": chance.randrange(1000),
            "dataset": {"name": "digits"},
            "backbone": {"name": "mlp", "hidden": [32]},
            "lsdim": {"search": "categorical", "choices": [2, 4, 10]},
            "label_percent": {"search": "float", "low": 10, "high": 60},
            "loss": {"name": chance.choice(_LOSSES)},
            "batch": {"classes": 10, "per_class": 4},
            "optimizer": {"name": "adam", "lr": {"search": "float", "low": 1e-4, "high": 1e-2, "log": True}},
        },
        "keep": {"checkpoint_seconds": chance.choice((0, 1, 30))},
    }
