"""Proxy-NCA++: a softmax over all classes by the distance to their proxies."""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.spec import LossSpec
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.batch import labelled
from trainers.losses.functional.metric_space import in_metric_space
from trainers.losses.functional.similarities import similarities


class ProxyNCAPlusPlusLoss(LossSpec):
    """L = −log(exp(−scale · D²(z, p_y)) / Σ_c exp(−scale · D²(z, p_c))), mean over images.

    Proxy-NCA++ (Teh et al., ECCV 2020), with points and proxies on the unit sphere and squared distances. The
    sum has the class's own proxy, so the loss is never negative. All of the loss is active.

    Attributes:
        scale: how sharply classes are told apart, one over the temperature.
        proxy_lr_factor: the proxies' learning rate as a multiple of the optimizer's.
    """

    name: Literal["proxy_nca_pp"] = "proxy_nca_pp"
    scale: float = Field(default=9.0, gt=0)
    proxy_lr_factor: float = Field(default=100.0, gt=0)

    @property
    def geometry(self) -> Geometry:
        """The unit sphere."""
        return Geometry(on_sphere=True)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:
        """Return the loss as a module: embeddings (B, lsdim) and labels (B,) in, a LossValue out.

        Args:
            class_count: how many proxies.
            lsdim: the dimensionality of embeddings and proxies.
        """
        return _ProxyNCAPlusPlus(self, class_count, lsdim)


class _ProxyNCAPlusPlus(nn.Module):
    def __init__(self, spec: ProxyNCAPlusPlusLoss, class_count: int, lsdim: int) -> None:
        super().__init__()
        self.spec = spec
        self.lr_factor = spec.proxy_lr_factor
        self.proxies = nn.Parameter(torch.randn(class_count, lsdim))

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, labels = labelled(embeddings, labels, on_sphere=True)
        proxies = in_metric_space(self.proxies, on_sphere=True)
        # -D² without the points' own lengths, of which a softmax over the proxies sees nothing.
        nearness = 2 * similarities(points, proxies) - proxies.square().sum(1)
        total = cross_entropy(self.spec.scale * nearness, labels, reduction="sum")
        return LossValue(total / max(len(labels), 1), total.detach().new_full((), float(len(labels) > 0)))
