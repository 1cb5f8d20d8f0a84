"""The weight of the direction regularisation, as a loss's config gives it."""

from collections.abc import Iterator

from pydantic import Field

from trainers.losses.contract.spec import LossSpec
from trainers.specs import Mistake


class DirectionRegularised(LossSpec):
    """The config of a loss with direction regularisation (Mohan et al., CVPR 2020).

    Attributes:
        reg_constant: weight of the cosine between the ways to a negative and to a positive; no regularisation
            if not given.
    """

    reg_constant: float | None = Field(default=None, ge=0)

    @property
    def direction_weight(self) -> float:
        """The weight of the direction regularisation, however it was given; 0 means none."""
        return self.reg_constant or 0.0


class MarginDirectionRegularised(DirectionRegularised):
    """The config of such a loss with a margin: the weight may be given as a multiple of it.

    Attributes:
        margin: by how much a negative has to be farther than a positive.
        reg_ratio: reg_constant as a multiple of the margin; only one of the two may be given.
    """

    margin: float = Field(default=0.2, gt=0)
    reg_ratio: float | None = Field(default=None, ge=0)

    @property
    def direction_weight(self) -> float:
        """The weight of the direction regularisation, however it was given; 0 means none."""
        return super().direction_weight if self.reg_ratio is None else self.reg_ratio * self.margin

    def _mistakes_together(self) -> Iterator[Mistake]:
        yield from super()._mistakes_together()
        if self.reg_constant is not None and self.reg_ratio is not None:
            yield (
                "reg_constant",
                "reg_constant and reg_ratio are both given; reg_constant = reg_ratio x margin, keep one",
            )
