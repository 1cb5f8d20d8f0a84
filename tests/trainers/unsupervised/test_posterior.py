"""What an encoder makes of the outputs of its backbone."""

import torch
from torch import nn

from trainers.unsupervised.posterior import Encoder, softly_bounded


def test_usual_log_variances_stay_as_they_are() -> None:
    usual = torch.linspace(-10, 10, 2001)
    assert torch.equal(softly_bounded(usual), usual)


def test_unusual_ones_keep_their_order_a_gradient_and_a_finite_variance() -> None:
    raw = torch.tensor([-1e6, -1e3, -20.0, -10.1, 10.1, 20.0, 1e3, 1e6], requires_grad=True)
    bounded = softly_bounded(raw)
    assert (bounded.diff() > 0).all()
    assert ((bounded.exp() > 0) & bounded.exp().isfinite()).all()
    bounded.sum().backward()
    assert raw.grad is not None
    torch.testing.assert_close(raw.grad, 1 / (raw.detach().abs() - 9))


def test_the_slope_is_one_up_to_the_bounds_themselves() -> None:
    raw = torch.tensor(
        [-10.0, torch.nextafter(torch.tensor(-10.0), torch.tensor(0.0)), 0.0, 10.0], requires_grad=True
    )
    softly_bounded(raw).sum().backward()
    assert raw.grad is not None
    assert raw.grad.tolist() == [1, 1, 1, 1]


def test_nothing_is_made_finite_that_is_not() -> None:
    assert softly_bounded(torch.tensor([torch.nan])).isnan().all()


def test_an_encoder_bounds_log_variances_and_not_means() -> None:
    encoder = Encoder(nn.Identity(), nn.Identity(), lsdim=2)
    posterior = encoder.posterior(torch.tensor([[50.0, -3.0, 50.0, -3.0]]))
    assert posterior.mean.tolist() == [[50, -3]]
    assert posterior.log_variance is not None
    assert posterior.log_variance[0, 0] < 14
    assert posterior.log_variance[0, 1] == -3
    assert encoder(torch.ones(1, 2)).shape == (1, 2)
