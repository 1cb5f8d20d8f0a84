"""The cosine of an angle from the three sides of its triangle."""

from torch import Tensor

from trainers.losses.functional.direction import SMALLEST_PRODUCT


def cosine_at_anchor(ap: Tensor, an: Tensor, pn: Tensor) -> Tensor:
    """Return cos(z_n − z_a, z_p − z_a) from squared distances, by the law of cosines.

    Where the product of the lengths of both ways is below 1e-6 a direction is undefined; it counts as
    perpendicular and has no gradient.

    Args:
        ap: squared distance from anchor to positive; all three broadcast.
        an: squared distance from anchor to negative.
        pn: squared distance from positive to negative.
    """
    product = ap * an
    undefined = ~(product.detach() >= SMALLEST_PRODUCT**2)
    lengths = product.masked_fill(undefined, 1).sqrt()
    return ((an + ap - pn) / (2 * lengths)).masked_fill(undefined, 0)
