import subprocess
import sys

import torch
from sklearn.datasets import load_digits

from trainers.data.datasets import Digits


def test_digits_are_there() -> None:
    Digits().check()
    data = Digits().load()
    assert data.images.shape == (1797, 1, 8, 8)
    assert data.images.dtype == torch.uint8
    assert (int(data.images.min()), int(data.images.max())) == (0, 255)
    assert data.labels.bincount().tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert data.class_names == tuple("0123456789")


def test_digits_are_loaded_once() -> None:
    assert Digits().load() is Digits(split_by="classes", split_seed=3).load()


def test_digits_are_those_of_scikit_learn() -> None:
    theirs, ours = load_digits(), Digits().load()
    assert ours.labels.tolist() == theirs.target.tolist()
    assert torch.equal(ours.images[:, 0], torch.from_numpy(theirs.images * 255 / 16).round().to(torch.uint8))


def test_digits_are_read_without_importing_scikit_learn() -> None:
    """Which takes seconds, in every worker."""
    code = (
        "import sys; from trainers.data.datasets import Digits; "
        "Digits().load(); sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
