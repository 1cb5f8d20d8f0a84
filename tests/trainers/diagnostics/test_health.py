"""Every verdict in a real training that earns it, and none in one that goes well."""

from pathlib import Path
from typing import Any

import pytest
import torch

from trainers.config import TrainConfig
from trainers.errors import TrainerError, TrainingStopped
from trainers.training.trainer import Evaluation, Trainer

TRAINING = {
    "dataset": {"name": "digits"},
    "backbone": {"name": "mlp", "hidden": [64]},
    "lsdim": 4,
    "batch": {"classes": 8, "per_class": 4, "steps_per_epoch": 20},
    "optimizer": {"name": "adam", "lr": 0.01},
    "device": "cpu",
}
SCATTERED = {"name": "synthetic", "mode_spread": 5}
APART = {"name": "synthetic", "mode_spread": 0.1, "overlap_prob": 0, "outlier_frac": 0}
HARD = {"name": "triplet", "margin": 0.28, "miner": {"name": "hard"}}
DIRECTED = {"name": "triplet", "margin": 0.28, "reg_ratio": 1.8}
COLLAPSING = {"lsdim": 2, "loss": HARD, "epochs": 6}
DECAYING = {"optimizer": {"name": "adam", "lr": 0.01, "weight_decay": 10}, "epochs": 7}
TRAPPED = {"dataset": SCATTERED, "lsdim": 64, "loss": DIRECTED, "optimizer": {"name": "adam"}, "epochs": 4}


def config(**changes: Any) -> TrainConfig:
    return TrainConfig.model_validate(TRAINING | {"loss": {"name": "triplet"}} | changes)


def with_prior(latent: dict[str, Any]) -> dict[str, Any]:
    return {"unsupervised": latent, "epochs": 6}


ALTERNATING = {"alpha": 0.33, "schedule": "alternate_epochs"}


@pytest.mark.parametrize(
    ("verdict", "changes"),
    [
        ("collapsed", COLLAPSING),
        ("collapsed", COLLAPSING | {"unsupervised": {"name": "reconstruction", "alpha": 0.001}}),
        ("collapsed", DECAYING | {"loss": {"name": "multi_similarity"}}),
        ("collapsed", DECAYING | {"loss": {"name": "center"}}),
        ("equilateral", TRAPPED),
        ("equilateral", TRAPPED | {"loss": DIRECTED | {"reg_ratio": 2.5}}),
        ("posterior_collapsed", with_prior({"name": "unit_prior", **ALTERNATING})),
        ("posterior_collapsed", with_prior({"name": "metric_vae", "alpha": 0.9, "kl": {"weight": 100}})),
        ("converged", {"dataset": APART, "lsdim": 16, "optimizer": {"name": "adam"}, "epochs": 3}),
        (
            "norm_inflating",
            {"loss": {"name": "triplet", "margin": 1000, "normalize": False}, "epochs": 11}
            | {"optimizer": {"name": "adam", "lr": 0.003}},
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_training_earns_its_verdict(verdict: str, changes: dict[str, Any]) -> None:
    history = list(Trainer(config(**changes)).fit())
    assert {evaluation.health.verdict for evaluation in history[:2]} == {"healthy"}
    assert history[-1].health.verdict == verdict
    assert {evaluation.health.verdict for evaluation in history} == {"healthy", verdict}
    assert "\n" not in history[-1].health.reason


def test_a_posterior_may_collapse_by_way_of_its_means() -> None:
    latent = {"name": "gaussian_mixture_prior", "prior_log_variance": -2.2, **ALTERNATING}
    history = list(Trainer(config(unsupervised=latent, epochs=12)).fit())
    verdicts = list(dict.fromkeys(evaluation.health.verdict for evaluation in history))
    assert verdicts == ["healthy", "collapsed", "posterior_collapsed"]


@pytest.mark.parametrize(
    "changes",
    [
        {"batch": {"classes": 10, "per_class": 8}, "lsdim": 10, "optimizer": {"name": "adam", "lr": 1e-3}},
        {"loss": {"name": "triplet", "reg_ratio": 1.0}, "optimizer": {"name": "adam", "lr": 1e-5}},
        {"loss": HARD, "lsdim": 16, "optimizer": {"name": "adam", "lr": 1e-3}},
        {"loss": {"name": "triplet", "margin": 1.0, "normalize": False}},
        {"loss": {"name": "contrastive"}},
        {
            "loss": {"name": "triplet", "margin": 1.0, "normalize": False},
            "unsupervised": {"name": "unit_prior", "alpha": 0.02},
        },
    ],
    ids=["main job", "slow start", "hard mining", "no sphere", "contrastive", "prior"],
)
def test_an_ordinary_training_is_healthy(changes: dict[str, Any]) -> None:
    history = list(Trainer(config(epochs=7, **changes)).fit())
    assert {evaluation.health.verdict for evaluation in history} == {"healthy"}


def test_what_diverges_says_so() -> None:
    with pytest.raises(TrainingStopped, match="diverged: ") as caught:
        list(Trainer(config(optimizer={"name": "adam", "lr": 1e30})).fit())
    assert caught.value.verdict == "diverged"


def test_it_stops_after_the_epoch_that_has_the_verdict() -> None:
    trainer = Trainer(config(**TRAPPED, stop_on=["collapsed", "equilateral"]))
    with pytest.raises(TrainingStopped, match=r"^equilateral: active_ratio 0\.\d+, .* at epoch 3$") as caught:
        list(trainer.fit())
    assert caught.value.verdict == "equilateral"
    assert len(trainer.history) == 3
    assert trainer.has_verdict_to_stop_on


def test_other_verdicts_and_the_last_epoch_do_not_stop() -> None:
    other = Trainer(config(**TRAPPED, stop_on="collapsed"))
    assert len(list(other.fit())) == 4
    last = Trainer(config(**{**TRAPPED, "epochs": 3}, stop_on="equilateral"))
    assert len(list(last.fit())) == 3  # it has run to its end
    assert last.has_verdict_to_stop_on


def test_health_resumes_and_so_does_the_stop(tmp_path: Path) -> None:
    straight, first = (Trainer(config(**TRAPPED)) for _ in range(2))
    list(straight.fit())
    epochs = first.fit()
    for _ in range(3):
        next(epochs)
        first.save(tmp_path)
    torch.rand(11)
    second = Trainer(config(**TRAPPED))
    second.restore(tmp_path / "state.safetensors")
    assert second.history == first.history
    list(second.fit())
    assert second.start == straight.start
    assert [timeless(evaluation) for evaluation in second.history] == [
        timeless(evaluation) for evaluation in straight.history
    ]
    told = Trainer(config(**TRAPPED, stop_on="equilateral"))  # the same training: its state may be taken up
    told.restore(tmp_path / "state.safetensors")
    with pytest.raises(TrainingStopped, match=r"at epoch 3$"):
        next(told.fit())


def timeless(evaluation: Evaluation) -> Any:
    clocks = ("train_seconds", "embed_ms_per_image")
    metrics = {name: value for name, value in evaluation.metrics.items() if name not in clocks}
    return evaluation.epoch, metrics, evaluation.health


def test_a_state_of_a_version_without_health_is_refused(tmp_path: Path, small: Any) -> None:
    from trainers.training.saving import checkpoint

    trainer = Trainer(small(epochs=1))
    list(trainer.fit())
    state = trainer.save(tmp_path)
    tensors, facts = checkpoint.read(state)
    del facts["history"][0]["health"]
    checkpoint.write(state, tensors, facts)
    with pytest.raises(TrainerError, match=r"wrote no 'health'; train again"):
        Trainer(small()).restore(state)
