"""Handwritten digits, 8x8, that come with scikit-learn."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from trainers.data.datasets.image_set import DatasetSpec, DataSize, ImageSet


class Digits(DatasetSpec):
    """1,797 grey images of 8x8 pixels in 10 classes (Alpaydin and Kaynak, UCI 1998); nothing to download."""

    KNOWN_SIZE = DataSize(1_797, 10)

    name: Literal["digits"] = "digits"

    def check(self) -> None:
        """Find nothing missing: the images are part of scikit-learn."""

    def load(self) -> ImageSet:
        """Return images (1797, 1, 8, 8); their 17 grey levels are spread over 0 to 255."""
        return _digits()


@lru_cache(maxsize=1)
def _digits() -> ImageSet:
    # Every worker would wait some seconds for scikit-learn, pandas and scipy, to read one file.
    sklearn = find_spec("sklearn")
    assert sklearn is not None
    assert sklearn.origin is not None
    table = np.loadtxt(Path(sklearn.origin).with_name("datasets") / "data/digits.csv.gz", delimiter=",")
    images = torch.from_numpy(table[:, :-1]).mul(255 / 16).round().to(torch.uint8)
    return ImageSet(images.view(-1, 1, 8, 8), torch.from_numpy(table[:, -1]).long(), tuple("0123456789"))
