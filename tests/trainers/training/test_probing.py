"""The probes of a training: what they see, that chance comes from the seed, and what collapse looks like."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from trainers.errors import TrainingStopped
from trainers.evaluation import probes
from trainers.evaluation.spec import EvaluationSpec
from trainers.training.baselines import raw_pixels
from trainers.training.probing import cluster_samples, probe_task
from trainers.training.task import Task
from trainers.training.trainer import Trainer
from trainers.unsupervised.posterior import Posterior

EVERYTHING = {
    "probes": ["knn", "random_forest", "mlp"],
    "reference": ["labelled", "train"],
    "point": ["mean", "sample"],
}
QUICK = EVERYTHING | {"probes": ["knn"]}
PRIOR = {"name": "unit_prior"}


def probed(evaluation: dict[str, Any], task: Task, posterior: Posterior, **changes: Any) -> dict[str, float]:
    options: dict[str, Any] = {"seed": 0, "normalize": False} | changes
    spec = EvaluationSpec.model_validate(evaluation)

    def embed(indices: Tensor) -> Posterior:
        assert len(indices.unique()) == len(indices), "an image is embedded once"
        spread = posterior.log_variance
        return Posterior(posterior.mean[indices], None if spread is None else spread[indices])

    queries = task.splits.validation
    asked = queries, embed(queries)
    return {
        **probe_task(spec, task, embed, *asked, **options),
        **cluster_samples(spec, task, *asked, **options),
    }


@pytest.fixture
def task(small: Any) -> Task:
    return Task.load(small(label_percent=10))


def test_every_probe_measures_every_reference_and_point(small: Any) -> None:
    trainer = Trainer(small(evaluation=EVERYTHING, unsupervised=PRIOR, label_percent=10, epochs=1))
    (evaluation,) = trainer.fit()
    assert set(evaluation.metrics) == set(trainer.config.metrics)
    for name in trainer.config.evaluation.metrics:
        assert (0 if "accuracy" in name else -0.5) <= evaluation.metrics[name] <= 1, name


def test_a_training_with_probes_resumes_bit_for_bit(small: Any, tmp_path: Path) -> None:
    evaluation = EVERYTHING | {"reference": ["labelled"], "point": ["sample"]}
    config = small(evaluation=evaluation, unsupervised=PRIOR, label_percent=10, epochs=2)
    straight, first, second = (Trainer(config) for _ in range(3))
    list(straight.fit())
    next(first.fit())
    second.restore(first.save(tmp_path))
    torch.rand(11)
    list(second.fit())
    for ours, theirs in zip(second.history, straight.history, strict=True):
        assert all(ours.metrics[name] == theirs.metrics[name] for name in config.evaluation.metrics)


def test_probes_do_not_change_the_training(small: Any) -> None:
    plain, watched = (Trainer(small(unsupervised=PRIOR, epochs=2, evaluation=each)) for each in ({}, QUICK))
    list(plain.fit()), list(watched.fit())
    assert plain.history[-1].metrics["loss"] == watched.history[-1].metrics["loss"]


def test_nothing_is_embedded_unless_asked_for(task: Task) -> None:
    def embed(indices: Tensor) -> Posterior:
        raise AssertionError

    queries = task.splits.validation
    zeros = torch.zeros(len(queries), 2)
    judged = Posterior(zeros, zeros)
    assert not probe_task(EvaluationSpec(), task, embed, queries, judged, seed=0, normalize=False)
    samples = EvaluationSpec(point=("sample",))
    assert not probe_task(samples, task, embed, queries, judged, seed=0, normalize=False)
    found = cluster_samples(samples, task, queries, judged, seed=0, normalize=False)
    assert set(found) == {"ari_sample", "ami_sample"}


def test_no_image_is_embedded_twice(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(small(evaluation=QUICK, unsupervised=PRIOR, label_percent=10))
    posterior = trainer.learner.posterior
    seen: list[Tensor] = []
    monkeypatch.setattr(trainer.learner, "posterior", lambda images: seen.append(images) or posterior(images))
    trainer.evaluate_split("validation")
    splits = trainer.task.splits
    assert sum(map(len, seen)) == len(splits.validation) + len(splits.train)


def test_each_reference_holds_its_own_images(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tensor] = []

    def remember(references: Tensor, labels: Tensor, queries: Tensor, neighbours: int) -> Tensor:
        seen.append(references[:, 0])
        assert torch.equal(labels, task.data.labels[references[:, 0].long()])
        assert torch.equal(queries[:, 0], task.splits.validation.float())
        return torch.zeros(len(queries), dtype=torch.int64)

    monkeypatch.setattr(probes, "knn", remember)
    places = torch.arange(len(task.data.labels)).float()[:, None]
    probed({"probes": ["knn"], "reference": ["train", "labelled"]}, task, Posterior(places))
    train, labelled = seen
    assert torch.equal(train, task.splits.train.float())
    assert torch.equal(labelled, task.labelled.float())


def test_labels_as_embeddings_are_perfect_and_a_collapsed_posterior_is_chance(task: Task) -> None:
    truth = torch.eye(10)[task.data.labels]
    found = probed(QUICK, task, Posterior(truth, torch.full_like(truth, -40)))
    assert found == pytest.approx(dict.fromkeys(found, 1.0))
    collapsed = probed(QUICK, task, Posterior(0.01 * truth, torch.zeros_like(truth)))
    assert collapsed["knn_accuracy_train"] == 1  # the mean still holds a residue
    assert collapsed["knn_accuracy_train_sample"] == pytest.approx(0.1, abs=0.06)
    for name in ("ami_sample", "ari_sample", "knn_ami_train_sample", "knn_ami_labelled_sample"):
        assert collapsed[name] == pytest.approx(0, abs=0.03)


def test_an_image_has_one_draw_whatever_else_is_asked(task: Task) -> None:
    truth = torch.eye(10)[task.data.labels]
    posterior = Posterior(truth, torch.zeros_like(truth))
    both = probed(QUICK, task, posterior)
    alone = probed(QUICK | {"reference": ["labelled"], "point": ["sample"]}, task, posterior)
    assert all(both[name] == value for name, value in alone.items())
    assert probed(QUICK, task, posterior, seed=1) != both


def test_directions_are_compared_if_the_loss_compares_them(task: Task) -> None:
    truth = torch.eye(10)[task.data.labels]
    lengths = torch.logspace(-2, 2, len(truth))[torch.randperm(len(truth))][:, None]
    posterior = Posterior(lengths * truth + 0.01, None)
    by_direction = probed({"probes": ["knn"]}, task, posterior, normalize=True)
    assert by_direction == probed({"probes": ["knn"]}, task, Posterior(normalize(posterior.mean), None))
    assert by_direction != probed({"probes": ["knn"]}, task, posterior)


def test_references_that_are_not_finite_stop_the_training(task: Task) -> None:
    means = torch.rand(len(task.data.labels), 2)
    means[task.labelled[0]] = torch.inf
    with pytest.raises(TrainingStopped, match=r"diverged: 1 of .* embeddings are not finite"):
        probed({"probes": ["knn"]}, task, Posterior(means))


def test_pixels_are_probed_as_well(small: Any) -> None:
    config = small(evaluation=QUICK, unsupervised=PRIOR, label_percent=2)
    found = raw_pixels(config)
    assert found["knn_accuracy_train"] > 0.95 > found["knn_accuracy_labelled"]
    assert not [name for name in found if name.endswith("_sample")]
