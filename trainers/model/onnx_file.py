"""The network of a model in ONNX, for programs that have neither this package nor torch."""

import warnings
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from trainers.errors import TrainerError
from trainers.model.embedder import Embedder
from trainers.model.facts import ONNX

NEEDED = ("onnxscript", "onnxruntime")
TOLERANCE = 1e-5


def write_onnx(folder: Path) -> Path:
    """Write the network of the model in a folder beside it, look whether it embeds the same, return its path.

    Input ``images``: what the network sees, (N, C, H, W) uint8, or float32 of vectors, N free; output
    ``embeddings`` (N, lsdim).

    Raises:
        TrainerError: a library is missing, the network cannot be written, or what was written differs by more
            than 1e-5 of the largest number of an embedding, or of 1 where that is smaller.
    """
    lacking = [name for name in NEEDED if find_spec(name) is None]
    if lacking:
        raise TrainerError(
            f"onnx: {' and '.join(lacking)} cannot be imported; run: pip install 'metric-tuner[onnx]'"
        )
    embedder, file = Embedder.read(folder, "cpu"), folder / ONNX
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what torch's exporter itself does
            torch.onnx.export(
                embedder.model,
                (_example(embedder, 2),),
                file,
                input_names=["images"],
                output_names=["embeddings"],
                dynamic_shapes=({0: torch.export.Dim("images")},),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    except torch.onnx.errors.OnnxExporterError as error:
        why = str(error).strip().partition("\n")[0]
        raise TrainerError(f"onnx: {embedder.facts.backbone.name} cannot be written: {why}") from error
    _compare(embedder, file)
    return file


def _compare(embedder: Embedder, file: Path) -> None:
    import onnxruntime  # noqa: PLC0415 - an extra

    images = _example(embedder, 3)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    (written,) = session.run(["embeddings"], {"images": images.numpy()})
    expected = embedder.model(images)
    difference = float((torch.from_numpy(written) - expected).abs().max())
    if not difference <= TOLERANCE * max(1.0, float(expected.abs().max())):
        raise TrainerError(f"onnx: the written network gives embeddings that differ by {difference:g}")


def _example(embedder: Embedder, count: int) -> Tensor:
    preprocessing, chance = embedder.facts.preprocessing, torch.Generator().manual_seed(count)
    shape = (count, *preprocessing.shape)
    if preprocessing.values == "pixels":
        return torch.randint(256, shape, generator=chance, dtype=torch.uint8)
    return torch.randn(shape, generator=chance)
