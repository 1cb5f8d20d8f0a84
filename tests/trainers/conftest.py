"""What every test of the trainers needs: one thread, small configs, and the members of every union."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from PIL import Image

from trainers.backbones import Backbone
from trainers.config import TrainConfig
from trainers.data.batch_samplers import BatchSampler
from trainers.data.datasets import Dataset
from trainers.losses import Loss
from trainers.losses.miners import Miner
from trainers.specs import MethodSpec, Spec
from trainers.training.optimizers import Optimizer
from trainers.training.seeding import set_threads
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.decoders import Decoder


def members(union: Any) -> list[type[Any]]:
    """Return the configs in a union, or the one config that is no union yet."""
    inner = get_args(union)[0] if hasattr(union, "__metadata__") else union
    return list(get_args(inner)) or [inner]


def by_name(method: type[MethodSpec]) -> str:
    return str(method.model_fields["name"].default)


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    set_threads(1)


@pytest.fixture(params=members(Loss), ids=by_name)
def loss_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=members(Backbone), ids=by_name)
def backbone_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=members(Optimizer), ids=by_name)
def optimizer_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=members(Unsupervised), ids=by_name)
def unsupervised_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=members(Decoder), ids=by_name)
def decoder_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(
    params=[
        method
        for union in (Loss, Miner, Unsupervised, Backbone, Decoder, Optimizer, Dataset, BatchSampler)
        for method in members(union)
    ],
    ids=by_name,
)
def method_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def minimal(tmp_path: Path) -> Callable[[type[Spec]], Spec]:
    """Build a method with nothing but the fields it insists on."""

    def build(method: type[Spec]) -> Spec:
        needed = [name for name, field in method.model_fields.items() if field.is_required()]
        return method(**{name: {"root": tmp_path}[name] for name in needed})

    return build


@pytest.fixture
def small() -> Callable[..., TrainConfig]:
    """Build a config that trains an epoch of digits in milliseconds; keyword arguments replace its keys."""

    def build(**changes: Any) -> TrainConfig:
        config = {
            "dataset": {"name": "digits"},
            "backbone": {"name": "mlp", "hidden": [16]},
            "lsdim": 4,
            "loss": {"name": "triplet", "margin": 0.2, "reg_ratio": 1.0},
            "batch": {"classes": 4, "per_class": 4, "steps_per_epoch": 3},
            "epochs": 6,
            "device": "cpu",
        }
        return TrainConfig.model_validate(config | changes)

    return build


@pytest.fixture(scope="session")
def folder_of_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes of ten noisy colour images, 20x20 pixels; nobody may change them."""
    root = tmp_path_factory.mktemp("images")
    chance = np.random.default_rng(0)
    for name, colour in (("blue", (0, 0, 90)), ("green", (0, 90, 0)), ("red", (90, 0, 0))):
        (root / name).mkdir()
        for number in range(10):
            pixels = chance.integers(0, 160, (20, 20, 3)) + np.array(colour)
            Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"{number}.png")
    return root
