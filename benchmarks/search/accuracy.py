"""How well the surrogate tells a training that it was not given: ten-fold cross-validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from benchmarks.markdown import markdown
from benchmarks.search.curves import Array, Curves
from benchmarks.search.surrogate import Surrogate
from benchmarks.search.task import Task
from tuner.study.pareto import non_dominated

_FOLDS = 10
_EPOCHS = (1, 3, 6, 9)


def table(task: Task) -> str:
    """Return the errors of the best epoch so far, after some epochs and at the end.

    The kernel's lengths are fitted once, on all trainings. `rank with the end` tells how well the best so far
    ranks the final results, in the recorded trainings and in the replayed ones: whether early stopping finds
    the replayed ones as hard to tell apart as the recorded ones. `front known` is the share of the final
    front of all recorded trainings that is on the front of the best so far.
    """
    curves = Curves.load(task.packed)
    recorded = curves.metrics[task.config.primary.metric]
    expected, replayed = _held_out(task, curves)
    head = [
        "after epoch",
        "mean error",
        "rank correlation",
        "error with noise",
        "rank correlation with noise",
        "rank with the end, recorded",
        "rank with the end, replayed",
        "front known",
    ]
    labels = curves.metrics["labelled_samples"][:, 0]
    final = _front(recorded, labels)
    lines = []
    for epoch in (*_EPOCHS, recorded.shape[1]):
        real, mean, noisy = (each[:, :epoch].max(axis=1) for each in (recorded, expected, replayed))
        figures = [
            np.abs(mean - real).mean(),
            spearmanr(mean, real)[0],
            np.abs(noisy - real).mean(),
            spearmanr(noisy, real)[0],
            spearmanr(real, recorded.max(axis=1))[0],
            spearmanr(noisy, replayed.max(axis=1))[0],
        ]
        known = _front(recorded[:, :epoch], labels)[final].mean()
        lines.append([str(epoch), *(f"{figure:.3f}" for figure in figures), f"{known:.0%}"])
    return f"{len(curves)} trainings\n\n{markdown(head, lines)}"


def _front(values: Array, labels: Array) -> NDArray[np.bool_]:
    """Tell which trainings no other beats in its best value without more labels."""
    return non_dominated(np.stack([-values.max(axis=1), labels], axis=1))


def _held_out(task: Task, curves: Curves) -> tuple[Array, Array]:
    """Return each training's expected and replayed curve by the surrogate of the other folds."""
    kernel = Surrogate(task, curves).kernel
    order = np.random.default_rng(0).permutation(len(curves))
    expected = np.empty_like(curves.seconds)
    replayed = np.empty_like(curves.seconds)
    for fold in range(_FOLDS):
        held_out = order[fold::_FOLDS]
        surrogate = Surrogate(task, curves.rows(np.setdiff1d(order, held_out)), kernel)
        for row in held_out:
            params = curves.params_of(row)
            expected[row] = surrogate.expected(params)
            replayed[row] = surrogate.training(params).values
    return expected, replayed
