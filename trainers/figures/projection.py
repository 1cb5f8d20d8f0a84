"""Embeddings of any dimension as points of a plane."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.manifold import TSNE

from trainers.figures.validation import ValidationSplit

PERPLEXITY = 30.0


@dataclass(frozen=True)
class Projection:
    """Points to be drawn.

    Attributes:
        points: (N, 2), in the order of the images.
        axes: the titles of the two axes.
        method: where the points come from, in a few words.
    """

    points: NDArray[np.floating]
    axes: tuple[str, str]
    method: str


def project(validation: ValidationSplit, seed: int) -> Projection:
    """Return where the images stand on the plane.

    Two dimensions are shown as they are, before any normalisation; one dimension is drawn a row a class.
    More are laid out by t-SNE (van der Maaten and Hinton, JMLR 2008) in the metric space of the evaluation,
    starting from the principal components. Its perplexity is 30, or a third of the other images where they
    are fewer than 90. Embeddings that are all the same stay one point.

    Args:
        validation: at least three images, as every split has.
        seed: for t-SNE; in [0, 2**32).
    """
    latents = validation.embeddings.numpy()
    dimensions = latents.shape[1]
    if dimensions == 1:
        rows = np.stack([latents[:, 0], validation.labels.numpy()], 1)
        return Projection(rows, ("z<sub>1</sub>", "class number"), "the latents themselves, a row a class")
    if dimensions == 2:
        note = ", of which the loss sees directions only" if validation.normalize else ""
        return Projection(latents, ("z<sub>1</sub>", "z<sub>2</sub>"), f"the latents themselves{note}")
    points = validation.points.numpy()
    perplexity = min(PERPLEXITY, (len(points) - 1) / 3)
    method = f"t-SNE of {dimensions} dimensions, perplexity {perplexity:.3g}; only who is near whom counts"
    return Projection(_embedded(points, perplexity, seed), ("t-SNE 1", "t-SNE 2"), method)


def _embedded(points: NDArray[np.float64], perplexity: float, seed: int) -> NDArray[np.floating]:
    if not np.ptp(points, axis=0).any():
        return np.zeros((len(points), 2))  # no direction has any variance to start from
    tsne = TSNE(n_components=2, perplexity=perplexity, init="pca", random_state=seed)
    points_on_plane: NDArray[np.floating] = tsne.fit_transform(points)
    return points_on_plane
