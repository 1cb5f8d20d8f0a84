"""A trained model that embeds images, from its folder alone."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor, nn

from trainers.backbones.torchvision_network import TorchvisionSpec
from trainers.data.standardise import Standardise
from trainers.data.views import at_once_of
from trainers.errors import ConfigError, TrainerError
from trainers.losses.functional.metric_space import in_metric_space
from trainers.model.facts import FACTS, WEIGHTS, ModelFacts
from trainers.model.images import ImageLike, Images, as_stored, listed
from trainers.training.devices import pick_device
from trainers.unsupervised.posterior import Encoder


class Embedder:
    """Embeds images as the training that it comes from does when it evaluates.

    Attributes:
        facts: what is known of the model: labels, metrics, where it comes from.
        device: where it computes.
        model: what the network sees, (B, C, H, W), to embeddings (B, lsdim).
    """

    def __init__(self, facts: ModelFacts, model: Encoder, device: torch.device) -> None:
        self.facts = facts
        self.device = device
        self.model = model.to(device).eval().requires_grad_(False)

    @classmethod
    def read(cls, folder: Path, device: str | torch.device = "auto") -> "Embedder":
        """Return the model in a folder.

        Args:
            folder: what ``write_model`` made.
            device: of torch; ``auto`` is a GPU if there is one.

        Raises:
            TrainerError: a file is missing, damaged or of another model or version.
            ConfigError: the device is none that torch can use here.
        """
        facts = ModelFacts.read(folder)
        weights = _weights(folder / WEIGHTS, facts)
        try:
            encoder = _encoder(facts, weights)
        except (RuntimeError, KeyError, ValueError) as error:
            raise TrainerError(
                f"{folder / FACTS}: describes another network than the one whose weights lie beside it; "
                "write the model again"
            ) from error
        return cls(facts, encoder, _usable(device))

    @property
    def lsdim(self) -> int:
        """The number of dimensions of an embedding."""
        return self.facts.lsdim

    @torch.no_grad()
    def embed(self, images: Images) -> Tensor:
        """Return the embeddings (N, lsdim), float32, as the network gives them, on the model's device.

        Images pass in batches. Each is brought to what training had: colours to one channel or one channel to
        three equal ones, transparency left out; both sides resized to those of the training (or, where it cut
        out the middle of photographs, the shorter side resized and the middle cut out), bilinearly by Pillow.

        Args:
            images: a tensor (N, C, H, W) or (C, H, W) with 1 or 3 channels, uint8 from 0 to 255 or floats
                from 0 to 1, which are rounded to 8 bits; an image of Pillow's; the path of a file, or of a
                folder, of which all image files below it are taken, by path; or a list of these. Of a model
                of vectors: a tensor (N, 1, 1, D).

        Raises:
            DatasetError: an image is missing, damaged or of another kind.
        """
        each = listed(images)
        size = at_once_of(self.facts.preprocessing.height, self.facts.preprocessing.width)
        batches = [self.seen(each[start : start + size]) for start in range(0, len(each), size)]
        parts = [self.model(batch.to(self.device)) for batch in batches]
        return torch.cat(parts) if parts else torch.empty(0, self.lsdim, device=self.device)

    def seen(self, images: Sequence[ImageLike]) -> Tensor:
        """Return what the network sees of one image or more, (N, C, H, W) on the CPU.

        Raises:
            DatasetError: an image is missing, damaged or of another kind.
        """
        return torch.stack(list(as_stored(images, self.facts.preprocessing)))

    def points(self, embeddings: Tensor) -> Tensor:
        """Return the points (N, lsdim) whose distances count: the embeddings, or their directions."""
        return in_metric_space(embeddings, on_sphere=self.facts.on_sphere)


def _usable(wanted: str | torch.device) -> torch.device:
    try:
        device = pick_device("auto") if wanted == "auto" else torch.device(wanted)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        why = str(error).partition("\n")[0]
        raise ConfigError(f"device: {wanted} cannot be used here ({why}); write auto or cpu") from error
    return device


def _weights(file: Path, facts: ModelFacts) -> dict[str, Tensor]:
    try:
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != facts.weights_sha256:
            raise TrainerError(f"{file}: is damaged, or of another model than the files beside it")
        return load(content)
    except (OSError, SafetensorError) as error:
        raise TrainerError(f"{file}: cannot be read ({error}); name the folder of a model") from error


def _encoder(facts: ModelFacts, weights: dict[str, Tensor]) -> Encoder:
    """Return the network with its weights; nothing is drawn, and no file but these weights is read."""
    shape, outputs, backbone = facts.preprocessing.shape, facts.outputs, facts.backbone
    with torch.device("meta"):
        channels = torch.zeros(len(weights["0.mean"]))
        network: nn.Module = (
            backbone.unfilled(shape, outputs)
            if isinstance(backbone, TorchvisionSpec)
            else backbone.build(shape, outputs)
        )
        encoder = Encoder(Standardise(channels, channels), network, facts.lsdim)
    encoder.load_state_dict(weights, assign=True)
    return encoder
