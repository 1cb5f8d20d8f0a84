import torch

from trainers.losses.functional.distances import pairwise_distances


def test_equals_the_plain_formula() -> None:
    rows = torch.randn(12, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(
        pairwise_distances(rows), torch.cdist(rows, rows, compute_mode="donot_use_mm_for_euclid_dist")
    )
    torch.testing.assert_close(pairwise_distances(rows, squared=True), pairwise_distances(rows).square())


def test_diagonal_and_duplicates_are_exactly_zero_with_no_gradient() -> None:
    rows = torch.randn(6, 64).repeat(2, 1).requires_grad_()
    distances = pairwise_distances(rows)
    twins = torch.eye(6, dtype=torch.bool).repeat(2, 2)
    assert torch.equal(distances == 0, twins)
    distances[twins].sum().backward()
    assert torch.equal(rows.grad, torch.zeros(12, 64))


def test_gradients_are_finite_and_exact_among_duplicates() -> None:
    rows = torch.randn(4, 3, dtype=torch.float64)
    rows = torch.cat([rows, rows[:2]]).requires_grad_()
    weights = torch.rand(6, 6, dtype=torch.float64)
    (pairwise_distances(rows) * weights).sum().backward()
    by_hand = torch.zeros(6, 3, dtype=torch.float64)
    for i in range(6):
        for j in range(6):
            way = rows.detach()[i] - rows.detach()[j]
            if way.norm() > 0:
                by_hand[i] += weights[i, j] * way / way.norm()
                by_hand[j] -= weights[i, j] * way / way.norm()
    torch.testing.assert_close(rows.grad, by_hand)


def test_points_far_from_the_origin_keep_their_digits() -> None:
    rows = torch.tensor([[1000.0, 0.0], [1000.0, 0.01], [1000.0, 0.03]])
    torch.testing.assert_close(pairwise_distances(rows)[0, 1:], torch.tensor([0.01, 0.03]), rtol=1e-4, atol=0)


def test_half_precision_is_computed_in_float32_and_float64_stays() -> None:
    rows = torch.randn(8, 16)
    assert pairwise_distances(rows.bfloat16()).dtype == torch.float32
    assert pairwise_distances(rows.double()).dtype == torch.float64
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(pairwise_distances(rows), torch.cdist(rows, rows), rtol=1e-4, atol=1e-3)


def test_autocast_changes_neither_distances_nor_gradients() -> None:
    rows, weights = torch.randn(8, 16), torch.rand(8, 8)
    found = []
    for enabled in (False, True):
        leaf = rows.clone().requires_grad_()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled):
            (pairwise_distances(leaf) * weights).sum().backward()
        found.append(leaf.grad)
    assert torch.equal(*found)


def test_a_broken_row_stays_visible() -> None:
    rows = torch.randn(4, 3)
    rows[1] = float("nan")
    assert pairwise_distances(rows)[1].isnan().all()
    assert not pairwise_distances(torch.tensor([[1e30], [0.0]])).isfinite().any()


def test_no_rows_have_no_distances() -> None:
    assert pairwise_distances(torch.zeros(0, 3)).shape == (0, 0)
