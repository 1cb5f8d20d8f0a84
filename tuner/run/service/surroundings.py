"""What the studies of a service have in common."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field

from tuner.run.on_ray.devices import Devices
from tuner.run.on_ray.node_questions import NodeQuestions
from tuner.run.service.log import Log
from tuner.run.service.metrics import ServiceMetrics
from tuner.settings import Settings
from tuner.store.reading.reader import StudyStore


@dataclass(frozen=True)
class Surroundings:
    """What the studies of a service have in common.

    Attributes:
        store: the studies' store.
        settings: where checkpoints and devices are.
        allow_code: whether trainers that studies name may be imported and run.
        devices: those of the cluster.
        asker: asks studies for trials, several at once.
        workers: opens and ends studies, several at once.
        metrics: notes how long writing takes.
        log: takes what is said.
        questions: asks nodes whether trials can run there.
    """

    store: StudyStore
    settings: Settings
    allow_code: bool
    devices: Devices
    asker: Executor
    workers: Executor
    metrics: ServiceMetrics
    log: Log
    questions: NodeQuestions = field(default_factory=NodeQuestions)
