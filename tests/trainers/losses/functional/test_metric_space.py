import pytest
import torch
from torch.nn.functional import normalize

from trainers.losses.functional.metric_space import in_metric_space


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_on_the_sphere_values_and_gradients_are_those_of_torch(dtype: torch.dtype) -> None:
    rows = torch.randn(7, 5, dtype=dtype, generator=torch.Generator().manual_seed(0))
    rows[3] = 0
    ours, theirs, slopes = rows.clone().requires_grad_(), rows.clone().requires_grad_(), torch.rand_like(rows)
    points, expected = in_metric_space(ours, on_sphere=True), normalize(theirs, eps=1e-12)
    points.backward(slopes)
    expected.backward(slopes)
    assert torch.equal(points, expected)
    torch.testing.assert_close(ours.grad, theirs.grad)
    assert torch.equal(points[3], torch.zeros(5, dtype=dtype))


def test_in_the_space_of_the_embeddings_they_stay_where_they_are() -> None:
    rows = torch.randn(4, 3)
    assert in_metric_space(rows, on_sphere=False) is rows
