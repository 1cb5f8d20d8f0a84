"""The optimizers; ``Optimizer`` is the union of their configs, told apart by ``name``."""

from typing import Annotated, Any, Literal

import torch
from pydantic import Field, PositiveInt
from torch import Tensor, nn

from trainers.specs import MethodSpec

Beta = Annotated[float, Field(ge=0, lt=1)]


class _Steps(MethodSpec):
    """What every optimizer has.

    Attributes:
        lr: the step size.
        weight_decay: how strongly the weights of network, decoder and classifier are drawn to 0. What has
            an ``lr_factor`` is not: proxies, pseudo-images, the weights of a ``pml`` loss.
        betas: decay of the running means of the gradient and of its square.
        clip_norm: the largest norm of all gradients taken as one vector, to which a larger one is scaled
            down; as it is if not given.
        accumulate: batches whose mean gradient makes one step; the last step of an epoch may have fewer. The
            loss still compares images of one batch only.
    """

    lr: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=0.0, ge=0)
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    clip_norm: float | None = Field(default=None, gt=0)
    accumulate: PositiveInt = 1


class Adam(_Steps):
    """Adam (Kingma and Ba, ICLR 2015); the weight decay is part of the gradient."""

    name: Literal["adam"] = "adam"

    def build(self, *parts: nn.Module) -> torch.optim.Optimizer:
        """Return an optimizer of all parameters of these modules, in the groups of ``parameter_groups``."""
        return torch.optim.Adam(
            parameter_groups(self.lr, *parts), betas=self.betas, weight_decay=self.weight_decay, fused=True
        )


class AdamW(_Steps):
    """Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019).

    Attributes:
        weight_decay: the share of a weight, times lr, that a step takes away.
    """

    name: Literal["adamw"] = "adamw"
    weight_decay: float = Field(default=1e-2, ge=0)

    def build(self, *parts: nn.Module) -> torch.optim.Optimizer:
        """Return an optimizer of all parameters of these modules, in the groups of ``parameter_groups``."""
        return torch.optim.AdamW(
            parameter_groups(self.lr, *parts), betas=self.betas, weight_decay=self.weight_decay, fused=True
        )


Optimizer = Annotated[Adam | AdamW, Field(discriminator="name")]


def parameter_groups(lr: float, *parts: nn.Module) -> list[dict[str, Any]]:
    """Return all parameters in torch's groups, one for each learning rate, that of ``lr`` itself first.

    A module with an attribute ``lr_factor`` wants that many times ``lr`` for its own parameters and those of
    the modules inside it, as proxies do, and no weight decay, not even with a factor of 1: they are points
    that are learnt and not weights of a network. What no such module holds takes ``lr`` and is decayed.
    """
    groups: dict[float | None, list[nn.Parameter]] = {None: []}
    for part in parts:
        _collect(part, None, groups)
    return [
        {"params": parameters, "lr": lr} if factor is None else _points(parameters, lr * factor)
        for factor, parameters in groups.items()
        if parameters
    ]


def _points(parameters: list[nn.Parameter], lr: float) -> dict[str, Any]:
    return {"params": parameters, "lr": lr, "weight_decay": 0.0}


def _collect(module: nn.Module, factor: float | None, groups: dict[float | None, list[nn.Parameter]]) -> None:
    own: float | None = getattr(module, "lr_factor", factor)
    groups.setdefault(own, []).extend(module.parameters(recurse=False))
    for child in module.children():
        _collect(child, own, groups)


def moments(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return what the optimizer remembers of past steps: tensors named ``<parameter's number>.<what>``."""
    state = optimizer.state_dict()["state"]
    return {
        f"{number}.{what}": tensor for number, tensors in state.items() for what, tensor in tensors.items()
    }


def load_moments(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Put back what ``moments`` returned; learning rate and the like stay the optimizer's own."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        number, what = name.split(".")
        state.setdefault(int(number), {})[what] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
