"""What every loss in the union has to keep, whatever it computes."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from torch import Tensor, nn

from tests.trainers.losses.comparison import assert_same, random_rows
from tests.trainers.losses.oracles import ORACLES
from tests.trainers.losses.variants import ORDERLESS, SPECS, VARIANTS, chooses, draws, miner_of
from trainers.losses import Loss, LossValue

LABELS = torch.tensor([0, 1, 2, 0, 1, 2, 2, 0, 3])  # three anchors, their positives and negatives
CLASSES = 9

Compute = Callable[[Tensor, Tensor], LossValue]


@pytest.fixture(params=SPECS)
def spec(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def module(spec: Any) -> nn.Module:
    torch.manual_seed(0)
    built: nn.Module = spec.build(class_count=CLASSES, lsdim=5)
    return built.double()


def once(module: nn.Module) -> Compute:
    """Compute every value from the same state and with the same chance."""

    def run(embeddings: Tensor, labels: Tensor) -> LossValue:
        torch.manual_seed(0)
        value: LossValue = deepcopy(module)(embeddings, labels)
        return value

    return run


@pytest.fixture
def compute(module: nn.Module) -> Compute:
    return once(module)


@pytest.fixture
def embeddings() -> Tensor:
    chance = torch.Generator().manual_seed(0)
    return torch.randn(9, 5, dtype=torch.float64, generator=chance).requires_grad_()


def settled(module: nn.Module, embeddings: Tensor) -> Compute:
    """Let the loss's own parameters, if it has any, learn these embeddings first."""
    module = deepcopy(module)
    if list(module.parameters()):
        optimizer = torch.optim.Adam(module.parameters(), lr=0.1)
        for _ in range(100):
            optimizer.zero_grad()
            module(embeddings.detach(), LABELS).loss.backward()
            optimizer.step()
    return once(module)


def test_every_row_of_the_table_is_a_loss() -> None:
    assert set(VARIANTS) <= {param.values[0].name for param in SPECS}


def test_it_has_a_row_in_the_docs(spec: Any) -> None:
    rows = (Path(__file__).parents[3] / "docs/methods.md").read_text().splitlines()
    assert [row for row in rows if row.startswith(f"| `{spec.name}`") and row.endswith(".py` |")]


def test_its_config_survives_json(spec: Any) -> None:
    again: Any = TypeAdapter(Loss).validate_json(spec.model_dump_json())
    assert again == spec
    assert again.model_dump_json() == spec.model_dump_json()
    assert hash(again) == hash(spec)


@pytest.mark.parametrize("spec", [param for param in SPECS if not draws(param.values[0])])
def test_equals_a_slow_loop(spec: Any, compute: Compute, module: nn.Module) -> None:
    oracle = ORACLES[spec.name]
    rows = random_rows(len(LABELS), dimensions=5)
    assert_same(lambda rows: compute(rows, LABELS), lambda rows: oracle(spec, module, rows, LABELS), rows)


def test_is_a_finite_scalar_whose_gradient_reaches_the_images(
    spec: Any, compute: Compute, embeddings: Tensor
) -> None:
    value = compute(embeddings, LABELS)
    assert value.loss.shape == value.active_ratio.shape == ()
    assert value.loss.isfinite()
    assert 0 <= value.active_ratio <= 1
    assert not value.active_ratio.requires_grad
    value.loss.backward()
    assert embeddings.grad is not None
    assert embeddings.grad.isfinite().all()
    reached = embeddings.grad.abs().sum(1) > 0
    assert reached.any() if chooses(spec) else reached.all()


def test_its_own_parameters_have_a_gradient(module: nn.Module, embeddings: Tensor) -> None:
    module(embeddings, LABELS).loss.backward()
    for parameter in module.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()
        assert parameter.grad.abs().sum() > 0


@pytest.mark.parametrize("spec", ORDERLESS, indirect=True)
def test_does_not_see_the_order_of_the_batch(compute: Compute, embeddings: Tensor) -> None:
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(
        compute(embeddings[order], LABELS[order]).loss, compute(embeddings, LABELS).loss, rtol=1e-12, atol=0
    )


def test_does_not_see_what_a_class_is_called(module: nn.Module, embeddings: Tensor) -> None:
    names = torch.tensor([2, 0, 3, 1, *range(4, CLASSES)])
    renamed = deepcopy(module)
    for whole, part in zip(renamed.state_dict().values(), module.state_dict().values(), strict=True):
        dimensions = [axis for axis, size in enumerate(part.shape) if size == CLASSES]
        if dimensions:  # what a class's parameters are is called by its name as well
            whole.index_copy_(dimensions[0], names, part)
    torch.testing.assert_close(
        once(renamed)(embeddings, names[LABELS]).loss, once(module)(embeddings, LABELS).loss
    )


def test_is_smaller_where_classes_lie_apart(module: nn.Module, embeddings: Tensor) -> None:
    apart = embeddings + torch.eye(5, dtype=torch.float64)[LABELS] * 10
    loss_apart = settled(module, apart)(apart, LABELS).loss
    assert loss_apart < settled(module, embeddings)(embeddings, LABELS).loss


def test_unlabelled_images_are_no_class(compute: Compute, embeddings: Tensor) -> None:
    partly = torch.where(torch.arange(9) < 6, LABELS, -1)
    value = compute(embeddings, partly)
    value.loss.backward()
    torch.testing.assert_close(value.loss, compute(embeddings[:6], LABELS[:6]).loss)
    assert embeddings.grad is not None
    assert torch.equal(embeddings.grad[6:], torch.zeros(3, 5, dtype=torch.float64))


@pytest.mark.parametrize("labels", [[-1] * 9, [0] * 9, list(range(9)), [0] + [-1] * 8])
def test_a_batch_with_nothing_to_compare_stays_on_the_graph(
    compute: Compute, embeddings: Tensor, labels: list[int]
) -> None:
    value = compute(embeddings, torch.tensor(labels))
    value.loss.backward()
    assert value.loss.isfinite()
    assert embeddings.grad is not None
    assert embeddings.grad.isfinite().all()


def test_without_a_labelled_image_it_is_nothing(compute: Compute, embeddings: Tensor) -> None:
    value = compute(embeddings, torch.full((9,), -1))
    assert value.loss.item() == value.active_ratio.item() == 0


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_duplicates_and_collapse_have_finite_gradients(module: nn.Module, dtype: torch.dtype) -> None:
    for rows in (torch.randn(3, 5).repeat(3, 1), torch.ones(9, 5), torch.zeros(9, 5)):
        embeddings = rows.to(dtype).requires_grad_()
        value = module.to(dtype)(embeddings, LABELS)
        value.loss.backward()
        assert value.loss.isfinite()
        assert embeddings.grad is not None
        assert embeddings.grad.isfinite().all()


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_broken_embedding_is_not_hidden(compute: Compute, value: float) -> None:
    broken = torch.randn(9, 5, dtype=torch.float64)
    broken[4, 2] = value
    assert not compute(broken, LABELS).loss.isfinite()


def test_a_narrow_embedding_is_computed_in_float32_at_least(module: nn.Module, embeddings: Tensor) -> None:
    value = module.float()(embeddings.detach().bfloat16(), LABELS)
    assert value.loss.dtype == torch.float32
    assert value.loss.isfinite()


def test_its_geometry_says_whether_lengths_count(spec: Any, compute: Compute, embeddings: Tensor) -> None:
    lengths = torch.linspace(0.5, 3, len(LABELS), dtype=torch.float64)[:, None]
    same = torch.allclose(compute(lengths * embeddings, LABELS).loss, compute(embeddings, LABELS).loss)
    assert same == spec.geometry.on_sphere


def test_its_geometry_says_what_it_costs_where_all_points_are_one(spec: Any, module: nn.Module) -> None:
    collapsed = once(module)(torch.ones(9, 5, dtype=torch.float64), LABELS).loss
    if spec.geometry.collapsed_loss is not None and miner_of(spec) != "semihard":
        assert collapsed.item() == pytest.approx(spec.geometry.collapsed_loss)


def test_its_state_can_be_stored(module: nn.Module, embeddings: Tensor) -> None:
    module(embeddings, LABELS)
    torch.manual_seed(1)
    other = deepcopy(module)
    for tensor in other.state_dict().values():
        tensor.zero_()
    other.load_state_dict(module.state_dict())
    torch.testing.assert_close(once(other)(embeddings, LABELS).loss, once(module)(embeddings, LABELS).loss)
