"""Proxy-NCA: every class is stood for by one point that is learnt; with direction regularisation."""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import one_hot

from trainers.losses.contract.direction import DirectionRegularised
from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.angles import cosine_at_anchor
from trainers.losses.functional.batch import labelled
from trainers.losses.functional.metric_space import in_metric_space
from trainers.losses.functional.similarities import squared_distances


class ProxyNCALoss(DirectionRegularised):
    """L = D²(z, p_y) + log Σ_{c≠y} exp(−D²(z, p_c) − reg_constant · cos(p_c − z, p_y − z)), mean over images.

    Proxy-NCA (Movshovitz-Attias et al., ICCV 2017), with points and proxies on the unit sphere and squared
    distances. The class's own proxy is not in the denominator, so the loss may be negative. The direction
    regularisation is that of Mohan et al., CVPR 2020. All of the loss is active.

    Attributes:
        reg_constant: weight of the direction regularisation; none if not given.
        proxy_lr_factor: the proxies' learning rate as a multiple of the optimizer's.
    """

    name: Literal["proxy_nca"] = "proxy_nca"
    proxy_lr_factor: float = Field(default=100.0, gt=0)

    @property
    def geometry(self) -> Geometry:
        """The unit sphere."""
        return Geometry(on_sphere=True)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:
        """Return the loss as a module: embeddings (B, lsdim) and labels (B,) in, a LossValue out.

        Args:
            class_count: at least 2, how many proxies.
            lsdim: the dimensionality of embeddings and proxies.
        """
        return _ProxyNCA(self, class_count, lsdim)


class _ProxyNCA(nn.Module):
    def __init__(self, spec: ProxyNCALoss, class_count: int, lsdim: int) -> None:
        super().__init__()
        self.spec = spec
        self.lr_factor = spec.proxy_lr_factor
        self.proxies = nn.Parameter(torch.randn(class_count, lsdim))

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, labels = labelled(embeddings, labels, on_sphere=True)
        proxies = in_metric_space(self.proxies, on_sphere=True)
        squared = squared_distances(points, proxies)
        own = squared.gather(1, labels[:, None])
        logits = -squared
        if self.spec.direction_weight:
            between = squared_distances(proxies[labels], proxies)
            logits = logits - self.spec.direction_weight * cosine_at_anchor(own, squared, between)
        is_own = one_hot(labels, len(proxies)).bool()
        costs = own[:, 0] + logits.masked_fill(is_own, -torch.inf).logsumexp(1)
        return LossValue(costs.sum() / max(len(costs), 1), costs.detach().new_full((), float(len(costs) > 0)))
