"""The model, its objective and its optimizer, trained a step at a time."""

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from trainers.config import TrainConfig
from trainers.data.datasets.image_set import Stored
from trainers.data.standardise import Standardise
from trainers.data.uniform_batches import UniformBatches
from trainers.data.views import Views
from trainers.training.devices import check_compiler
from trainers.training.objective import SemiSupervised, StepValue, Supervised
from trainers.training.optimizers import load_moments, moments
from trainers.training.saving import checkpoint
from trainers.training.task import Task
from trainers.unsupervised.objective import Moment
from trainers.unsupervised.posterior import Encoder, Posterior


class Learner:
    """A model in training.

    Attributes:
        device: where it computes.
        views: what the model sees of images.
        model: stored pixels (B, C, H, W) to embeddings (B, lsdim).
        objective: what a step minimises; it may have parameters of its own, such as proxies or a decoder.
        optimizer: of the parameters of both.
    """

    def __init__(self, config: TrainConfig, task: Task, device: torch.device) -> None:
        """Build everything with weights drawn from torch's global generator.

        Raises:
            ConfigError: the config does not fit the data.
        """
        self.device = device
        self._config = config
        self._accumulate = config.optimizer.accumulate
        self.views = Views(config, device)
        shape = self.views.shape(task.image_shape)
        images = task.data.images[task.splits.train]
        latent = config.unsupervised
        outputs = latent.features(config.lsdim) if latent else config.lsdim
        backbone = config.backbone.build(shape, outputs)
        self.model = Encoder(self._standardise(config, images), backbone, config.lsdim).to(device)
        if config.compile:
            check_compiler(device)
            self.model.compile_training("reduce-overhead" if device.type == "cuda" else "default")
        loss = config.loss.build(class_count=task.class_count, lsdim=config.lsdim)
        self.objective: nn.Module = Supervised(loss)
        if latent:
            assert isinstance(images, Tensor), "the config refuses files beside a latent objective"
            built = latent.build(lsdim=config.lsdim, images=images)
            size = latent.batch_size or config.batch.size
            stream = UniformBatches(len(images), size, config.seed, device)
            self.objective = SemiSupervised(loss, built, latent, images, stream)
        self.objective.to(device)
        self.optimizer = config.optimizer.build(self.model, self.objective)

    def _standardise(self, config: TrainConfig, images: Stored) -> Standardise:
        # Given weights know pixels as ImageNet's were; others learn from their own.
        if config.backbone.pretrained:
            return Standardise.of_imagenet()
        if config.standardise:
            return Standardise.of(self.views.sample(images))
        one = images[torch.tensor([0])]  # tells what kind all are; more would be decoded for nothing
        return Standardise.as_stored(self.views.sample(one))

    def step(self, images: Tensor, targets: Tensor, moment: Moment) -> Tensor:
        """Train on a batch of labelled images (B, C, H, W) of classes (B,); a step, or a part of one.

        Returns:
            (9,), what ``epoch_means`` reads a sum of, on the device: reading one waits for it.
        """
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._config.precision == "bfloat16"):
            value: StepValue = self.objective(self.model, images, targets, moment)
        before, batches = (moment.step - 1) % self._accumulate, self._accumulated(moment)
        if before == 0:
            self.optimizer.zero_grad()
        value.loss.backward()  # type: ignore[no-untyped-call]
        if before + 1 < batches:
            return value.numbers(None)
        norm = self._gradient_norm(batches)
        self.optimizer.step()
        return value.numbers(norm * batches)  # as a mean over the batches it is that over the steps

    def _accumulated(self, moment: Moment) -> int:
        """Return how many batches make the optimizer's step that this one is part of."""
        first = (moment.step - 1) // self._accumulate * self._accumulate
        return min(self._accumulate, moment.steps - first)

    def _gradient_norm(self, batches: int) -> Tensor:
        """Return the norm of the mean gradient of some batches, which is clipped then if so asked."""
        weights = [each for group in self.optimizer.param_groups for each in group["params"]]
        gradients = [each.grad for each in weights if each.grad is not None]
        if batches > 1:
            for gradient in gradients:
                gradient.div_(batches)
        norm = get_total_norm(gradients)
        if self._config.optimizer.clip_norm is not None:
            clip_grads_with_norm_(weights, self._config.optimizer.clip_norm, norm)
        return norm

    def embed(self, images: Stored) -> Tensor:
        """Return the embeddings (N, lsdim), as the network gives them, of images (N, C, H, W) or files.

        Raises:
            DatasetError: a file is missing or damaged.
        """
        return self.posterior(images).mean

    @torch.no_grad()
    def posterior(self, images: Stored) -> Posterior:
        """Return q(z|x) of the same; its means are the embeddings."""
        self.model.eval()
        return Posterior.joined([self.model.posterior(pixels) for pixels in self.views.evaluation(images)])

    def state(self) -> dict[str, Tensor]:
        """Return everything that a later process needs to go on, by name."""
        return checkpoint.grouped(
            {
                "model": self.model.state_dict(),
                "objective": self.objective.state_dict(),
                "optimizer": moments(self.optimizer),
            }
        )

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Take up what ``state`` returned."""
        self.model.load_state_dict(checkpoint.group(tensors, "model"))
        self.objective.load_state_dict(checkpoint.group(tensors, "objective"))
        load_moments(self.optimizer, checkpoint.group(tensors, "optimizer"))
