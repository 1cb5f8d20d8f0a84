"""One training: what it yields, when it ends, and that a resumed one is the same one."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from trainers.errors import ConfigError, TrainerError, TrainingStopped
from trainers.losses import LossValue
from trainers.training.objective import STEP_METRICS
from trainers.training.trainer import Evaluation, Trainer

CLOCKS = ("train_seconds", "embed_ms_per_image")


def timeless(history: list[Evaluation]) -> list[dict[str, float]]:
    return [{name: value for name, value in e.metrics.items() if name not in CLOCKS} for e in history]


def epochs(trainer: Trainer, count: int) -> None:
    steps = trainer.fit()
    for _ in range(count):
        next(steps)


def test_every_epoch_yields_every_metric(small: Any) -> None:
    trainer = Trainer(small(epochs=2))
    found = list(trainer.fit())
    assert [evaluation.epoch for evaluation in found] == [1, 2]
    assert found == trainer.history
    assert all(set(evaluation.metrics) == set(trainer.config.metrics) for evaluation in found)
    assert found[0].metrics["lsdim"] == 4
    assert found[1].metrics["train_seconds"] > found[0].metrics["train_seconds"] > 0


def test_the_same_config_gives_the_same_training(small: Any) -> None:
    first, second = Trainer(small(epochs=2)), Trainer(small(epochs=2))
    for _ in zip(first.fit(), second.fit(), strict=True):  # taking turns in one process
        pass
    assert timeless(first.history) == timeless(second.history)
    other = Trainer(small(epochs=2, seed=1))
    list(other.fit())
    assert timeless(other.history) != timeless(first.history)
    assert other.task.splits.hash == first.task.splits.hash


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_a_resumed_training_is_the_uninterrupted_one_bit_for_bit(
    small: Any, tmp_path: Path, optimizer: str
) -> None:
    config = small(optimizer={"name": optimizer, "weight_decay": 1e-3}, label_percent=20)
    straight = Trainer(config)
    list(straight.fit())
    first = Trainer(config)
    epochs(first, 3)
    state = first.save(tmp_path)
    torch.rand(11)  # whatever else the new process does with chance
    second = Trainer(config)
    second.restore(state)
    assert second.history == first.history
    list(second.fit())
    assert timeless(second.history) == timeless(straight.history)
    assert second.history[3].metrics["train_seconds"] > first.train_seconds
    ours, theirs = second.learner.model.state_dict(), straight.learner.model.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize(
    "loss",
    [
        {"name": "proxy_nca", "reg_constant": 0.3},
        {"name": "proxy_nca_pp"},
        {"name": "center", "center_weight": 0.1},
        {"name": "pml", "loss": "ArcFaceLoss", "proxy_lr_factor": 10},
        {"name": "triplet", "miner": {"name": "random"}},
        {"name": "triplet", "miner": {"name": "distance"}, "soft": True},
    ],
    ids=lambda loss: "-".join(map(str, loss.values())),
)
def test_what_a_loss_learns_or_draws_resumes_bit_for_bit(
    small: Any, tmp_path: Path, loss: dict[str, Any]
) -> None:
    straight, first, second = (Trainer(small(epochs=3, loss=loss)) for _ in range(3))
    list(straight.fit())
    epochs(first, 1)
    second.restore(first.save(tmp_path))
    torch.rand(11)
    list(second.fit())
    assert timeless(second.history) == timeless(straight.history)
    ours, theirs = second.learner.objective.state_dict(), straight.learner.objective.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def with_dropout(trainer: Trainer) -> Trainer:
    trainer.learner.model[1] = nn.Sequential(trainer.learner.model[1], nn.Dropout(0.5))
    return trainer


def test_chance_inside_the_network_resumes_as_well(small: Any, tmp_path: Path) -> None:
    straight, first, second = (with_dropout(Trainer(small(epochs=3))) for _ in range(3))
    list(straight.fit())
    epochs(first, 1)
    second.restore(first.save(tmp_path))
    torch.rand(11)
    list(second.fit())
    assert timeless(second.history) == timeless(straight.history)


def test_a_finished_training_stays_finished(small: Any, tmp_path: Path) -> None:
    first = Trainer(small(epochs=1))
    list(first.fit())
    second = Trainer(small(epochs=1))
    second.restore(first.save(tmp_path))
    assert second.finished
    assert list(second.fit()) == []


def test_state_of_another_config_is_refused(small: Any, tmp_path: Path) -> None:
    state = Trainer(small()).save(tmp_path)
    with pytest.raises(TrainerError, match=r"state.safetensors: is the state of another config"):
        Trainer(small(seed=1)).restore(state)


def test_a_damaged_state_is_refused(small: Any, tmp_path: Path) -> None:
    state = Trainer(small()).save(tmp_path)
    state.write_bytes(state.read_bytes()[:-1])
    with pytest.raises(TrainerError, match=r"state.safetensors: is no checkpoint"):
        Trainer(small()).restore(state)


def with_history(trainer: Trainer, values: list[float]) -> Trainer:
    metric = trainer.config.monitor.metric
    trainer.history = [Evaluation(epoch, {metric: value}) for epoch, value in enumerate(values, start=1)]
    return trainer


@pytest.mark.parametrize(
    ("monitor", "values", "best"),
    [
        ({"metric": "ari"}, [0.1, 0.3, 0.3, 0.2], 2),
        ({"metric": "loss"}, [0.1, 0.3, 0.05, 0.05], 3),
        ({"metric": "loss", "direction": "maximize"}, [0.1, 0.3, 0.05], 2),
    ],
)
def test_the_best_epoch_is_the_first_of_the_best(
    small: Any, monitor: Any, values: list[float], best: int
) -> None:
    assert with_history(Trainer(small(monitor=monitor)), values).best.epoch == best


def test_patience_ends_a_training_that_no_longer_improves(small: Any) -> None:
    trainer = Trainer(small(patience=2, monitor={"metric": "lsdim"}))  # which is the same in every epoch
    list(trainer.fit())
    assert len(trainer.history) == 3
    assert trainer.finished


def test_patience_starts_again_with_a_better_epoch(small: Any) -> None:
    trainer = Trainer(small(patience=2, monitor={"metric": "ari"}))
    assert not with_history(trainer, []).finished
    assert not with_history(trainer, [0.1, 0.0, 0.2, 0.1]).finished
    assert with_history(trainer, [0.1, 0.0, 0.2, 0.1, 0.2]).finished


def test_weights_are_saved_when_the_last_epoch_is_the_best(small: Any, tmp_path: Path) -> None:
    trainer = Trainer(small(epochs=2, monitor={"metric": "lsdim"}))
    epochs(trainer, 1)
    trainer.save(tmp_path)
    best = {name: tensor.clone() for name, tensor in trainer.learner.model.state_dict().items()}
    epochs(trainer, 1)  # no better: the first epoch stays the best
    trainer.save(tmp_path)
    fresh = Trainer(small())
    fresh.load_weights(tmp_path / "model.safetensors")
    assert all(torch.equal(tensor, best[name]) for name, tensor in fresh.learner.model.state_dict().items())
    with pytest.raises(TrainerError, match="weights of another network"):
        Trainer(small(lsdim=5)).load_weights(tmp_path / "model.safetensors")


def test_before_the_first_epoch_there_is_no_best_model(small: Any, tmp_path: Path) -> None:
    assert Trainer(small()).save(tmp_path) == tmp_path / "state.safetensors"
    assert not (tmp_path / "model.safetensors").exists()


def test_a_step_size_beyond_reason_diverges(small: Any) -> None:
    trainer = Trainer(small(optimizer={"name": "adam", "lr": 1e30}))
    with pytest.raises(TrainingStopped, match=r"diverged: .* at epoch 1$") as caught:
        list(trainer.fit())
    assert caught.value.reason == str(caught.value)
    assert trainer.history == []


class Always(nn.Module):
    def __init__(self, answer: Exception | float) -> None:
        super().__init__()
        self.answer = answer

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        if isinstance(self.answer, Exception):
            raise self.answer
        return LossValue(embeddings.sum() * 0 + self.answer, torch.zeros(()))


def test_a_loss_that_is_no_number_is_named_with_its_epoch(small: Any) -> None:
    trainer = Trainer(small())
    epochs(trainer, 1)
    trainer.learner.objective.loss = Always(float("nan"))
    with pytest.raises(TrainingStopped, match=r"^diverged: loss is nan at epoch 2$"):
        epochs(trainer, 1)


def test_too_little_memory_is_the_configs_own_fault(small: Any) -> None:
    trainer = Trainer(small())
    trainer.learner.objective.loss = Always(
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
    )
    with pytest.raises(TrainingStopped, match=r"^out of device memory at epoch 1: CUDA out of memory$"):
        list(trainer.fit())


def test_a_bug_is_not_taken_for_the_configs_fault(small: Any) -> None:
    trainer = Trainer(small())
    trainer.learner.objective.loss = Always(RuntimeError("a bug"))
    with pytest.raises(RuntimeError, match="a bug"):
        list(trainer.fit())


def test_only_labelled_images_reach_the_loss(small: Any) -> None:
    trainer = Trainer(small(label_percent=2))
    data, train = trainer.task.data, set(trainer.task.splits.train.tolist())
    images, targets = trainer.evaluator.images, trainer.task.targets
    assert len(images) == len(targets) == 22
    known = {data.images[index].numpy().tobytes(): int(data.labels[index]) for index in train}
    classes = sorted(set(known.values()))
    for image, target in zip(images, targets, strict=True):
        assert known[image.numpy().tobytes()] == classes[int(target)]
    evaluation = next(trainer.fit())
    assert evaluation.metrics["labelled_samples"] == 22


def test_unseen_classes_are_evaluated(small: Any) -> None:
    trainer = Trainer(small(dataset={"name": "digits", "split_by": "classes"}, epochs=1))
    (evaluation,) = trainer.fit()
    labels = trainer.task.data.labels
    assert not set(labels[trainer.task.splits.train].tolist()) & set(
        labels[trainer.task.splits.validation].tolist()
    )
    assert evaluation.metrics["recall_at_1"] > 0.5


def test_embeddings_do_not_depend_on_the_batch(small: Any) -> None:
    trainer = Trainer(small())
    images = trainer.task.data.images[:1500]  # more than one batch
    embeddings = trainer.learner.embed(images)
    assert embeddings.shape == (1500, 4)
    assert not embeddings.requires_grad
    torch.testing.assert_close(embeddings[1400:1410], trainer.learner.embed(images[1400:1410]))


def test_a_split_can_be_evaluated_at_any_time(small: Any) -> None:
    trainer = Trainer(small())
    found = trainer.evaluate_split("test")
    assert set(trainer.config.metrics) - set(found) == {*STEP_METRICS, "loss_decay", *trainer.start}
    assert found["train_seconds"] == 0


def test_facts_are_plain(small: Any) -> None:
    facts = Trainer(small(label_percent=10)).facts()
    assert facts["train_samples"] == 1079
    assert facts["parameters"] == 64 * 16 + 16 + 16 * 4 + 4
    assert facts["device_name"] == "cpu"
    assert all(isinstance(value, str | int | float) for value in facts.values())


def test_a_gpu_that_is_not_there_is_refused(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ConfigError, match="device: cuda, but torch sees no GPU"):
        Trainer(small(device="cuda"))
    assert Trainer(small(device="auto")).device.type == "cpu"


def test_peak_memory_is_known_on_a_gpu_only(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(small(device="cpu"))
    assert trainer.usage() == {}
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: 3 * 2**19)
    trainer.device = torch.device("cuda")
    assert trainer.usage() == {"peak_memory_mib": 1.5}
