"""Random parts of images, resized to squares: where they lie, and how a batch of them is cut out."""

from math import log

import torch
from torch import Tensor

RATIO = log(4 / 3)  # of width to height, to either side of 0
TRIES = 10
CHANCES = 2 * TRIES + 3
"""How many numbers decide about an image: area and ratio of each try, row, column, flip."""


def boxes(chances: Tensor, height: int, width: int, min_scale: float) -> Tensor:
    """Return parts (B, 4) int64 of images of a size, top, left, height and width, as RandomResizedCrop does.

    The first of ten tries that fits into the image counts; if none does, it is the middle of the image, as
    much as has a width to height of 3/4 to 4/3.

    Args:
        chances: (B, ``CHANCES``) in [0, 1).
        height: of the images, in pixels.
        width: the same.
        min_scale: the smallest share of the image's area.
    """
    areas = height * width * (min_scale + (1 - min_scale) * chances[:, :TRIES])
    ratios = (RATIO * (2 * chances[:, TRIES : 2 * TRIES] - 1)).exp()
    sides = torch.stack([(areas / ratios).sqrt(), (areas * ratios).sqrt()], 2).round().long()
    size = torch.tensor([height, width])
    fits = ((sides > 0) & (sides <= size)).all(2)
    chosen = sides[torch.arange(len(sides)), fits.int().argmax(1)]
    first = ((size - chosen + 1) * chances[:, 2 * TRIES : 2 * TRIES + 2]).long()
    most = torch.tensor([min(height, round(width * 4 / 3)), min(width, round(height * 4 / 3))])
    middle = torch.cat([(size - most) // 2, most]).expand(len(sides), 4)
    return torch.where(fits.any(1)[:, None], torch.cat([first, chosen], 1), middle)


def cut(images: Tensor, parts: Tensor, flips: Tensor, crop: int) -> Tensor:
    """Return the parts of images, resized to (B, C, crop, crop) with antialiasing, some mirrored.

    On a GPU it is one product of matrices for each axis, whose rows are the weights of pixels; on the CPU the
    images are resized one by one, which is faster there. The two differ by rounding.

    Args:
        images: (B, C, H, W), uint8 or float.
        parts: (B, 4) int64, as ``boxes`` returns them.
        flips: (B,) bool.
        crop: height and width of the results.
    """
    return _multiplied(images, parts, flips, crop) if images.is_cuda else _resized(images, parts, flips, crop)


def _resized(images: Tensor, parts: Tensor, flips: Tensor, crop: int) -> Tensor:
    from torchvision.transforms.v2.functional import horizontal_flip, resized_crop

    cuts = []
    for image, part, flip in zip(images, parts.tolist(), flips.tolist(), strict=True):
        square = resized_crop(image, *part, [crop, crop], antialias=True)
        cuts.append(horizontal_flip(square) if flip else square)
    return torch.stack(cuts)


def _multiplied(images: Tensor, parts: Tensor, flips: Tensor, crop: int) -> Tensor:
    top, left, height, width = parts.to(images.device, torch.float32, non_blocking=True).unbind(1)
    by_row = _weights(top, height, crop, images.shape[2])
    by_column = _weights(left, width, crop, images.shape[3])
    mirrored = flips.to(images.device, non_blocking=True)[:, None, None]
    by_column = torch.where(mirrored, by_column.flip(1), by_column)
    squares = by_row[:, None] @ images.float() @ by_column[:, None].mT
    return squares if images.is_floating_point() else squares.round_().clamp_(0, 255).to(images.dtype)


def _weights(first: Tensor, length: Tensor, crop: int, size: int) -> Tensor:
    """Return (B, crop, size): how much each pixel of an axis counts in each one of the result.

    A pixel counts by its distance to the place that is shown, falling to 0 over one pixel of the image, or
    one of the result where that is larger; pixels outside the part count nothing.
    """
    scale = (length / crop)[:, None, None]
    place = (torch.arange(crop, device=first.device)[:, None] + 0.5) * scale
    pixel = torch.arange(size, device=first.device) + 0.5 - first[:, None, None]
    weights = (1 - (pixel - place).abs() / scale.clamp(min=1)).clamp(min=0)
    weights = weights * ((pixel > 0) & (pixel < length[:, None, None]))
    return weights / weights.sum(2, keepdim=True)
