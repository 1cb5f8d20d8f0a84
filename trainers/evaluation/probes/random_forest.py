"""A random forest on embeddings."""

import numpy as np


def random_forest(references: np.ndarray, labels: np.ndarray, queries: np.ndarray, seed: int) -> np.ndarray:
    """Return the class (Q,) that scikit-learn's random forest gives to each query (Breiman, 2001).

    100 trees, each grown on a bootstrap sample until its leaves are pure; one thread. Where classes are
    equally likely, the one of the lowest number wins.

    Args:
        references: (N, D), finite.
        labels: (N,), their classes.
        queries: (Q, D), finite.
        seed: of bootstrap samples and splits; in [0, 2**32).
    """
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(n_estimators=100, random_state=seed, n_jobs=1)
    classes: np.ndarray = forest.fit(references, labels).predict(queries)
    return classes
