"""How far two partitions of the same points agree, from one table of how often each pair of parts meets."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

BLOCK = 2**20  # terms of the expected mutual information in memory at a time


@dataclass(frozen=True)
class Contingency:
    """Of two partitions of N points: the sizes of parts, and of their meets, which are greater than 0.

    Attributes:
        sizes: (P,), of the first one's parts.
        others: (Q,), of the second one's.
        meets: (M,), how many points two parts share.
        expected: (M,), how many they would share if the partitions were independent.
    """

    sizes: Counts
    others: Counts
    meets: Counts
    expected: Floats

    @classmethod
    def of(cls, first: Counts, second: Counts) -> "Contingency":
        """Return the table of two partitions (N,), each a number a point; N is at least 1."""
        _, one, sizes = np.unique(first, return_inverse=True, return_counts=True)
        _, two, others = np.unique(second, return_inverse=True, return_counts=True)
        cells, meets = np.unique(one * len(others) + two, return_counts=True)
        rows, columns = np.divmod(cells, len(others))
        return cls(sizes, others, meets, sizes[rows] * (others[columns] / len(first)))

    @property
    def count(self) -> int:
        """N."""
        return int(self.sizes.sum())

    @property
    def is_equality(self) -> bool:
        """Whether the partitions are the same but for the names of their parts."""
        return len(self.meets) == len(self.sizes) == len(self.others)

    def adjusted_rand(self) -> float:
        """Return ARI (Hubert and Arabie, Journal of Classification 1985), at most 1; 0 is chance."""
        if self.is_equality:
            return 1.0
        both, first, second = (_pairs(each) for each in (self.meets, self.sizes, self.others))
        chance = first * second / _pairs(np.array([self.count]))
        return (both - chance) / ((first + second) / 2 - chance)

    def mutual_information(self) -> float:
        """Return the mutual information, in nats, at least 0."""
        shares = self.meets / self.count
        return max(0.0, float(shares @ np.log(self.meets / self.expected)))

    def normalised_mutual_information(self) -> float:
        """Return NMI, by the mean of both entropies, in [0, 1]."""
        return 1.0 if self.is_equality else self.mutual_information() / self._mean_entropy()

    def adjusted_mutual_information(self) -> float:
        """Return AMI (Vinh et al., JMLR 2010), by the mean of both entropies, at most 1; 0 is chance."""
        if self.is_equality:
            return 1.0
        chance = self._expected_mutual_information()
        return (self.mutual_information() - chance) / (self._mean_entropy() - chance)

    def _mean_entropy(self) -> float:
        shares = [each / self.count for each in (self.sizes, self.others)]
        return -float(sum(each @ np.log(each) for each in shares)) / 2

    def _expected_mutual_information(self) -> float:
        """Return the mean over all pairs of partitions with parts of these sizes.

        It is a sum over all pairs of parts, and all numbers of points that they can share, of a term that
        depends on both sizes alone; so pairs of the same sizes are counted, not computed again.
        """
        factorials = np.concatenate([[0.0], np.log(np.arange(1, self.count + 1)).cumsum()])
        one, of_one = np.unique(self.sizes, return_counts=True)
        two, of_two = np.unique(self.others, return_counts=True)
        a, b = (each.ravel() for each in np.meshgrid(one, two, indexing="ij"))
        weight = np.outer(of_one, of_two).ravel()
        length = max(1, BLOCK // int(np.minimum(a, b).max()))
        return sum(
            float(weight[part] @ _expected(a[part], b[part], factorials))
            for part in (slice(first, first + length) for first in range(0, len(a), length))
        )


def _expected(a: Counts, b: Counts, factorials: Floats) -> Floats:
    """Return (S,): what pairs of parts of sizes a and b, (S,), add to the expected mutual information.

    Args:
        a, b: at least 1.
        factorials: (N + 1,), the logarithms of 0!, 1!, ….
    """
    total = len(factorials) - 1
    least, most = np.maximum(1, a + b - total), np.minimum(a, b)
    n = least[:, None] + np.arange(int((most - least).max()) + 1)
    possible = n <= most[:, None]
    n, a, b = np.where(possible, n, least[:, None]), a[:, None], b[:, None]
    f = factorials
    log_chance = (
        f[a] + f[b] + f[total - a] + f[total - b] - f[total]
        - f[n] - f[a - n] - f[b - n] - f[total - a - b + n]
    )  # fmt: skip
    terms = n / total * (np.log(n * float(total)) - np.log(a * b)) * np.exp(log_chance)
    summed: Floats = np.where(possible, terms, 0).sum(1)
    return summed


def _pairs(sizes: Counts) -> float:
    """Return how many pairs of points lie in one part."""
    return float((sizes * (sizes - 1) // 2).sum())
