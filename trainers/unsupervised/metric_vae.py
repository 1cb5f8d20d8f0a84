"""A variational autoencoder whose prior is learnt with it, or fitted to what the metric loss has learnt."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field, PositiveInt, SerializerFunctionWrapHandler, model_serializer, model_validator
from torch import Tensor, nn

from trainers.specs import Mistake, refuse
from trainers.unsupervised.decoders import Decoder, MLPDecoder
from trainers.unsupervised.fitted_mixture import FittedMixture
from trainers.unsupervised.objective import Encode, KLTerm, Moment, UnsupervisedSpec
from trainers.unsupervised.posterior import Posterior, log_normal
from trainers.unsupervised.pseudo_input_prior import PseudoInputInit, PseudoInputPrior
from trainers.unsupervised.reconstruction import Reduction, squared_error

_OF_PRIOR = {
    "pseudo_inputs": ("pseudo_inputs", "pseudo_input_init", "pseudo_input_lr_factor"),
    "fitted_mixture": ("components",),
}


class MetricVAE(UnsupervisedSpec):
    """L_U = ‖g(z) − x‖² + beta · KL(q(z|x) ‖ p(z)), z ~ q(z|x); KL is estimated with one sample an image.

    The model of Safir et al., SciPy 2022. With the prior ``pseudo_inputs`` p(z) = 1/K Σ_k q(z|u_k), whose
    images u_k are learnt (VampPrior: Tomczak and Welling, AISTATS 2018). With ``fitted_mixture`` it is a
    mixture of Gaussians with diagonal covariances, fitted once to the means of the training images (10,000 of
    them, if there are more) after the first stage of ``schedule: staged``, and constant from then on. Either
    way densities are averaged, not the logarithms of them.

    Attributes:
        prior: p.
        pseudo_inputs: K.
        pseudo_input_init: whether they begin as training images (``data``) or as noise (``random``).
        pseudo_input_lr_factor: their learning rate as a multiple of the optimizer's.
        components: how many Gaussians the fitted mixture has.
        decoder: g.
        reduction: ``sum`` of the squared error over pixels, or its ``mean``.
        kl: warm-up and weight (beta) of the divergence; free bits count for the whole latent, not for each
            dimension, because the prior is no product.
        supervise: what the metric loss looks at, a ``sample`` of the posterior or its ``mean``.
    """

    name: Literal["metric_vae"] = "metric_vae"
    prior: Literal["pseudo_inputs", "fitted_mixture"] = "pseudo_inputs"
    pseudo_inputs: PositiveInt = 50
    pseudo_input_init: PseudoInputInit = "data"
    pseudo_input_lr_factor: float = Field(default=1.0, gt=0)
    components: PositiveInt = 10
    decoder: Decoder = MLPDecoder()
    reduction: Reduction = "sum"
    kl: KLTerm = KLTerm()
    supervise: Literal["sample", "mean"] = "sample"

    @model_validator(mode="after")
    def _one_prior(self) -> "MetricVAE":
        refuse(self._about_prior())
        return self

    def _about_prior(self) -> Iterator[Mistake]:
        if self.fits_latents and self.schedule != "staged":
            yield (
                "prior",
                f"fitted_mixture follows a first stage, and schedule: {self.schedule} has none; "
                "write schedule: staged, with metric_epochs",
            )
        for prior, keys in _OF_PRIOR.items():
            for key in keys:
                if prior != self.prior and key in self.model_fields_set:
                    yield key, f"is given, and belongs to prior: {prior}; remove it, or write that"

    @model_serializer(mode="wrap")
    def _without_idle_keys(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What is written can be read again: a key of the other prior would be refused.
        (idle,) = (keys for prior, keys in _OF_PRIOR.items() if prior != self.prior)
        return {key: value for key, value in handler(self).items() if key not in idle}

    @property
    def fits_latents(self) -> bool:
        """Whether the prior is fitted to the latents."""
        return self.prior == "fitted_mixture"

    def features(self, lsdim: int) -> int:
        """Return how many outputs the encoder needs: a mean and a log variance each dimension."""
        return 2 * lsdim

    def build(self, *, lsdim: int, images: Tensor) -> nn.Module:
        """Return the ``LatentObjective``.

        Raises:
            ConfigError: there are fewer images than components to fit to them.
        """
        decoder = self.decoder.build(lsdim, images)
        if self.fits_latents:
            return _MetricVAE(self, decoder, FittedMixture(self.components, lsdim, images))
        init, lr_factor = self.pseudo_input_init, self.pseudo_input_lr_factor
        return _MetricVAE(self, decoder, PseudoInputPrior(self.pseudo_inputs, init, lr_factor, images))


class _MetricVAE(nn.Module):
    def __init__(self, spec: MetricVAE, decoder: nn.Module, prior: FittedMixture | PseudoInputPrior) -> None:
        super().__init__()
        self.spec = spec
        self.decoder = decoder
        self.prior = prior

    def fit(self, latents: Tensor, seed: int) -> None:
        assert isinstance(self.prior, FittedMixture)
        self.prior.fit(latents, seed)

    def forward(self, posterior: Posterior, pixels: Tensor, encode: Encode, moment: Moment) -> Tensor:
        points = posterior.sample()
        drawn = squared_error(self.decoder(points), pixels, self.spec.reduction)
        divergence = self.divergence(posterior, points, encode)
        return drawn + self.spec.kl.value(divergence[:, None], moment)

    def divergence(self, posterior: Posterior, points: Tensor, encode: Encode) -> Tensor:
        """Return log q(z|x) − log p(z) at one sample of every image, (B,): unbiased for the KL divergence."""
        assert posterior.log_variance is not None
        own = log_normal(points, posterior.mean, posterior.log_variance).sum(1)
        return own - self.prior.log_density(points, encode)

    def components(self, encode: Encode) -> Posterior | None:
        """Return the prior's Gaussians, (K, D); None of a mixture that is not fitted yet."""
        return self.prior.components(encode)
