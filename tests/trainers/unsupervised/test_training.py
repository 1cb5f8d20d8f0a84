"""Every latent objective with every schedule: what is saved and restored goes on bit for bit."""

from typing import Any

import pytest
import torch

from tests.trainers.unsupervised.variants import STAGED, TRAININGS
from trainers.training.trainer import Trainer

CLOCKS = ("train_seconds", "embed_ms_per_image")
EPOCHS = 4


def metrics(trainer: Trainer) -> list[dict[str, float]]:
    return [
        {name: value for name, value in evaluation.metrics.items() if name not in CLOCKS}
        for evaluation in trainer.history
    ]


@pytest.mark.parametrize("config", TRAININGS)
def test_a_training_resumes_bit_for_bit_wherever_it_was_cut(config: Any, small: Any, tmp_path: Any) -> None:
    training = small(unsupervised=config, epochs=EPOCHS, label_percent=10)
    straight = Trainer(training)
    states = [straight.save(tmp_path / str(evaluation.epoch)) for evaluation in straight.fit()]
    cuts = (1, 2, 3) if training.unsupervised.schedule == "staged" else (2,)  # the stages meet at 2
    for cut in cuts:
        resumed = Trainer(training)
        resumed.restore(states[cut - 1])
        torch.rand(11)
        list(resumed.fit())
        assert metrics(resumed) == metrics(straight)
        ours, theirs = resumed.learner.state(), straight.learner.state()
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    last = straight.history[-1].metrics
    assert last["unsupervised_loss"] > 0
    assert (last["posterior_std"] > 0) == (training.unsupervised.features(1) == 2)


def test_the_metric_loss_is_alone_in_the_first_stage(unsupervised_type: Any, small: Any) -> None:
    latent = unsupervised_type(**STAGED, supervised_scale=3.0)
    trainer = Trainer(small(unsupervised=latent.model_dump(), epochs=3, label_percent=10))
    before = {name: weights.clone() for name, weights in trainer.learner.objective.named_parameters()}
    first, second, third = trainer.fit()
    for stage_one in (first, second):
        assert stage_one.metrics["unsupervised_loss"] == 0
        assert stage_one.metrics["active_ratio"] > 0
        assert stage_one.metrics["loss"] > 0
    assert third.metrics["unsupervised_loss"] > 0
    assert third.metrics["active_ratio"] > 0
    after = dict(trainer.learner.objective.named_parameters())
    assert all(not torch.equal(after[name], weights) for name, weights in before.items())


def test_the_second_stage_of_alpha_1_looks_at_no_label(unsupervised_type: Any, small: Any) -> None:
    latent = unsupervised_type(**STAGED, alpha=1.0).model_dump()
    trainer = Trainer(small(unsupervised=latent, epochs=3))
    assert ["active_ratio" in evaluation.metrics for evaluation in trainer.fit()] == [True, True, False]
