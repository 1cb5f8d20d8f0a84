"""Writes a model's folder from that of a training."""

import hashlib
import json
from pathlib import Path

import yaml
from safetensors.torch import save

from formats.durable_folder import new_folder
from trainers.errors import TrainerError
from trainers.model.card import card_of
from trainers.model.facts import (
    CARD,
    CONFIG,
    FACTS,
    WEIGHTS,
    Labels,
    ModelFacts,
    Origin,
    Preprocessing,
)
from trainers.model.onnx_file import write_onnx
from trainers.model.training_files import Trained


def write_model(training: Path, folder: Path, origin: Origin, *, onnx: bool = False) -> ModelFacts:
    """Write the best epoch of a training as a model, all or nothing, and return what stands in it.

    Args:
        training: where the training wrote its weights and its state; both are left as they are.
        folder: a new one, or an empty one.
        origin: where the training comes from.
        onnx: whether the network is written in ONNX as well.

    Raises:
        TrainerError: the training's files are missing or damaged, or the folder cannot be written.
    """
    trained = Trained.read(training)
    weights = save({name: tensor.contiguous() for name, tensor in trained.weights.items()})
    facts = facts_of(trained, hashlib.sha256(weights).hexdigest(), origin)
    config = trained.config.model_dump(mode="json")
    try:
        with new_folder(folder) as new:
            (new / WEIGHTS).write_bytes(weights)
            (new / FACTS).write_text(json.dumps(facts.model_dump(mode="json"), indent=2) + "\n")
            (new / CONFIG).write_text(yaml.safe_dump(config, sort_keys=False))
            (new / CARD).write_text(card_of(facts, trained.config, onnx=onnx))
            if onnx:
                write_onnx(new)
    except OSError as error:
        raise TrainerError(
            f"{folder}: cannot be written: {error.strerror}; name a folder that is not there yet"
        ) from error
    return facts


def facts_of(trained: Trained, weights_sha256: str, origin: Origin) -> ModelFacts:
    """Return what is to be known of a model beside its weights."""
    config, data = trained.config, trained.data
    channels, height, width = data["image_shape"]
    return ModelFacts(
        weights_sha256=weights_sha256,
        backbone=config.backbone,
        outputs=config.unsupervised.features(config.lsdim) if config.unsupervised else config.lsdim,
        lsdim=config.lsdim,
        on_sphere=config.loss.geometry.on_sphere,
        preprocessing=Preprocessing(
            values=data["values"],
            channels=channels,
            height=height,
            width=width,
            resize="shorter_side" if data["in_files"] and config.augmentation else "both_sides",
            augmentation=config.augmentation,
        ),
        labels=Labels(names=data["class_names"], trained=data["trained_classes"]),
        images=data["images"],
        seed=config.seed,
        epoch=trained.best.epoch,
        metrics=trained.best.metrics,
        origin=origin,
    )
