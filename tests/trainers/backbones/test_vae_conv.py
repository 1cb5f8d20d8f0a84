"""The encoder of variational autoencoders, and a training with it and its decoder."""

from typing import Any

import pytest
import torch
from torch import nn

from trainers.backbones.vae_conv import VAEConv
from trainers.errors import ConfigError
from trainers.training.trainer import Trainer


def test_images_are_halved_twice_before_the_outputs() -> None:
    model = VAEConv().build((1, 28, 28), 6)
    convolutions = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    (last,) = (layer for layer in model.modules() if isinstance(layer, nn.Linear))
    assert [layer.out_channels for layer in convolutions] == [8, 16, 32, 64]
    assert (last.in_features, last.out_features) == (64 * 7 * 7, 6)


def test_vectors_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"holds vectors of 128 numbers; write backbone: \{name: mlp\}"):
        VAEConv().build((1, 1, 128), 4)


def test_a_training_with_its_decoder_resumes_bit_for_bit(small: Any, tmp_path: Any) -> None:
    decoder = {"name": "spatial_broadcast", "channels": [8, 8]}
    latent = {"name": "metric_vae", "decoder": decoder, "pseudo_inputs": 5}
    config = small(backbone={"name": "vae_conv", "channels": [4, 8]}, unsupervised=latent, epochs=2)
    straight, first, second = (Trainer(config) for _ in range(3))
    list(straight.fit())
    next(first.fit())
    second.restore(first.save(tmp_path))
    torch.rand(11)
    list(second.fit())
    ours, theirs = second.learner.state(), straight.learner.state()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    losses = [evaluation.metrics["unsupervised_loss"] for evaluation in straight.history]
    assert losses[1] < losses[0]
