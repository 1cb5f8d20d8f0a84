"""What a step does beside the loss: clipping, accumulation, precision, compilation."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.trainers.training.test_trainer import timeless
from trainers.errors import ConfigError
from trainers.training import devices
from trainers.training.trainer import Trainer
from trainers.unsupervised.objective import Moment


def parameters(trainer: Trainer) -> list[Tensor]:
    learner = trainer.learner
    return [each for part in (learner.model, learner.objective) for each in part.parameters()]


def flat_gradient(trainer: Trainer) -> Tensor:
    gradients = [each.grad for each in parameters(trainer) if each.grad is not None]
    return torch.cat([each.flatten() for each in gradients]).clone()


def batches(trainer: Trainer) -> list[tuple[Tensor, Tensor]]:
    images = trainer.evaluator.images
    return [(images[batch], trainer.task.targets[batch]) for batch in trainer.batches.epoch(1)]


def test_a_large_gradient_is_scaled_to_the_norm_and_its_own_norm_is_the_metric(small: Any) -> None:
    free, clipped = Trainer(small()), Trainer(small(optimizer={"name": "adam", "clip_norm": 1e-3}))
    images, targets = batches(free)[0]
    numbers = [each.learner.step(images, targets, Moment(1, 1, 3)) for each in (free, clipped)]
    assert torch.equal(*numbers)
    whole, cut = flat_gradient(free), flat_gradient(clipped)
    assert whole.norm() > 1e-2
    assert cut.norm() == pytest.approx(1e-3, rel=1e-3)
    torch.testing.assert_close(cut / cut.norm(), whole / whole.norm())


def test_a_small_gradient_is_left_alone(small: Any) -> None:
    free, clipped = Trainer(small()), Trainer(small(optimizer={"name": "adam", "clip_norm": 1e3}))
    list(free.fit()), list(clipped.fit())
    assert timeless(free.history) == timeless(clipped.history)


def test_batches_that_are_accumulated_make_one_step_by_their_mean_gradient(small: Any) -> None:
    plain = Trainer(small())
    both = Trainer(small(optimizer={"name": "adam", "accumulate": 2}))
    start = [each.detach().clone() for each in parameters(both)]
    found = []
    for step, (images, targets) in enumerate(batches(plain)[:2], 1):
        plain.learner.optimizer.zero_grad()
        plain.learner.objective(plain.learner.model, images, targets, Moment(1, step, 2)).loss.backward()
        found.append(flat_gradient(plain))
        numbers = both.learner.step(images, targets, Moment(1, step, 2))
        moved = any(not torch.equal(*pair) for pair in zip(start, parameters(both), strict=True))
        assert moved == (step == 2)
        assert (numbers[-2] > 0) == (step == 2)
    mean = (found[0] + found[1]) / 2
    torch.testing.assert_close(flat_gradient(both), mean)
    assert numbers[-2] / 2 == pytest.approx(float(mean.norm()), rel=1e-5)


def test_the_last_step_of_an_epoch_may_have_fewer_batches(small: Any) -> None:
    trainer = Trainer(small(optimizer={"name": "adam", "accumulate": 2}))
    steps = [trainer.learner._accumulated(Moment(1, step, 5)) for step in range(1, 6)]
    assert steps == [2, 2, 2, 2, 1]
    images, targets = batches(trainer)[0]
    trainer.learner.step(images, targets, Moment(1, 5, 5))
    start = [each.detach().clone() for each in parameters(trainer)]
    trainer.learner.step(images, targets, Moment(2, 1, 5))
    assert all(torch.equal(*pair) for pair in zip(start, parameters(trainer), strict=True))


def test_a_training_that_accumulates_resumes_bit_for_bit(small: Any, tmp_path: Path) -> None:
    config = small(optimizer={"name": "adamw", "accumulate": 2, "clip_norm": 0.5}, epochs=3)
    straight, first, second = (Trainer(config) for _ in range(3))
    list(straight.fit())
    next(first.fit())
    second.restore(first.save(tmp_path))
    list(second.fit())
    assert timeless(second.history) == timeless(straight.history)


def test_bfloat16_is_of_the_networks_alone(small: Any, unsupervised_type: Any) -> None:
    unsupervised = unsupervised_type().model_dump()
    full, half = (
        Trainer(small(precision=each, unsupervised=unsupervised)) for each in ("float32", "bfloat16")
    )
    seen: list[torch.dtype] = []
    half.learner.model[1].register_forward_hook(lambda *args: seen.append(args[2].dtype))
    half.learner.objective.loss.register_forward_hook(lambda *args: seen.append(args[1][0].dtype))
    images, targets = batches(full)[0]
    found = []
    for each in (full, half):
        torch.manual_seed(0)
        found.append(each.learner.step(images, targets, Moment(1, 1, 3)))
    assert {torch.bfloat16, torch.float32} == set(seen)
    assert seen[-1] == torch.float32  # the metric loss
    torch.testing.assert_close(*found, rtol=0.1, atol=0.02)
    assert all(
        each.dtype == torch.float32 for each in half.learner.state().values() if each.is_floating_point()
    )
    del seen[:]
    half.evaluate_split("validation")
    assert set(seen) == {torch.float32}


def test_a_compiled_network_trains_and_saves_as_the_other(small: Any, tmp_path: Path) -> None:
    plain, compiled = Trainer(small(epochs=2)), Trainer(small(epochs=2, compile=True))
    list(plain.fit()), list(compiled.fit())
    assert list(compiled.learner.state()) == list(plain.learner.state())
    for name in ("loss", "map_at_r"):
        ours, theirs = (each.history[-1].metrics[name] for each in (compiled, plain))
        assert ours == pytest.approx(theirs, abs=0.02)
    compiled.save(tmp_path)
    compiled.load_weights(tmp_path / "model.safetensors")


def test_without_a_compiler_it_is_refused_in_one_line(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices.shutil, "which", lambda _: None)
    with pytest.raises(ConfigError, match=r"^compile: true on the CPU needs a C\+\+ compiler"):
        Trainer(small(compile=True))


@pytest.mark.parametrize("value", [{"clip_norm": 0}, {"accumulate": 0}, {"accumulate": 1.5}])
def test_values_out_of_range_are_refused(small: Any, value: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="optimizer"):
        small(optimizer={"name": "adam", **value})
