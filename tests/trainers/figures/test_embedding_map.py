"""The map: which images are on it, where they stand, and the prior beneath them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from trainers.data.datasets.image_set import ImageSet
from trainers.figures.components import prior_components
from trainers.figures.embedding_map import MOST_IMAGES, embedding_map
from trainers.figures.projection import project
from trainers.figures.validation import ValidationSplit
from trainers.training.seeding import generator


def classes(figure: Any) -> list[Any]:
    return [trace for trace in figure.data if not trace.name.startswith("prior")]


def points(figure: Any) -> dict[int, tuple[float, float, str]]:
    return {
        index: (x, y, trace.name)
        for trace in classes(figure)
        for index, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }


def made(count: int, dims: int) -> ValidationSplit:
    chance = generator(0)
    labels = torch.arange(count) % 3
    data = ImageSet(torch.zeros(count, 1, 1, 1, dtype=torch.uint8), labels, ("a", "b", "c"))
    return ValidationSplit(data, torch.arange(count), torch.randn(count, dims, generator=chance), False)


def test_two_dimensions_are_the_embeddings_themselves(trained: Any) -> None:
    trainer = trained(lsdim=2)
    validation = ValidationSplit.of(trainer)
    found = points(embedding_map(validation, None, 0, "digits"))
    data, indices = trainer.task.data, trainer.task.splits.validation
    embeddings = trainer.learner.embed(data.images[indices])
    assert len(found) == len(indices)
    for index, (x, y) in zip(indices.tolist(), embeddings.tolist(), strict=True):
        assert found[index] == (x, y, data.class_names[int(data.labels[index])])


def test_more_dimensions_are_laid_out_by_tsne_alike_every_time(trained: Any) -> None:
    validation = ValidationSplit.of(trained())
    first, again = (embedding_map(validation, None, 0, "digits") for _ in range(2))
    assert points(first) == points(again)
    assert points(first).keys() == set(validation.indices.tolist())
    assert "t-SNE of 4 dimensions, perplexity 30;" in first.layout.title.text


def test_neighbours_stay_neighbours() -> None:
    validation = made(60, 5)
    apart = replace(validation, embeddings=validation.embeddings + 30 * validation.labels[:, None])
    found = project(apart, 0).points
    distances = np.linalg.norm(found[:, None] - found, axis=2) + np.diag(np.full(60, np.inf))
    assert (validation.labels.numpy()[distances.argmin(1)] == validation.labels.numpy()).all()


def test_a_large_split_is_sampled() -> None:
    validation = made(MOST_IMAGES + 500, 2)
    found, again, other = (points(embedding_map(validation, None, seed, "")) for seed in (0, 0, 1))
    assert len(found) == len(other) == MOST_IMAGES
    assert found == again != other
    assert all(
        found[index][:2] == tuple(validation.embeddings[index].tolist()) for index in list(found)[::97]
    )


@pytest.mark.parametrize("dims", [1, 2, 3, 64])
@pytest.mark.parametrize("count", [3, 4, 10])
@pytest.mark.parametrize("spread", [0.0, 1e-12, 1.0])
def test_few_or_collapsed_embeddings_have_a_place(dims: int, count: int, spread: float) -> None:
    validation = made(count, dims)
    collapsed = replace(validation, embeddings=0.7 + spread * validation.embeddings)
    found = project(collapsed, 0).points
    assert found.shape == (count, 2)
    assert np.isfinite(found).all()


def test_one_dimension_has_a_row_a_class() -> None:
    validation = made(9, 1)
    expected = [(z, label) for (z,), label in zip(validation.embeddings.tolist(), [0, 1, 2] * 3, strict=True)]
    assert [tuple(point) for point in project(validation, 0).points.tolist()] == expected


def test_the_vertices_of_the_mixture_are_drawn(trained: Any) -> None:
    latent = {"name": "gaussian_mixture_prior", "vertex_scale": 1.5, "prior_log_variance": -1.0}
    trainer = trained(lsdim=2, unsupervised=latent)
    components = prior_components(trainer)
    assert components is not None
    figure = embedding_map(ValidationSplit.of(trainer), components, 0, "digits")
    outline, means = figure.data[-2:]
    vertices = {(a, b) for a in (-1.5, 1.5) for b in (-1.5, 1.5)}
    assert set(zip(means.x, means.y, strict=True)) == vertices
    ring = np.array([outline.x, outline.y]).T
    ring = ring[~np.isnan(ring).any(1)]
    reach = np.abs(ring) - 1.5
    np.testing.assert_allclose(np.hypot(*reach.T), np.exp(-0.5), rtol=1e-6)
    assert len(classes(figure)) == 10


def test_the_vertices_make_the_prior_that_is_trained_with(trained: Any) -> None:
    trainer = trained(lsdim=2, unsupervised={"name": "gaussian_mixture_prior"})
    components = prior_components(trainer)
    where = torch.randn(20, 2, generator=generator(0)) * 3
    mixture = components.log_density(where).logsumexp(1) - np.log(4)
    expected = trainer.learner.objective.latent.log_prior(where).sum(1)
    torch.testing.assert_close(mixture, expected)


def test_the_pseudo_images_of_a_metric_vae_are_encoded(trained: Any) -> None:
    trainer = trained(lsdim=2, unsupervised={"name": "metric_vae", "pseudo_inputs": 3})
    components = prior_components(trainer)
    assert components is not None
    pixels = 255 * trainer.learner.objective.latent.prior.pseudo_inputs.detach().sigmoid()
    for k in range(3):
        expected = trainer.learner.model.posterior(pixels[k : k + 1])
        torch.testing.assert_close(components.mean[k], expected.mean[0])
        torch.testing.assert_close(components.log_variance[k], expected.log_variance[0])
    assert not components.mean.requires_grad


@pytest.mark.parametrize(
    "changes",
    [
        {"lsdim": 2},
        {"lsdim": 2, "unsupervised": {"name": "unit_prior"}},
        {"lsdim": 64, "unsupervised": {"name": "gaussian_mixture_prior"}},
    ],
)
def test_other_priors_and_other_dimensions_are_not_drawn(trained: Any, changes: dict[str, Any]) -> None:
    assert prior_components(trained(**changes)) is None
