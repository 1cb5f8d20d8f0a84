"""What every loss in the union has to keep, whatever it computes."""

from typing import Any

import pytest
import torch
from torch import Tensor

from trainers.losses import LossValue

LABELS = torch.tensor([0, 0, 0, 1, 1, 2, 2, 2, 3])


@pytest.fixture
def compute(loss_type: Any) -> Any:
    module = loss_type().build(class_count=4, lsdim=5).double()

    def run(embeddings: Tensor, labels: Tensor) -> LossValue:
        value: LossValue = module(embeddings, labels)
        return value

    return run


@pytest.fixture
def embeddings() -> Tensor:
    chance = torch.Generator().manual_seed(0)
    return torch.randn(9, 5, dtype=torch.float64, generator=chance).requires_grad_()


def test_is_a_finite_scalar_whose_gradient_reaches_every_image(compute: Any, embeddings: Tensor) -> None:
    value = compute(embeddings, LABELS)
    assert value.loss.shape == ()
    assert value.loss.isfinite()
    assert 0 <= value.active_ratio <= 1
    assert not value.active_ratio.requires_grad
    value.loss.backward()
    assert embeddings.grad is not None
    assert embeddings.grad.isfinite().all()
    assert (embeddings.grad.abs().sum(1) > 0).all()


def test_does_not_see_the_order_of_the_batch(compute: Any, embeddings: Tensor) -> None:
    order = torch.randperm(9, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(
        compute(embeddings[order], LABELS[order]).loss, compute(embeddings, LABELS).loss, rtol=1e-12, atol=0
    )


def test_does_not_see_what_a_class_is_called(compute: Any, embeddings: Tensor) -> None:
    renamed = torch.tensor([2, 0, 3, 1])[LABELS]
    torch.testing.assert_close(compute(embeddings, renamed).loss, compute(embeddings, LABELS).loss)


def test_is_smaller_where_classes_lie_apart(compute: Any, embeddings: Tensor) -> None:
    centres = torch.eye(5, dtype=torch.float64)[LABELS] * 10
    assert compute(embeddings + centres, LABELS).loss < compute(embeddings, LABELS).loss


def test_unlabelled_images_are_no_class(compute: Any, embeddings: Tensor) -> None:
    partly = torch.where(torch.arange(9) < 6, LABELS, -1)
    value = compute(embeddings, partly)
    value.loss.backward()
    torch.testing.assert_close(value.loss, compute(embeddings[:6], LABELS[:6]).loss)
    assert embeddings.grad is not None
    assert torch.equal(embeddings.grad[6:], torch.zeros(3, 5, dtype=torch.float64))


@pytest.mark.parametrize("labels", [[-1] * 9, [0] * 9, list(range(9)), [0] + [-1] * 8])
def test_a_batch_with_nothing_to_compare_stays_on_the_graph(
    compute: Any, embeddings: Tensor, labels: list[int]
) -> None:
    value = compute(embeddings, torch.tensor(labels))
    value.loss.backward()
    assert value.loss.isfinite()
    assert embeddings.grad is not None
    assert embeddings.grad.isfinite().all()


def test_duplicates_and_collapse_have_finite_gradients(compute: Any) -> None:
    for rows in (torch.randn(3, 5).repeat(3, 1), torch.ones(9, 5), torch.zeros(9, 5)):
        embeddings = rows.double().requires_grad_()
        value = compute(embeddings, LABELS)
        value.loss.backward()
        assert value.loss.isfinite()
        assert embeddings.grad is not None
        assert embeddings.grad.isfinite().all()


def test_a_broken_embedding_is_not_hidden(compute: Any) -> None:
    broken = torch.randn(9, 5, dtype=torch.float64)
    broken[4, 2] = float("nan")
    assert not compute(broken, LABELS).loss.isfinite()


def test_its_config_says_whether_the_space_is_a_sphere(loss_type: Any) -> None:
    assert loss_type().normalize in (True, False)
