"""One training: the model, the loop, the state that outlives a process."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor

from trainers.config import TrainConfig
from trainers.diagnostics.health import Health, diagnose
from trainers.diagnostics.trajectory import Trajectory, last_alike, loss_decay
from trainers.errors import TrainerError, TrainingStopped
from trainers.training.devices import device_name, forget_peak_memory, peak_memory_mib, pick_device
from trainers.training.evaluator import Evaluator, Split
from trainers.training.faults import configuration_faults
from trainers.training.learner import Learner
from trainers.training.objective import STEP_METRICS, epoch_means
from trainers.training.saving import checkpoint
from trainers.training.saving.history import Evaluation, Stored, best_of
from trainers.training.saving.snapshot import Snapshot, copied
from trainers.training.seeding import derive, seed_everything
from trainers.training.task import Task
from trainers.unsupervised.objective import Moment

__all__ = ["Evaluation", "Trainer"]


class Trainer:
    """Trains and evaluates one config.

    ``fit`` is a generator: each ``next`` trains to the next evaluation, an epoch as a rule; another ``fit``
    goes on where the last one was left. Between two of them ``save`` may write the state. A new Trainer of
    the same config that ``restore``s it goes on as if nothing had happened: on the CPU, with as many threads,
    bit for bit; on a GPU as far as its kernels repeat themselves.

    Attributes:
        config: what was asked for.
        task: what it learns from.
        learner: the model and what changes it.
        evaluator: measures the model.
        start: the metrics of its sample's space before the first epoch.
        history: the evaluations so far, one an epoch unless the config wants fewer.
    """

    def __init__(self, config: TrainConfig) -> None:
        """Load the data and build everything, seeded.

        Raises:
            ConfigError: the config does not fit the data, or its device does not exist.
            DatasetError: the data is missing or damaged.
            TrainingStopped: data and model do not fit into the device's memory.
        """
        self.config = config
        self.device = pick_device(config.device)
        forget_peak_memory(self.device)
        self.task = Task.load(config)
        train_size = len(self.task.splits.train)
        self.batches = config.batch.build(self.task.targets, train_size, config.seed)
        seed_everything(derive(config.seed, "weights"))
        with configuration_faults("before epoch 1"):
            self.learner = Learner(config, self.task, self.device)
            self.evaluator = Evaluator(config, self.task, self.learner)
            self.start = self.evaluator.describe_sample()
        self.history: list[Evaluation] = []
        self.train_seconds = 0.0
        self._best_weights: dict[str, Tensor] | None = None

    def fit(self) -> Iterator[Evaluation]:
        """Train until the config's epochs are done or patience has run out; yield every evaluation.

        Raises:
            TrainingStopped: loss or embeddings are no longer finite, the device's memory is too small, or the
                last epoch's verdict is one to stop on.
        """
        while not self.finished:
            self._stop_on_verdict()
            training: dict[str, float] = {}
            for epoch in self._epochs_to_next_evaluation():
                with configuration_faults(f"at epoch {epoch}"):
                    training = self._train(epoch)
            with configuration_faults(f"at epoch {epoch}"):
                evaluation = self._evaluate(epoch, training)
            self.history.append(evaluation)
            if evaluation is self.best:
                self._best_weights = copied(self.learner.model.state_dict())
            yield evaluation

    def _epochs_to_next_evaluation(self) -> range:
        every = self.config.evaluation.every
        following = self.epoch - self.epoch % every + every
        return range(self.epoch + 1, min(following, self.config.epochs) + 1)

    def _evaluate(self, epoch: int, training: dict[str, float]) -> Evaluation:
        others = {**training, **self.evaluator.describe_sample()}

        def surpasses(metrics: Mapping[str, float]) -> bool:
            seen = {**metrics, **others}
            return not self.history or self.config.monitor.prefers(seen, self.best.metrics)

        clusters = {"every": lambda _: True, "best": surpasses, "last": lambda _: False}
        measured = self.evaluator.split("validation", clusters[self.config.evaluation.clustering])
        metrics = {**measured, **others}
        return Evaluation(epoch, metrics, self._health(metrics))

    def _stop_on_verdict(self) -> None:
        if self.has_verdict_to_stop_on:
            last = self.history[-1]
            verdict, reason = last.health.verdict, last.health.reason
            raise TrainingStopped(f"{verdict}: {reason} at epoch {last.epoch}", verdict)

    def _train(self, epoch: int) -> dict[str, float]:
        started = perf_counter()
        # Chance starts anew in every epoch, so a checkpoint has no generator's state to keep.
        seed_everything(derive(self.config.seed, "epoch", epoch))
        self.learner.model.train()
        sums = torch.zeros(len(STEP_METRICS) + 1, device=self.device)
        batches = list(self.batches.epoch(epoch))
        views = self.learner.views.training(self.evaluator.images, batches, epoch)
        targets = torch.split(self.task.targets[torch.cat(batches)].to(self.device), [*map(len, batches)])
        for step, (images, classes) in enumerate(zip(views, targets, strict=True), 1):
            sums += self.learner.step(images, classes, Moment(epoch, step, self.batches.steps))
        # Reading a number waits for the device: once an epoch, not in every step.
        means = epoch_means(sums, self.batches.steps)
        self.train_seconds += perf_counter() - started
        if not isfinite(means["loss"]):
            raise TrainingStopped(f"diverged: loss is {means['loss']}", "diverged")
        losses = {each.epoch: each.metrics["loss"] for each in self.history}
        alike = last_alike(epoch, losses, self.config.unsupervised)
        decay = loss_decay(means["loss"], losses[alike] if alike else None)
        return {**means, "loss_decay": decay, "train_seconds": self.train_seconds}

    def _health(self, metrics: dict[str, float]) -> Health:
        history = [*(evaluation.metrics for evaluation in self.history), metrics]
        space, every = self.config.loss.geometry, self.config.evaluation.every
        return diagnose(Trajectory(space, self.config.unsupervised, self.start, history, every))

    def evaluate_split(self, name: Split) -> dict[str, float]:
        """Return the model's metrics on one split: all of the config's but those of training.

        Raises:
            TrainingStopped: embeddings are not finite.
        """
        return {**self.evaluator.split(name), "train_seconds": self.train_seconds}

    @property
    def epoch(self) -> int:
        """The last epoch that was trained and evaluated; 0 before the first."""
        return self.history[-1].epoch if self.history else 0

    @property
    def best(self) -> Evaluation:
        """The first epoch that no other surpasses in the monitored metric; there has to be an epoch."""
        return best_of(self.history, self.config.monitor)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or patience has run out."""
        done, patience = self.epoch, self.config.patience
        return done >= self.config.epochs or (
            patience is not None and done > 0 and done - self.best.epoch >= patience
        )

    @property
    def has_verdict_to_stop_on(self) -> bool:
        """Whether the last epoch's verdict is one that ends the training."""
        return bool(self.history) and self.history[-1].health.verdict in self.config.stop_on

    @property
    def has_ended(self) -> bool:
        """Whether ``fit`` has nothing more to train."""
        return self.finished or self.has_verdict_to_stop_on

    def snapshot(self) -> Snapshot:
        """Return copies of what has to be saved of the training as it is now."""
        about = {"config": self.config.model_dump(mode="json"), "data": self.task.facts()}
        objective = checkpoint.grouped({"objective": self.learner.objective.state_dict()})
        return Snapshot(
            state=copied(self.learner.state()),
            facts={
                "fingerprint": self.config.fingerprint,
                "train_seconds": self.train_seconds,
                "history": [asdict(evaluation) for evaluation in self.history],
            },
            weights=self._best_weights,
            product={**about, "epoch": self.best.epoch if self.history else 0},
            objective=copied(objective) if self.finished else None,
        )

    def save(self, folder: Path) -> Path:
        """Write what ``snapshot`` returns into the folder, and return the path of the state.

        Raises:
            OSError: the disk is full or broken; each file holds what it held.
        """
        return self.snapshot().write(folder)

    def restore(self, state: Path) -> None:
        """Take up the state that ``save`` wrote.

        Raises:
            TrainerError: the file is missing, damaged, or of another config; the training is as it was.
        """
        stored = Stored.read(state, self.config.fingerprint)
        self.learner.load_state(stored.tensors)
        self.history, self.train_seconds = stored.history, stored.train_seconds
        self._best_weights = None

    def recall(self, path: Path) -> None:
        """Take up the ``history.safetensors`` of a training that is finished, without its weights.

        Raises:
            TrainerError: the file is missing, damaged, or of another config; the training is as it was.
        """
        stored = Stored.read(path, self.config.fingerprint)
        self.learner.objective.load_state_dict(checkpoint.group(stored.tensors, "objective"))
        self.history, self.train_seconds = stored.history, stored.train_seconds

    def load_weights(self, model: Path) -> None:
        """Take the weights of a ``model.safetensors``: the best epoch's, before a look at the test split.

        Raises:
            TrainerError: the file is missing or damaged, or its weights belong to another network.
        """
        try:
            self.learner.model.load_state_dict(checkpoint.read(model)[0])
        except RuntimeError as error:
            raise TrainerError(
                f"{model}: holds the weights of another network; load it with its own config"
            ) from error

    def facts(self) -> dict[str, str | int | float]:
        """Return what a record of this training should hold beside its config and metrics."""
        return {
            "split_hash": self.task.splits.hash,
            "train_samples": len(self.task.splits.train),
            "classes_per_batch": self.batches.classes,
            "parameters": sum(
                weights.numel() for weights in self.learner.model.parameters() if weights.requires_grad
            ),
            "device_name": device_name(self.device),
        }

    def usage(self) -> dict[str, float]:
        """Return what the training has taken of its device so far: ``peak_memory_mib`` on a GPU."""
        peak = peak_memory_mib(self.device)
        return {} if peak is None else {"peak_memory_mib": round(peak, 1)}
