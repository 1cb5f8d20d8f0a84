"""A small neural network on embeddings."""

import math
import warnings

import numpy as np

BATCH = 200
STEPS = 1000
FEWEST_PASSES = 10


def mlp(references: np.ndarray, labels: np.ndarray, queries: np.ndarray, seed: int) -> np.ndarray:
    """Return the class (Q,) that scikit-learn's multi-layer perceptron gives to each query.

    One hidden layer of 100 ReLU, trained by Adam with a step size of 1e-3 on batches of 200. Inputs are
    standardised by the references' mean and standard deviation. It ends when ten passes over the references
    did not lower the loss by 1e-4, or after 1000 steps, but not before ten passes: a probe that has not
    converged by then is judged as it is, without a warning.

    Args:
        references: (N, D), finite.
        labels: (N,), their classes.
        queries: (Q, D), finite.
        seed: of weights and batches; in [0, 2**32).
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    batch = min(BATCH, len(references))
    passes = max(FEWEST_PASSES, math.ceil(STEPS / math.ceil(len(references) / batch)))
    network = MLPClassifier((100,), batch_size=batch, max_iter=passes, random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Stochastic Optimizer: Maximum iterations", ConvergenceWarning)
        fitted = make_pipeline(StandardScaler(), network).fit(references, labels)
    classes: np.ndarray = fitted.predict(queries)
    return classes
