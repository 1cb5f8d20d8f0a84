"""Where the images of every class lie."""

import numpy as np
import torch
from plotly import graph_objects as go

from trainers.figures.palette import TEMPLATE, class_marker, heading
from trainers.figures.projection import project
from trainers.figures.validation import ValidationSplit
from trainers.training.seeding import derive
from trainers.unsupervised.posterior import Posterior

MOST_IMAGES = 2_000
ELLIPSE_POINTS = 65


def embedding_map(
    validation: ValidationSplit, components: Posterior | None, seed: int, subject: str
) -> go.Figure:
    """Return a map of at most 2,000 validation images, a trace a class; see ``project`` for the points.

    Hovering shows the image's index in the dataset and its class.

    Args:
        validation: the whole split.
        components: the prior's Gaussians, (K, 2), each drawn as its mean and the ellipse of one standard
            deviation; or None.
        seed: picks the images and starts t-SNE.
        subject: what was trained, for the title.
    """
    drawn = validation.sample(MOST_IMAGES, derive(seed, "map"))
    projection = project(drawn, derive(seed, "projection"))
    figure = go.Figure()
    for label in torch.unique(drawn.labels).tolist():
        own = (drawn.labels == label).numpy()
        figure.add_trace(
            go.Scatter(
                x=projection.points[own, 0].tolist(),
                y=projection.points[own, 1].tolist(),
                customdata=drawn.indices.numpy()[own].tolist(),
                name=drawn.data.class_names[label],
                mode="markers",
                marker=class_marker(label),
                hovertemplate="image %{customdata}<extra>%{fullData.name}</extra>",
            )
        )
    if components is not None:
        figure.add_traces(_prior(components))
    count = f"{len(drawn.indices):,} of {len(validation.indices):,} validation images"
    figure.update_layout(
        template=TEMPLATE,
        title=heading(f"Embeddings: {subject}", f"{count}; {projection.method}"),
        legend={"title": "class", "itemsizing": "constant"},
        margin={"t": 80, "b": 60, "l": 70, "r": 20},
    )
    figure.update_xaxes(title=projection.axes[0], zeroline=False)
    # One unit is as long on both axes, or a circle would not look like one.
    same_scale = {} if drawn.embeddings.shape[1] == 1 else {"scaleanchor": "x", "constrain": "domain"}
    figure.update_yaxes(title=projection.axes[1], zeroline=False, **same_scale)
    return figure


def _prior(components: Posterior) -> list[go.Scatter]:
    assert components.log_variance is not None
    means, stds = components.mean.numpy(), (components.log_variance / 2).exp().numpy()
    angles = np.linspace(0, 2 * np.pi, ELLIPSE_POINTS)
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)
    gap = np.full((1, 2), np.nan)  # ends one ellipse's line before the next begins
    outline = np.concatenate(
        [np.concatenate([m + s * circle, gap]) for m, s in zip(means, stds, strict=True)]
    )
    return [
        go.Scatter(
            x=outline[:, 0].tolist(),
            y=outline[:, 1].tolist(),
            name="prior: one std",
            mode="lines",
            line={"color": "black", "width": 1},
            hoverinfo="skip",
        ),
        go.Scatter(
            x=means[:, 0].tolist(),
            y=means[:, 1].tolist(),
            name="prior: means",
            mode="markers",
            marker={"color": "black", "symbol": "x-thin-open", "size": 9},
            hovertemplate="(%{x:.3g}, %{y:.3g})<extra>component %{pointNumber}</extra>",
        ),
    ]
