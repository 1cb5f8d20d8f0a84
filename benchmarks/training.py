"""Trainings beside pytorch-metric-learning with a DataLoader, and what of an epoch is not training."""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import torch
import typer
from torch import Tensor
from torch.testing import assert_close

from benchmarks.markdown import markdown
from trainers.config import TrainConfig
from trainers.training.saving.saver import Saver
from trainers.training.seeding import set_threads
from trainers.training.trainer import Trainer

LOSS = {"name": "triplet", "margin": 0.2}
EPOCHS = 10  # of the trainings whose shares are looked at
HEAD = ("training", "threads", "ours, samples/s", "theirs, samples/s", "ours / theirs")
SHARES = ("training", "epoch", "steps", "evaluation", "sample", "saving", "not training")


@dataclass(frozen=True)
class Job:
    """A training as both sides make it."""

    name: str
    config: dict[str, Any]


def _digits(**changes: Any) -> dict[str, Any]:
    backbone = {"name": "mlp", "hidden": [256, 256]}
    batch = {"classes": 10, "per_class": 8}
    return {"dataset": {"name": "digits"}, "backbone": backbone, "loss": LOSS, "batch": batch, **changes}


def _mnist(root: Path, **changes: Any) -> dict[str, Any]:
    batch = {"classes": 8, "per_class": 16, "steps_per_epoch": 100}
    dataset = {"name": "mnist", "root": str(root), "split_by": "samples"}
    return {"dataset": dataset, "backbone": {"name": "convnet"}, "loss": LOSS, "batch": batch, **changes}


def main(
    data_root: Annotated[Path | None, typer.Option(help="Folder of MNIST, for its rows.")] = None,
    rounds: Annotated[int, typer.Option(help="Epochs of each, in turn.")] = 9,
    threads: Annotated[int, typer.Option(help="torch's threads.")] = 1,
) -> None:
    """Compare steps with pytorch-metric-learning's, and show what of an epoch is not steps."""
    set_threads(threads)
    jobs = [Job("digits, MLP, B 80", _digits())]
    shares = [Job("digits, the main job's", _digits(**_main_job()))]
    if data_root is not None:
        jobs.append(Job("MNIST, convnet, B 128", _mnist(data_root)))
        shares.append(
            Job("MNIST, convnet, B 128, 59,100 images an epoch", _mnist(data_root, **_whole_epoch()))
        )
    print(markdown(HEAD, [_compared(job, rounds, threads) for job in jobs]) + "\n")
    print(markdown(SHARES, [_shares(job) for job in shares]))


def _main_job() -> dict[str, Any]:
    loss = {"name": "triplet", "margin": 0.3, "reg_ratio": 0.8}
    latent = {"name": "reconstruction", "alpha": 0.1, "supervised_scale": 100}
    return {"loss": loss, "unsupervised": latent, "label_percent": 40}


def _whole_epoch() -> dict[str, Any]:
    return {"batch": {"classes": 8, "per_class": 16}, "evaluation": {"clustering": "best"}}


def _compared(job: Job, rounds: int, threads: int) -> list[str]:
    trainer = Trainer(TrainConfig.model_validate({**job.config, "device": "cpu", "epochs": 10**6}))
    theirs = _their_epoch(trainer)
    samples = trainer.batches.steps * trainer.config.batch.size
    found: dict[str, list[float]] = {"ours": [], "theirs": []}
    for number in range(rounds + 1):
        for name, epoch in (("ours", trainer._train), ("theirs", theirs)):
            began = time.perf_counter()
            epoch(number + 1)
            if number:  # the first one warms up
                found[name].append(samples / (time.perf_counter() - began))
    ours, others = (median(found[name]) for name in ("ours", "theirs"))
    ratio = median(one / other for one, other in zip(*found.values(), strict=True))
    return [job.name, str(threads), f"{ours:,.0f}", f"{others:,.0f}", f"{ratio:.1f}"]


def _their_epoch(trainer: Trainer) -> Callable[[int], None]:
    """Return what trains an epoch as their documentation does, after the first step was the same as ours."""
    from pytorch_metric_learning.samplers import MPerClassSampler  # noqa: PLC0415
    from torch.utils.data import DataLoader, TensorDataset  # noqa: PLC0415

    model, loss = deepcopy(trainer.learner.model), _their_loss()
    images, labels = trainer.evaluator.images, trainer.task.targets
    assert isinstance(images, Tensor)
    assert_close(*(_first_loss(trainer, each) for each in (None, loss)), rtol=1e-4, atol=1e-6)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    size = trainer.config.batch.size
    per_class = trainer.config.batch.model_dump()["per_class"]
    sampler = MPerClassSampler(labels, per_class, size, length_before_new_iter=size * trainer.batches.steps)
    loader = DataLoader(TensorDataset(images.float(), labels), batch_size=size, sampler=sampler)

    def epoch(_: int) -> None:
        model.train()
        for batch, classes in loader:
            optimizer.zero_grad()
            torch.autograd.backward(loss(model(batch), classes))
            optimizer.step()

    return epoch


def _their_loss() -> Callable[[Tensor, Tensor], Tensor]:
    from pytorch_metric_learning import losses, reducers  # noqa: PLC0415

    loss: Callable[[Tensor, Tensor], Tensor] = losses.TripletMarginLoss(0.2, reducer=reducers.MeanReducer())
    return loss


def _first_loss(trainer: Trainer, loss: Callable[[Tensor, Tensor], Tensor] | None) -> Tensor:
    batch = next(iter(trainer.batches.epoch(1)))
    images, classes = trainer.evaluator.images[batch], trainer.task.targets[batch]
    embeddings = trainer.learner.model(images)
    if loss is not None:
        return loss(embeddings, classes).detach()
    value: Tensor = trainer.learner.objective.get_submodule("loss")(embeddings, classes).loss
    return value.detach()


def _shares(job: Job) -> list[str]:
    """Return where the time of a training's epochs goes, the first of them left out."""
    trainer = Trainer(TrainConfig.model_validate({**job.config, "device": "cpu", "epochs": EPOCHS}))
    spent = dict.fromkeys(("_train", "split", "describe_sample", "save"), 0.0)

    def timed(owner: Any, name: str) -> None:
        call = getattr(owner, name)

        def measure(*args: Any, **options: Any) -> Any:
            began = time.perf_counter()
            try:
                return call(*args, **options)
            finally:
                spent[name] += time.perf_counter() - began

        setattr(owner, name, measure)

    with TemporaryDirectory() as folder, Saver(trainer, Path(folder), 30) as saver:
        for owner, name in ((trainer, "_train"), (trainer.evaluator, "split")):
            timed(owner, name)
        timed(trainer.evaluator, "describe_sample")
        timed(saver, "save")
        training = trainer.fit()
        next(training)
        spent.update(dict.fromkeys(spent, 0.0))
        began = time.perf_counter()
        for _ in training:
            saver.save()
        whole = time.perf_counter() - began
    epochs = EPOCHS - 1
    cells = [f"{1000 * seconds / epochs:,.1f} ms" for seconds in (whole, *spent.values())]
    return [job.name, *cells, f"{1 - spent['_train'] / whole:.0%}"]
