"""The optimizers; ``Optimizer`` is the union of their configs, told apart by ``name``."""

from collections.abc import Iterable
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from trainers.specs import MethodSpec

Beta = Annotated[float, Field(ge=0, lt=1)]


class Adam(MethodSpec):
    """Adam (Kingma and Ba, ICLR 2015); the weight decay is part of the gradient.

    Attributes:
        lr: the step size.
        weight_decay: how strongly weights are drawn to 0.
        betas: decay of the running means of the gradient and of its square.
    """

    name: Literal["adam"] = "adam"
    lr: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=0.0, ge=0)
    betas: tuple[Beta, Beta] = (0.9, 0.999)

    def build(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """Return an optimizer of these parameters."""
        return torch.optim.Adam(parameters, lr=self.lr, betas=self.betas, weight_decay=self.weight_decay)


class AdamW(MethodSpec):
    """Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019).

    Attributes:
        lr: the step size.
        weight_decay: the share of a weight, times lr, that a step takes away.
        betas: decay of the running means of the gradient and of its square.
    """

    name: Literal["adamw"] = "adamw"
    lr: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=1e-2, ge=0)
    betas: tuple[Beta, Beta] = (0.9, 0.999)

    def build(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """Return an optimizer of these parameters."""
        return torch.optim.AdamW(parameters, lr=self.lr, betas=self.betas, weight_decay=self.weight_decay)


Optimizer = Annotated[Adam | AdamW, Field(discriminator="name")]


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
