"""No alarm in twenty trainings that go well: every loss, some data, latent objectives, a seed each."""

from typing import Any

import pytest

from trainers.config import TrainConfig
from trainers.training.trainer import Trainer

DIGITS = {"name": "digits"}
CLUSTERS = {"name": "synthetic"}
TRIPLET = {"name": "triplet"}
UNBOUND = {"name": "triplet", "margin": 1.0, "normalize": False}
SHORT = {"name": "triplet", "margin": 0.02}


def latent(name: str, alpha: float, schedule: str = "joint") -> dict[str, Any]:
    return {"unsupervised": {"name": name, "alpha": alpha, "schedule": schedule}}


RUNS: list[dict[str, Any]] = [
    {"dataset": DIGITS, "loss": TRIPLET},
    {"dataset": CLUSTERS, "loss": TRIPLET},
    {"dataset": DIGITS, "loss": {"name": "triplet", "margin": 0.28, "reg_ratio": 1.0}},
    {"dataset": DIGITS, "loss": {"name": "triplet", "miner": {"name": "semihard"}}, "label_percent": 10},
    {"dataset": DIGITS, "loss": {"name": "triplet", "miner": {"name": "hard"}}, "lsdim": 16},
    {"dataset": DIGITS, "loss": {"name": "triplet", "power": 2, "reduction": "mean_active"}},
    {"dataset": DIGITS, "loss": {"name": "triplet", "soft": True}, "lsdim": 2},
    {"dataset": DIGITS, "loss": SHORT, "optimizer": {"name": "adam", "lr": 1e-3, "weight_decay": 0.1}},
    {"dataset": CLUSTERS, "loss": UNBOUND},
    {"dataset": DIGITS, "loss": {"name": "contrastive"}},
    {"dataset": CLUSTERS, "loss": {"name": "contrastive", "squared_hinge": True, "normalize": False}},
    {"dataset": DIGITS, "loss": {"name": "supervised_contrastive"}},
    {"dataset": CLUSTERS, "loss": {"name": "multi_similarity", "reg_constant": 0.3}},
    {"dataset": DIGITS, "loss": {"name": "proxy_nca", "reg_constant": 0.3}},
    {"dataset": CLUSTERS, "loss": {"name": "proxy_nca_pp"}},
    {"dataset": DIGITS, "loss": {"name": "center"}, "label_percent": 10},
    {"dataset": DIGITS, "loss": TRIPLET, **latent("reconstruction", 0.01)},
    {"dataset": DIGITS, "loss": UNBOUND, **latent("unit_prior", 0.02)},
    {"dataset": DIGITS, "loss": TRIPLET, **latent("reconstruction", 0.01, "alternate_epochs")},
    {
        "dataset": DIGITS,
        "loss": {"name": "contrastive"},
        **latent("reconstruction", 0.1, "alternate_batches"),
    },
]


@pytest.mark.parametrize("seed", range(len(RUNS)))
def test_a_training_that_goes_well_raises_no_alarm(seed: int) -> None:
    run = RUNS[seed]
    training = {
        "backbone": {"name": "mlp", "hidden": [64]},
        "lsdim": 8,
        "batch": {"classes": 5, "per_class": 6, "steps_per_epoch": 15},
        "optimizer": {"name": "adam", "lr": 1e-3},
        "epochs": 6,
        "device": "cpu",
        "seed": seed,
    }
    trainer = Trainer(TrainConfig.model_validate(training | run))
    before = trainer.evaluate_split("validation")["map_at_r"]
    history = list(trainer.fit())
    assert history[-1].metrics["map_at_r"] > before  # it does go well
    verdicts = [evaluation.health.verdict for evaluation in history]
    assert set(verdicts) <= {"healthy", "converged"}, history[-1].health


def test_there_are_twenty() -> None:
    assert len(RUNS) == 20
