"""Every latent objective of the union with every schedule, and in variants that take another path."""

from typing import Any, get_args

import pytest

from tests.trainers.conftest import by_name, members
from trainers.unsupervised import Unsupervised
from trainers.unsupervised.objective import UnsupervisedSpec

SCHEDULES = get_args(UnsupervisedSpec.model_fields["schedule"].annotation)
STAGED = {"schedule": "staged", "metric_epochs": 2}
OTHERS: list[dict[str, Any]] = [
    {"name": "metric_vae", "prior": "fitted_mixture", "components": 3, **STAGED},
    {"name": "metric_vae", "pseudo_input_init": "data", "pseudo_input_lr_factor": 0.1},
    {"name": "metric_vae", "pseudo_input_init": "random"},
    {"name": "metric_vae", "decoder": {"name": "convnet", "channels": [4], "hidden": 8}},
]


def _param(config: dict[str, Any]) -> Any:
    words = (value for key, value in config.items() if key not in ("metric_epochs", "decoder"))
    return pytest.param(config, id="-".join(map(str, words)))


PAIRS = [
    _param({"name": by_name(kind)} | (STAGED if schedule == "staged" else {"schedule": schedule}))
    for kind in members(Unsupervised)
    for schedule in SCHEDULES
]
CONFIGS = [_param({"name": by_name(kind)}) for kind in members(Unsupervised)] + [*map(_param, OTHERS)]
TRAININGS = [*PAIRS, *map(_param, OTHERS)]
