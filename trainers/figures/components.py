"""The Gaussians of a latent objective's prior, if it is a mixture."""

from typing import Protocol, runtime_checkable

import torch

from trainers.training.objective import SemiSupervised
from trainers.training.trainer import Trainer
from trainers.unsupervised.objective import Encode
from trainers.unsupervised.posterior import Posterior


@runtime_checkable
class MixturePrior(Protocol):
    """A latent objective whose prior is a mixture of Gaussians with diagonal covariances."""

    def components(self, encode: Encode) -> Posterior | None:
        """Return the K Gaussians, means and log variances (K, D); None if there are none yet.

        Args:
            encode: q(z|x) of images in [0, 1].
        """


@torch.no_grad()
def prior_components(trainer: Trainer) -> Posterior | None:
    """Return the prior's Gaussians on the CPU where they can be drawn: in a latent space of two dimensions.

    None if it has other dimensions, or a prior of another kind, or none at all.
    """
    objective, model = trainer.learner.objective, trainer.learner.model
    if trainer.config.lsdim != 2 or not isinstance(objective, SemiSupervised):
        return None
    if not isinstance(objective.latent, MixturePrior):
        return None
    model.eval()
    components = objective.latent.components(lambda pixels: model.posterior(pixels * 255))
    if components is None or components.log_variance is None:
        return None
    return Posterior(components.mean.cpu(), components.log_variance.cpu())
