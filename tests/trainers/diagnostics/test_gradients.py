"""The numbers of a step against gradients taken one by one, and what they leave alone."""

from typing import Any

import pytest
import torch

from trainers.training.learner import Learner
from trainers.training.objective import STEP_METRICS
from trainers.training.seeding import seed_everything
from trainers.training.task import Task
from trainers.unsupervised.objective import Moment

LATENT = {"name": "unit_prior", "alpha": 0.2, "schedule": "alternate_epochs"}

STAGED = {"name": "unit_prior", "alpha": 0.2, "schedule": "staged", "metric_epochs": 1}


def learner_of(config: Any) -> tuple[Learner, torch.Tensor, torch.Tensor]:
    seed_everything(3)
    task = Task.load(config)
    learner = Learner(config, task, torch.device("cpu"))
    return learner, task.data.images[task.labelled][:24], task.targets[:24]


def numbers_of(learner: Learner, *step: Any) -> dict[str, float]:
    seed_everything(5)
    numbers = learner.step(*step).tolist()
    return dict(zip((*STEP_METRICS, "metric_losses"), numbers, strict=True))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"loss": {"name": "proxy_nca"}},
        {"loss": {"name": "contrastive"}},
        {"unsupervised": LATENT},
        {"unsupervised": STAGED},
    ],
    ids=lambda changes: "-".join(f"{key}-{value['name']}" for key, value in changes.items()) or "triplet",
)
def test_the_norms_are_those_of_the_gradients(small: Any, changes: dict[str, Any]) -> None:
    config = small(**changes)
    moment = Moment(1, 1, 1)
    learner, images, targets = learner_of(config)
    seed_everything(5)
    value = learner.objective(learner.model, images, targets, moment)
    parameters = [*learner.model.parameters(), *learner.objective.parameters()]
    by_embedding, *by_parameter = torch.autograd.grad(value.loss, [value.embeddings, *parameters])
    found = numbers_of(learner, images, targets, moment)
    rows = [float(row.square().sum().sqrt()) for row in by_embedding]
    assert found["embedding_gradient_norm"] == pytest.approx(sum(rows) / len(rows), rel=1e-5)
    total = sum(float(gradient.square().sum()) for gradient in by_parameter)
    assert found["parameter_gradient_norm"] == pytest.approx(total**0.5, rel=1e-5)
    assert found["loss"] == pytest.approx(value.loss.item())


def test_a_step_without_the_metric_loss_has_none_of_its_numbers(small: Any) -> None:
    learner, images, targets = learner_of(small(unsupervised=LATENT))
    found = numbers_of(learner, images, targets, Moment(2, 1, 1))
    assert found["embedding_gradient_norm"] == found["active_ratio"] == found["active_negatives"] == 0
    assert found["metric_losses"] == 0
    assert found["parameter_gradient_norm"] > 0


def test_the_first_stage_has_all_numbers_of_the_metric_loss(small: Any) -> None:
    contrastive = {"name": "contrastive", "neg_margin": 1.0}
    found = numbers_of(*learner_of(small(loss=contrastive, unsupervised=STAGED)), Moment(1, 1, 1))
    assert found["embedding_gradient_norm"] > 0
    assert found["active_positives"] == found["metric_losses"] == 1
    assert found["active_negatives"] == found["active_ratio"] > 0
    assert found["unsupervised_loss"] == 0


def test_pairs_are_counted_apart(small: Any) -> None:
    moment = Moment(1, 1, 1)
    contrastive, images, targets = learner_of(small(loss={"name": "contrastive", "neg_margin": 1.0}))
    found = numbers_of(contrastive, images, targets, moment)
    points = torch.nn.functional.normalize(learner_of(small())[0].model(images).detach())
    distances = [[float((one - other).norm()) for other in points] for one in points]
    negatives = [distances[i][j] for i in range(24) for j in range(24) if targets[i] != targets[j]]
    assert found["active_positives"] == 1
    expected = sum(distance < 1.0 for distance in negatives) / len(negatives)
    assert 0 < expected < 1
    assert found["active_negatives"] == found["active_ratio"] == pytest.approx(expected)
    triplet, *batch = learner_of(small())
    found = numbers_of(triplet, *batch, moment)
    assert found["active_positives"] == found["active_negatives"] == 0
    assert found["active_ratio"] > 0
