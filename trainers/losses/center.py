"""Softmax with centre loss: a classifier spreads the classes, centres draw each together."""

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from trainers.losses.contract.geometry import Geometry
from trainers.losses.contract.spec import LossSpec
from trainers.losses.contract.value import LossValue
from trainers.losses.functional.batch import labelled


class CenterLoss(LossSpec):
    """L = mean over images of −log softmax(W z + b)_y + center_weight · ½ ‖z − c_y‖².

    Centre loss (Wen et al., ECCV 2016). It is never alone: all centres in one place would cost nothing. The
    centres are no parameters: they start in the origin, and every step moves those of the batch's classes by
    −center_lr · Σ (c_j − z_i) / (1 + n_j) over the n_j images of class j, after the loss is computed. All of
    the loss is active.

    Attributes:
        center_weight: weight of the centre term against the softmax, often called λ.
        center_lr: how far the centres move, often called α; independent of the optimizer's lr.
        normalize: whether embeddings are put on the unit sphere first; the paper's are not.
    """

    name: Literal["center"] = "center"
    center_weight: float = Field(default=0.01, ge=0)
    center_lr: float = Field(default=0.5, gt=0, le=1)
    normalize: bool = False

    @property
    def geometry(self) -> Geometry:
        """The space of the embeddings, or the unit sphere."""
        return Geometry(self.normalize)

    def build(self, *, class_count: int, lsdim: int) -> nn.Module:
        """Return the loss as a module: embeddings (B, lsdim) and labels (B,) in, a LossValue out.

        Args:
            class_count: how many centres, and outputs of the classifier.
            lsdim: the dimensionality of embeddings and centres.
        """
        return _Center(self, class_count, lsdim)


class _Center(nn.Module):
    centers: Tensor

    def __init__(self, spec: CenterLoss, class_count: int, lsdim: int) -> None:
        super().__init__()
        self.spec = spec
        self.classifier = nn.Linear(lsdim, class_count)
        # A buffer is part of the state, so a resumed training has it bit for bit, and no optimizer moves it.
        self.register_buffer("centers", torch.zeros(class_count, lsdim))

    def forward(self, embeddings: Tensor, labels: Tensor) -> LossValue:
        points, labels = labelled(embeddings, labels, on_sphere=self.spec.normalize)
        softmax = cross_entropy(self.classifier(points), labels, reduction="sum")
        spread = (points - self.centers[labels]).square().sum() / 2
        if self.training:
            self._move(points.detach(), labels)
        total = softmax + self.spec.center_weight * spread
        return LossValue(total / max(len(labels), 1), total.detach().new_full((), float(len(labels) > 0)))

    @torch.no_grad()
    def _move(self, points: Tensor, labels: Tensor) -> None:
        # A product, where index_add_ would sum in another order every time on a GPU.
        members = one_hot(labels, len(self.centers)).to(points.dtype)
        counts = members.sum(0)[:, None]
        steps = (counts * self.centers - members.T @ points) / (1 + counts)
        self.centers -= self.spec.center_lr * steps
