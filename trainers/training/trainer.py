"""One training: the model, the loop, the state that outlives a process."""

from collections.abc import Iterator
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Literal

import torch
from torch import Tensor

from trainers.config import TrainConfig
from trainers.diagnostics.health import Health, diagnose
from trainers.diagnostics.sample import Sample
from trainers.diagnostics.space import describe
from trainers.diagnostics.trajectory import Trajectory, last_alike, loss_decay
from trainers.errors import TrainerError, TrainingStopped
from trainers.evaluation import evaluate
from trainers.training import checkpoint
from trainers.training.devices import device_name, forget_peak_memory, peak_memory_mib, pick_device, wait_for
from trainers.training.faults import configuration_faults
from trainers.training.history import HISTORY, STATE, Evaluation, Stored, best_of
from trainers.training.learner import Learner
from trainers.training.objective import STEP_METRICS, epoch_means
from trainers.training.probing import probe_task
from trainers.training.seeding import derive, seed_everything
from trainers.training.task import Task
from trainers.unsupervised.objective import Moment
from trainers.unsupervised.posterior import Posterior

__all__ = ["Evaluation", "Trainer"]


class Trainer:
    """Trains and evaluates one config.

    ``fit`` is a generator: each ``next`` trains one epoch and evaluates it; another ``fit`` goes on where the
    last one was left. Between two epochs ``save`` may write the state. A new Trainer of the same config that
    ``restore``s it goes on as if nothing had happened: on the CPU, with as many threads, bit for bit; on a
    GPU as far as its kernels repeat themselves.

    Attributes:
        config: what was asked for.
        task: what it learns from.
        learner: the model and what changes it.
        sample: the labelled images whose space is described after every epoch.
        start: the metrics of that space before the first one.
        history: the evaluation of every epoch so far.
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
            self.images = self.learner.views.near(self.task.data.images[self.task.labelled])
            self.targets = self.task.targets.to(self.device)
            self.sample = Sample.draw(self.task.targets, config.seed)
            self.start = self.describe_sample()
        self.history: list[Evaluation] = []
        self.train_seconds = 0.0

    def fit(self) -> Iterator[Evaluation]:
        """Train until the config's epochs are done or patience has run out; yield every epoch's evaluation.

        Raises:
            TrainingStopped: loss or embeddings are no longer finite, the device's memory is too small, or the
                last epoch's verdict is one to stop on.
        """
        while not self.finished:
            self._stop_on_verdict()
            epoch = len(self.history) + 1
            with configuration_faults(f"at epoch {epoch}"):
                training = self._train(epoch)
                metrics = self.evaluate_split("validation") | training | self.describe_sample()
            self.history.append(Evaluation(epoch, metrics, self._health(metrics)))
            yield self.history[-1]

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
        views = self.learner.views.training(self.images, batches, epoch)
        for step, (batch, images) in enumerate(zip(batches, views, strict=True), 1):
            moment = Moment(epoch, step, self.batches.steps)
            sums += self.learner.step(images, self.targets[batch], moment)
        # Reading a number waits for the device: once an epoch, not in every step.
        means = epoch_means(sums, self.batches.steps)
        self.train_seconds += perf_counter() - started
        if not isfinite(means["loss"]):
            raise TrainingStopped(f"diverged: loss is {means['loss']}", "diverged")
        alike = last_alike(epoch, self.config.unsupervised)
        decay = loss_decay(means["loss"], self.history[alike - 1].metrics["loss"] if alike else None)
        return {**means, "loss_decay": decay, "train_seconds": self.train_seconds}

    def describe_sample(self) -> dict[str, float]:
        """Return what the space of the training's sample of labelled images looks like now.

        Raises:
            TrainingStopped: embeddings are not finite.
        """
        embeddings = self.learner.embed(self.images[self.sample.positions])
        return describe(embeddings, self.sample, self.config.loss.geometry)

    def _health(self, metrics: dict[str, float]) -> Health:
        history = [*(evaluation.metrics for evaluation in self.history), metrics]
        return diagnose(Trajectory(self.config.loss.geometry, self.config.unsupervised, self.start, history))

    def evaluate_split(self, name: Literal["train", "validation", "test"]) -> dict[str, float]:
        """Return the model's metrics on one split: all of the config's but those of training.

        Raises:
            TrainingStopped: embeddings are not finite.
        """
        indices: Tensor = getattr(self.task.splits, name)
        started = perf_counter()
        posterior = self._posterior(indices)
        wait_for(self.device)
        seconds = perf_counter() - started
        labels = self.task.data.labels[indices].to(self.device)
        seed, normalize = derive(self.config.seed, "evaluation"), self.config.loss.geometry.on_sphere
        spec, task, embed = self.config.evaluation, self.task, self._posterior
        return {
            **evaluate(posterior.mean, labels, seed=seed, normalize=normalize),
            **probe_task(spec, task, embed, indices, posterior, seed=seed, normalize=normalize),
            "embed_ms_per_image": 1000 * seconds / len(indices),
            "train_seconds": self.train_seconds,
            "labelled_samples": float(len(self.targets)),
            "lsdim": float(self.config.lsdim),
        }

    def _posterior(self, indices: Tensor) -> Posterior:
        return self.learner.posterior(self.task.data.images[indices])

    @property
    def best(self) -> Evaluation:
        """The first epoch that no other surpasses in the monitored metric; there has to be an epoch."""
        return best_of(self.history, self.config.monitor)

    @property
    def finished(self) -> bool:
        """Whether all epochs are done, or patience has run out."""
        done, patience = len(self.history), self.config.patience
        return done >= self.config.epochs or (
            patience is not None and done > 0 and done - self.best.epoch >= patience
        )

    @property
    def has_verdict_to_stop_on(self) -> bool:
        """Whether the last epoch's verdict is one that ends the training."""
        return bool(self.history) and self.history[-1].health.verdict in self.config.stop_on

    def save(self, folder: Path) -> Path:
        """Write the state into ``folder/state.safetensors`` and return that path.

        The state before it stays beside it, as ``formats.durable_file.before`` names it.
        If the last epoch is the best, its weights alone go into ``folder/model.safetensors``: the finished
        product, with what has to be known of the data to use it where they are not. A training that is
        finished leaves its history and its latent objective beside it, in ``folder/history.safetensors``.
        """
        if self.history and self.history[-1] is self.best:
            config, data = self.config.model_dump(mode="json"), self.task.facts()
            product = {"config": config, "epoch": self.best.epoch, "data": data}
            checkpoint.write(folder / "model.safetensors", self.learner.model.state_dict(), product)
        facts = {
            "fingerprint": self.config.fingerprint,
            "train_seconds": self.train_seconds,
            "history": [asdict(evaluation) for evaluation in self.history],
        }
        if self.finished:
            objective = checkpoint.grouped({"objective": self.learner.objective.state_dict()})
            checkpoint.write(folder / HISTORY, objective, facts)
        state = folder / STATE
        checkpoint.write(state, self.learner.state(), facts, keep_before=True)
        return state

    def restore(self, state: Path) -> None:
        """Take up the state that ``save`` wrote.

        Raises:
            TrainerError: the file is missing, damaged, or of another config; the training is as it was.
        """
        stored = Stored.read(state, self.config.fingerprint)
        self.learner.load_state(stored.tensors)
        self.history, self.train_seconds = stored.history, stored.train_seconds

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
