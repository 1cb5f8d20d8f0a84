"""How much each parameter matters to an objective, by PED-ANOVA on ranks.

Optuna has PED-ANOVA too, but importing it takes seconds, as it imports scikit-learn. Ranks make the scale on
which a parameter was drawn irrelevant, and how often a sampler drew near a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.study.pareto import Array

FEWEST = 10
"""Of fewer trials the best tenth is a single one, which tells nothing of what made it good."""

BEST = 0.1
MOST_LEVELS = 12
"""A parameter with more values is continuous."""

_GRID = (np.arange(200) + 0.5) / 200


def importances_of(params: Sequence[Mapping[str, Any]], losses: Array) -> dict[str, float]:
    """Return the share of each parameter, the largest first; empty if there are too few trials.

    A parameter matters as far as its distribution among the best tenth of the trials differs from that among
    all, by Pearson's divergence (Watanabe et al., "PED-ANOVA", IJCAI 2023). One that only some trials have
    counts as far as the best have it: its divergence is weighted by the square of their share among the best,
    over their share among all. Shares sum to 1, or are all 0.

    Args:
        params: of each trial.
        losses: `(N,)`, what each lost; less is better. A trial whose loss is not finite does not count.
    """
    counted = np.flatnonzero(np.isfinite(losses))
    if len(counted) < FEWEST:
        return {}
    order = counted[np.argsort(losses[counted], kind="stable")]
    best = set(order[: max(2, int(np.ceil(BEST * len(order))))].tolist())
    found: dict[str, float] = {}
    for name in dict.fromkeys(name for index in order for name in params[index]):
        having = [index for index in order if name in params[index]]
        is_best = np.array([index in best for index in having])
        if is_best.any():
            weight = (is_best.sum() / len(best)) ** 2 / (len(having) / len(order))
            found[name] = float(weight * _divergence([params[index][name] for index in having], is_best))
    total = sum(found.values())
    shares = {name: value / total if total else 0.0 for name, value in found.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _divergence(values: Sequence[Any], is_best: NDArray[np.bool_]) -> float:
    """Return Pearson's divergence of the best values from all, estimated with one value of prior."""
    levels, level = np.unique([repr(value) for value in values], return_inverse=True)
    count = is_best.sum()
    if len(levels) <= MOST_LEVELS or not all(isinstance(value, int | float) for value in values):
        everywhere = np.bincount(level) / len(values)
        among_best = (np.bincount(level[is_best], minlength=len(levels)) + everywhere) / (count + 1)
        return float(everywhere @ (among_best / everywhere - 1) ** 2)
    ranks = (np.argsort(np.argsort(values, kind="stable")) + 0.5) / len(values)
    centres = ranks[is_best]
    width = max(0.05, float(centres.std()) * count**-0.2)
    # Kernels are mirrored at both ends, so that none of their mass lies outside.
    mirrored = np.concatenate([centres, -centres, 2 - centres])
    kernels = np.exp(-0.5 * ((_GRID[:, None] - mirrored) / width) ** 2).sum(axis=1) / (
        width * np.sqrt(2 * np.pi)
    )
    density = (kernels + 1) / (count + 1)
    return float(((density - 1) ** 2).mean())
