"""Weights that somebody else trained: they arrive whole, or a line says why not."""

import io
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torchvision.models import googlenet, resnet18, vit_b_32

from trainers.backbones import GoogLeNet, ResNet18, ViTB32
from trainers.backbones.torchvision_network import TorchvisionSpec
from trainers.errors import ConfigError
from trainers.training.trainer import Trainer

SHAPE = (3, 32, 32)
FILE = "resnet18-f37072fd.pth"


@pytest.fixture(scope="module")
def published() -> dict[str, Tensor]:
    """A state dict as torchvision publishes one: with the classifier of 1,000 classes."""
    return resnet18().state_dict()


@pytest.fixture
def file(tmp_path: Path, published: dict[str, Tensor]) -> Path:
    path = tmp_path / "weights.pth"
    torch.save(published, path)
    return path


def write(path: Path, state: dict[str, Tensor]) -> Path:
    if path.suffix == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path)
    return path


@pytest.mark.parametrize("name", ["weights.pth", "weights.safetensors"])
def test_a_file_comes_back_as_it_was_but_for_the_classifier(
    tmp_path: Path, published: dict[str, Tensor], name: str
) -> None:
    spec = ResNet18(weights=write(tmp_path / name, published))
    spec.check()
    found = spec.build(SHAPE, 4).trunk.state_dict()
    assert found.keys() == {name for name in published if not name.startswith("fc.")}
    assert all(torch.equal(tensor, published[name]) for name, tensor in found.items())


def test_an_old_file_that_cannot_be_mapped_will_do(tmp_path: Path, published: dict[str, Tensor]) -> None:
    path = tmp_path / "old.pth"
    counted = {name: tensor for name, tensor in published.items() if "num_batches" not in name}
    torch.save(counted, path, _use_new_zipfile_serialization=False)
    ResNet18(weights=path).check()
    found = ResNet18(weights=path).build(SHAPE, 4).trunk.state_dict()
    assert torch.equal(found["conv1.weight"], published["conv1.weight"])


def test_googlenet_sees_what_its_published_weights_expect(tmp_path: Path) -> None:
    oracle = googlenet(aux_logits=True, transform_input=True, init_weights=True).eval()
    for layer in oracle.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)  # their own start leaves nothing to compare after 22 layers
    spec = GoogLeNet(weights=write(tmp_path / "weights.pth", oracle.state_dict()))
    spec.check()
    oracle.fc = nn.Identity()
    images = torch.randn(2, *SHAPE)
    torch.testing.assert_close(spec.build(SHAPE, 4).eval().trunk(images), oracle(images))


def test_position_embeddings_are_interpolated_to_the_size_of_the_images(tmp_path: Path) -> None:
    oracle = vit_b_32(image_size=64)
    spec = ViTB32(weights=write(tmp_path / "weights.safetensors", oracle.state_dict()))
    same, smaller = spec.build((3, 64, 64), 4), spec.adapted(oracle.state_dict(), SHAPE)
    oracle.eval().heads = nn.Identity()
    images = torch.randn(2, 3, 64, 64)
    torch.testing.assert_close(same.eval().trunk(images), oracle(images))
    assert smaller["encoder.pos_embedding"].shape == (1, 2, 768)
    assert torch.equal(smaller["encoder.pos_embedding"][:, 0], oracle.encoder.pos_embedding[:, 0])


def refusal(spec: TorchvisionSpec) -> str:
    """Return the line with which both ``check`` and ``build`` refuse a spec."""
    lines = set()
    for attempt in (spec.check, lambda: spec.build(SHAPE, 4)):
        with pytest.raises(ConfigError) as caught:
            attempt()
        lines.add(str(caught.value))
    (line,) = lines
    assert "\n" not in line
    return line


def test_another_networks_weights_are_refused(tmp_path: Path, published: dict[str, Tensor]) -> None:
    cut = {**published, "conv1.weight": published["conv1.weight"][:3], "odd": torch.zeros(1)}
    line = refusal(ResNet18(weights=write(tmp_path / "cut.pth", cut)))
    assert line == (
        f"backbone.weights: {tmp_path}/cut.pth does not fit resnet18: conv1.weight is (3, 3, 7, 7), not "
        "(64, 3, 7, 7), and 1 more; give a state dict of torchvision's resnet18"
    )
    other = write(tmp_path / "other.pth", published)
    assert "does not fit googlenet: bn1.bias is unknown, and" in refusal(GoogLeNet(weights=other))


def test_a_state_dict_of_another_kind_is_refused(tmp_path: Path) -> None:
    positions = {"encoder.pos_embedding": torch.zeros(1, 9, 768)}
    assert "does not fit vit_b_32" in refusal(ViTB32(weights=write(tmp_path / "w.pth", positions)))


class Runs:
    """Unpickled, it would print."""

    def __reduce__(self) -> Any:
        return print, ("code of a stranger runs",)


@pytest.mark.parametrize("content", ["missing", "text", "cut", "code", "folder"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, file: Path, content: str, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"bad{suffix}"
    code = io.BytesIO()
    torch.save({"a": Runs()}, code)
    if content == "folder":
        path.mkdir()
    elif content != "missing":
        path.write_bytes(
            {"text": b"no weights", "cut": file.read_bytes()[:9000], "code": code.getvalue()}[content]
        )
    line = refusal(ResNet18(weights=path))
    assert line.startswith(f"backbone.weights: {path} is no readable file of weights: ")
    assert line.endswith(
        "allowed: none, imagenet, or the path of a state dict in a .safetensors or .pth file"
    )
    assert "stranger" not in capsys.readouterr().out


@pytest.mark.parametrize("content", [{"state_dict": {}}, [torch.zeros(1)]])
def test_something_else_than_a_state_dict_is_refused(tmp_path: Path, content: Any) -> None:
    torch.save(content, tmp_path / "a.pth")
    assert "holds something else than a state dict" in refusal(ResNet18(weights=tmp_path / "a.pth"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Torch's cache, empty, on a machine that reaches nothing."""

    def unreachable(*args: Any, **kwargs: Any) -> Any:
        raise URLError("no route to host")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    monkeypatch.setattr("torch.hub.urlopen", unreachable)
    return tmp_path / "hub" / "checkpoints"


def test_imagenets_weights_come_from_the_cache(cache: Path, published: dict[str, Tensor]) -> None:
    cache.mkdir(parents=True)
    torch.save(published, cache / FILE)
    spec = ResNet18(weights="imagenet")
    spec.check()
    assert torch.equal(spec.build(SHAPE, 4).trunk.conv1.weight, published["conv1.weight"])


def test_weights_that_cannot_be_fetched_are_named_with_their_place(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal(ResNet18(weights="imagenet")) == (
        f"backbone.weights: imagenet, but {FILE} cannot be fetched for resnet18: "
        f"<urlopen error no route to host>; put that file into {cache}, or give its path as weights"
    )
    assert capsys.readouterr().out == ""  # where results go


def test_a_server_that_answers_is_enough_for_the_check(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(request: Any, timeout: float) -> io.BytesIO:
        asked.append(request.get_method())
        return io.BytesIO()

    monkeypatch.setattr("urllib.request.urlopen", answer)
    ResNet18(weights="imagenet").check()
    assert asked == ["HEAD"]
    assert not cache.exists()


def test_given_weights_see_pixels_as_imagenets_were(small: Any, folder_of_images: Path, file: Path) -> None:
    dataset = {"name": "image_folder", "root": str(folder_of_images), "image_size": 20}
    means = {}
    for weights in ("none", str(file)):
        trainer = Trainer(small(dataset=dataset, backbone={"name": "resnet18", "weights": weights}))
        means[weights] = trainer.learner.model[0].mean.flatten()
    torch.testing.assert_close(means[str(file)], torch.tensor([0.485, 0.456, 0.406]))
    images = trainer.task.data.images[trainer.task.splits.train].float() / 255
    torch.testing.assert_close(means["none"], images.mean((0, 2, 3)))
