"""A mixture of Gaussians, fitted once to the latents of the training images, as their prior."""

import warnings

import torch
from threadpoolctl import threadpool_limits
from torch import Tensor, nn

from trainers.errors import ConfigError
from trainers.evaluation.space import check_finite
from trainers.unsupervised.objective import Encode
from trainers.unsupervised.posterior import Posterior, log_normal

LEAST_VARIANCE = 1e-4  # added to every variance: equal latents would make a component infinitely dense


class FittedMixture(nn.Module):
    """p(z) = Σ_k w_k N(z; m_k, diag v_k), by expectation maximisation from a k-means start.

    Before it is fitted its density is 0 everywhere. What was fitted is part of the module's state.

    Args:
        components: how many Gaussians.
        lsdim: D.
        images: (N, C, H, W), the training images.

    Raises:
        ConfigError: there are fewer images than components.
    """

    log_shares: Tensor
    means: Tensor
    log_variances: Tensor

    def __init__(self, components: int, lsdim: int, images: Tensor) -> None:
        super().__init__()
        if len(images) < components:
            raise ConfigError(
                f"unsupervised.components: {components} Gaussians cannot be fitted to {len(images)} training "
                f"images; write at most {len(images)}"
            )
        self.register_buffer("log_shares", torch.full((components,), -torch.inf))
        self.register_buffer("means", torch.zeros(components, lsdim))
        self.register_buffer("log_variances", torch.zeros(components, lsdim))

    def fit(self, latents: Tensor, seed: int) -> None:
        """Fit to latents (N, D), N at least the number of components; see ``FitsLatents``."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        check_finite(latents)
        mixture = GaussianMixture(
            len(self.means), covariance_type="diag", reg_covar=LEAST_VARIANCE, random_state=seed
        )
        # The order of a sum, and so the fit, would depend on the number of threads.
        with warnings.catch_warnings(), threadpool_limits(1):
            # Latents in fewer places than components, or a fit that could go on, make a prior all the same.
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(latents.double().cpu().numpy())
        self.log_shares.copy_(torch.from_numpy(mixture.weights_).log())
        self.means.copy_(torch.from_numpy(mixture.means_))
        self.log_variances.copy_(torch.from_numpy(mixture.covariances_).log())

    def log_density(self, points: Tensor, encode: Encode) -> Tensor:  # noqa: ARG002  (other priors need it)
        """Return log p(z), (B,), of points (B, D)."""
        each = log_normal(points[:, None], self.means, self.log_variances).sum(2)
        return (each + self.log_shares).logsumexp(1)

    def components(self, encode: Encode) -> Posterior | None:  # noqa: ARG002  (other priors need it)
        """Return the K Gaussians, (K, D); None before they are fitted."""
        fitted = bool(self.log_shares.isfinite().any())
        return Posterior(self.means, self.log_variances) if fitted else None
