"""What a model in training is worth on a split, and what its space looks like on a sample."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Literal

from torch import Tensor

from trainers.config import TrainConfig
from trainers.diagnostics.sample import Sample
from trainers.diagnostics.space import describe
from trainers.evaluation import clustering, retrieval
from trainers.evaluation.space import compared
from trainers.training.devices import wait_for
from trainers.training.learner import Learner
from trainers.training.probing import cluster_samples, probe_task
from trainers.training.seeding import derive
from trainers.training.task import Task
from trainers.unsupervised.posterior import Posterior

Split = Literal["train", "validation", "test"]
Clusters = Callable[[Mapping[str, float]], bool]
"""Takes what else was measured and returns whether clusters are to be, too."""


class Evaluator:
    """Measures a learner with the weights that it has.

    Attributes:
        sample: the labelled images whose space is described.
        images: the images of all labels, near the device; ``sample`` has positions among them.
    """

    def __init__(self, config: TrainConfig, task: Task, learner: Learner) -> None:
        self.images = learner.views.near(task.data.images[task.labelled])
        self.sample = Sample.draw(task.targets, config.seed)
        self._config = config
        self._task = task
        self._learner = learner

    def split(self, name: Split, clusters: Clusters = lambda _: True) -> dict[str, float]:
        """Return the metrics of one split: all of the config's but those of training and of the sample.

        Args:
            name: the split's.
            clusters: decides whether ARI, AMI and NMI are among them.

        Raises:
            TrainingStopped: embeddings are not finite.
        """
        config, task = self._config, self._task
        indices: Tensor = getattr(task.splits, name)
        started = perf_counter()
        posterior = self._posterior(indices)
        wait_for(self._learner.device)
        milliseconds = 1000 * (perf_counter() - started)
        labels = task.data.labels[indices].to(self._learner.device)
        seed, normalize = derive(config.seed, "evaluation"), config.loss.geometry.on_sphere
        points = compared(posterior.mean, normalize=normalize)
        how = config.evaluation, task
        metrics = {
            **retrieval(points, labels),
            **probe_task(*how, self._posterior, indices, posterior, seed=seed, normalize=normalize),
            "embed_ms_per_image": milliseconds / len(indices),
            "labelled_samples": float(len(task.targets)),
            "lsdim": float(config.lsdim),
        }
        if clusters(metrics):
            metrics |= clustering(points, labels, seed)
            metrics |= cluster_samples(*how, indices, posterior, seed=seed, normalize=normalize)
        return metrics

    def describe_sample(self) -> dict[str, float]:
        """Return what the space of the sample looks like.

        Raises:
            TrainingStopped: embeddings are not finite.
        """
        embeddings = self._learner.embed(self.images[self.sample.positions])
        return describe(embeddings, self.sample, self._config.loss.geometry)

    def _posterior(self, indices: Tensor) -> Posterior:
        return self._learner.posterior(self._task.data.images[indices])
