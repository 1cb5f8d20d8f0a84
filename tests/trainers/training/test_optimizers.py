from typing import Any

import pytest
import torch
from torch import nn

from trainers.config import TrainConfig
from trainers.training.learner import Learner
from trainers.training.optimizers import load_moments, moments, parameter_groups
from trainers.training.task import Task


class Weights(nn.Module):
    def __init__(self, lr_factor: float | None = None, inside: nn.Module | None = None) -> None:
        super().__init__()
        self.values = nn.Parameter(torch.zeros(4))
        self.inside = inside
        if lr_factor is not None:
            self.lr_factor = lr_factor


def steps(optimizer: torch.optim.Optimizer, weights: Weights, count: int) -> None:
    for _ in range(count):
        optimizer.zero_grad()
        sum((each - 3).square().sum() for each in weights.parameters()).backward()
        optimizer.step()


def test_walks_downhill_with_the_configured_step(optimizer_type: Any) -> None:
    weights = Weights()
    optimizer = optimizer_type(lr=0.05).build(weights)
    steps(optimizer, weights, 1)
    torch.testing.assert_close(weights.values.detach(), torch.full((4,), 0.05), rtol=1e-4, atol=0)
    steps(optimizer, weights, 500)
    torch.testing.assert_close(weights.values.detach(), torch.full((4,), 3.0), rtol=1e-2, atol=0)


def test_a_module_may_want_larger_steps(optimizer_type: Any) -> None:
    weights = Weights(inside=Weights(lr_factor=10))
    assert isinstance(weights.inside, Weights)
    steps(optimizer_type(lr=0.01, weight_decay=0).build(weights), weights, 1)
    torch.testing.assert_close(weights.values.detach(), torch.full((4,), 0.01), rtol=1e-4, atol=0)
    torch.testing.assert_close(weights.inside.values.detach(), torch.full((4,), 0.1), rtol=1e-4, atol=0)


def test_groups_hold_every_parameter_once_and_those_of_the_plain_rate_first() -> None:
    network, proxies = Weights(), Weights(lr_factor=100, inside=Weights())
    beside = Weights()
    groups = parameter_groups(0.5, network, nn.ModuleList([proxies, beside]))
    assert [group["lr"] for group in groups] == [0.5, 50]
    assert [id(each) for each in groups[0]["params"]] == [id(network.values), id(beside.values)]
    assert [id(each) for each in groups[1]["params"]] == [id(each) for each in proxies.parameters()]
    assert parameter_groups(0.5, network, nn.Identity()) == [{"params": [network.values], "lr": 0.5}]


@pytest.mark.parametrize("factor", [1, 100])
def test_weights_decay_and_points_that_are_learnt_do_not(optimizer_type: Any, factor: float) -> None:
    network, proxies = nn.Linear(3, 2), Weights(lr_factor=factor, inside=Weights())
    optimizer = optimizer_type(lr=0.01, weight_decay=0.5).build(network, nn.ModuleList([proxies]))
    with torch.no_grad():
        for each in (*network.parameters(), *proxies.parameters()):
            each.fill_(2.0)
    for each in (*network.parameters(), *proxies.parameters()):
        each.grad = torch.zeros_like(each)  # nothing but the decay moves them
    optimizer.step()
    assert all((each < 2).all() for each in network.parameters())
    assert all((each == 2).all() for each in proxies.parameters())


@pytest.mark.parametrize(
    ("loss", "unsupervised", "kept"),
    [
        ({"name": "proxy_nca"}, None, {"loss.proxies"}),
        ({"name": "proxy_nca_pp"}, {"name": "reconstruction"}, {"loss.proxies"}),
        ({"name": "pml", "loss": "ArcFaceLoss"}, {"name": "reconstruction"}, {"loss.inner.W"}),
        ({"name": "center"}, None, set()),
        ({"name": "triplet"}, {"name": "metric_vae"}, {"latent.prior.pseudo_inputs"}),
    ],
    ids=["proxy_nca", "proxy_nca_pp", "pml", "center", "metric_vae"],
)
def test_what_is_decayed_of_an_objective(loss: Any, unsupervised: Any, kept: set[str]) -> None:
    config = TrainConfig.model_validate(
        {
            "dataset": {"name": "digits"},
            "loss": loss,
            "unsupervised": unsupervised,
            "optimizer": {"name": "adamw", "weight_decay": 0.1},
        }
    )
    learner = Learner(config, Task.load(config), torch.device("cpu"))
    names = {id(each): name for name, each in learner.objective.named_parameters()}
    decayed = {
        group["weight_decay"]: {names[id(each)] for each in group["params"] if id(each) in names}
        for group in learner.optimizer.param_groups
    }
    assert decayed.get(0.0, set()) == kept
    assert decayed[0.1] == set(names.values()) - kept


@pytest.mark.parametrize("lr_factor", [None, 10])
def test_moments_carry_the_memory_over(optimizer_type: Any, lr_factor: float | None) -> None:
    straight, stopped = (Weights(inside=Weights(lr_factor)) for _ in range(2))
    steps(optimizer_type().build(straight), straight, 10)
    first = optimizer_type().build(stopped)
    steps(first, stopped, 5)
    second = optimizer_type().build(stopped)
    load_moments(second, moments(first))
    steps(second, stopped, 5)
    assert all(torch.equal(a, b) for a, b in zip(straight.parameters(), stopped.parameters(), strict=True))


def test_an_optimizer_that_never_stepped_has_no_moments(optimizer_type: Any) -> None:
    assert moments(optimizer_type().build(Weights())) == {}
