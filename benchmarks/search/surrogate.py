"""Whole learning curves from parameters: a Gaussian process on recorded trainings, and their noise."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from benchmarks.search.curves import Array, Curves
from benchmarks.search.simulation import Training
from benchmarks.search.task import Task
from tuner.config.space.holes import CategoricalHole, FloatHole, Hole
from tuner.config.space.search_space import SearchSpace

_NEIGHBOURS = 8
_FITTED_ON = 400  # trainings that the lengths are fitted on: the whole set would take minutes
_COMPONENTS = 3  # of the curves, for which the lengths are fitted


@dataclass(frozen=True)
class Kernel:
    """A Matérn kernel with smoothness 5/2 and a variance of 1.

    Attributes:
        lengths: one a parameter, in the unit cube.
        noise: the variance of noise.
    """

    lengths: Array
    noise: float

    @classmethod
    def fitted(cls, points: Array, curves: Array) -> Kernel:
        """Return the kernel of the largest marginal likelihood, on some of the curves."""
        components = PCA(_COMPONENTS, whiten=True, random_state=0).fit_transform(curves[:_FITTED_ON])
        prior = ConstantKernel() * Matern(np.ones(points.shape[1]), (0.05, 50), nu=2.5) + WhiteKernel(0.1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a parameter without any effect has the largest length there is
            fit = GaussianProcessRegressor(prior).fit(points[:_FITTED_ON], components).kernel_
        return cls(fit.k1.k2.length_scale, fit.k2.noise_level / fit.k1.k1.constant_value)

    def distances(self, left: Array, right: Array) -> Array:
        """Return the distances `(N, M)` of points `(N, D)` from points `(M, D)`."""
        between = (left / self.lengths)[:, None] - (right / self.lengths)[None]
        return np.asarray(np.sqrt(np.einsum("nmd,nmd->nm", between, between)))

    def covariances(self, distances: Array) -> Array:
        """Return the covariances at these distances, without noise."""
        scaled = np.sqrt(5) * distances
        return np.asarray((1 + scaled + scaled**2 / 3) * np.exp(-scaled))


class Surrogate:
    """A task whose trainings cost nothing.

    A curve is what the Gaussian process expects there, plus the residual of one of the nearest recorded
    trainings: what that one reported beyond what the process expects from all others. Which one, a hash of
    the parameters picks: a configuration always has the same curve, and its noise cannot be searched for.
    Epochs take as long as that training's.

    Args:
        task: what was recorded.
        curves: the recorded trainings.
        kernel: of the process; fitted if it is None.
    """

    def __init__(self, task: Task, curves: Curves, kernel: Kernel | None = None) -> None:
        values = curves.metrics[task.config.primary.metric]
        self._task = task
        self._points = np.array(
            [unit_point(task.config.space, curves.params_of(row)) for row in range(len(curves))]
        )
        self.kernel = kernel or Kernel.fitted(self._points, values)
        gram = self.kernel.covariances(self.kernel.distances(self._points, self._points))
        inverse = np.linalg.inv(gram + self.kernel.noise * np.eye(len(curves)))
        self._mean = values.mean(axis=0)
        self._weights = inverse @ (values - self._mean)
        self._residuals = self._weights / np.diag(inverse)[:, None]
        self._seconds = curves.seconds
        self._start_seconds = float(np.median(curves.start_seconds))

    def expected(self, params: Mapping[str, Any]) -> Array:
        """Return the curve without noise."""
        return self._expected(self._distances(params))

    def training(self, params: Mapping[str, Any]) -> Training:
        """Return what a training with these parameters reports; always the same."""
        distances = self._distances(params)
        nearest = np.argpartition(distances, _NEIGHBOURS)[:_NEIGHBOURS]
        row = np.sort(nearest)[_hash_of(params) % _NEIGHBOURS]
        return Training(
            values=np.clip(self._expected(distances) + self._residuals[row], 0.0, 1.0),
            labels=self._task.labels(params["label_percent"]),
            seconds=self._seconds[row],
            start_seconds=self._start_seconds,
        )

    def _distances(self, params: Mapping[str, Any]) -> Array:
        point = unit_point(self._task.config.space, params)
        return np.asarray(self.kernel.distances(point[None], self._points)[0])

    def _expected(self, distances: Array) -> Array:
        return np.asarray(self._mean + self.kernel.covariances(distances) @ self._weights)


def unit_point(space: SearchSpace, params: Mapping[str, Any]) -> Array:
    """Return parameters as a point of the unit cube, choices lie evenly apart."""
    return np.array([_share(each.hole, params[each.name]) for each in space.parameters()])


def _share(hole: Hole, value: Any) -> float:
    """Return where a value lies among a hole's values, from 0 to 1."""
    match hole:
        case CategoricalHole():
            return hole.choices.index(value) / (len(hole.choices) - 1)
        case FloatHole(log=True):
            return float(np.log(value / hole.low) / np.log(hole.high / hole.low))
        case FloatHole():
            return float((value - hole.low) / (hole.high - hole.low))
    raise NotImplementedError(hole)


def _hash_of(params: Mapping[str, Any]) -> int:
    """Return a number that depends on the parameters alone."""
    return int.from_bytes(
        hashlib.sha256(json.dumps(dict(params), sort_keys=True).encode()).digest()[:8], "big"
    )
