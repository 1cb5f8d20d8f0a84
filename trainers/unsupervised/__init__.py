"""The latent objectives, one file each: losses of all training images, which need no labels.

``Unsupervised`` is the union of their configs, told apart by ``name``. A config has ``features(lsdim)``, the
number of outputs the encoder needs, and ``build(lsdim=…, images=…)``, which is given the training images and
returns a module that maps a ``Posterior``, the pixels, and an encoder of other pixels to a scalar
(``LatentObjective``).
"""

from typing import Annotated

from pydantic import Field

from trainers.unsupervised.gaussian_mixture_prior import GaussianMixturePrior
from trainers.unsupervised.metric_vae import MetricVAE
from trainers.unsupervised.reconstruction import Reconstruction
from trainers.unsupervised.unit_prior import UnitPrior

Unsupervised = Annotated[
    Reconstruction | UnitPrior | GaussianMixturePrior | MetricVAE, Field(discriminator="name")
]

__all__ = [
    "GaussianMixturePrior",
    "MetricVAE",
    "Reconstruction",
    "UnitPrior",
    "Unsupervised",
]
