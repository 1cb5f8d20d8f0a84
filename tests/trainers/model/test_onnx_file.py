"""The network in ONNX embeds what the model embeds, within 1e-5."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch

import trainers
from tests.trainers.model.embedded import ORIGIN, expected
from trainers.errors import TrainerError
from trainers.model import onnx_file
from trainers.model.writing import write_model

NEEDED = ("onnxscript", "onnxruntime")
pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in NEEDED), reason=f"needs {' and '.join(NEEDED)}"
)
CHANGES: dict[str, dict[str, Any]] = {
    "mlp": {},
    "cropped": {"backbone": {"name": "convnet"}, "augmentation": {"name": "crop_and_flip", "crop": 6}},
    "posterior": {"backbone": {"name": "vae_conv"}, "unsupervised": {"name": "unit_prior"}},
    "vectors": {"dataset": {"name": "synthetic", "samples_per_class": 20, "dims": 8}},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_it_embeds_the_validation_images_alike(changes: Any, trained: Any, tmp_path: Path) -> None:
    import onnxruntime

    trainer = trained(**changes)
    write_model(tmp_path / "training", tmp_path / "model", ORIGIN, onnx=True)
    session = onnxruntime.InferenceSession(
        tmp_path / "model" / "model.onnx", providers=["CPUExecutionProvider"]
    )
    images = list(trainer.task.data.images[trainer.task.splits.validation].unbind(0))
    seen = trainers.load(tmp_path / "model", "cpu").seen(images)
    (embeddings,) = session.run(["embeddings"], {"images": seen.numpy()})
    wanted = expected(trainer)
    largest = max(1.0, float(wanted.abs().max()))
    assert float((torch.from_numpy(embeddings) - wanted).abs().max()) <= 1e-5 * largest
    assert "`model.onnx`" in (tmp_path / "model" / "README.md").read_text()


def test_what_differs_is_not_written(trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trained()
    monkeypatch.setattr(onnx_file, "TOLERANCE", -1.0)
    with pytest.raises(TrainerError, match="onnx: the written network gives embeddings that differ by"):
        write_model(tmp_path / "training", tmp_path / "model", ORIGIN, onnx=True)
    assert not (tmp_path / "model").exists()


def test_without_the_libraries_it_says_what_to_install(
    trained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained()
    monkeypatch.setattr(onnx_file, "find_spec", lambda name: None)
    with pytest.raises(TrainerError, match=r"pip install 'metric-tuner\[onnx\]'"):
        write_model(tmp_path / "training", tmp_path / "model", ORIGIN, onnx=True)
    assert not (tmp_path / "model").exists()
