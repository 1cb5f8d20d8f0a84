"""Every verdict's detector by numbers: it has to match for three epochs, and where each condition ends."""

from math import log
from typing import Any

import pytest

from trainers.diagnostics.health import Health, diagnose
from trainers.diagnostics.trajectory import Trajectory, last_alike, loss_decay
from trainers.losses import CenterLoss, ContrastiveLoss, MultiSimilarityLoss, ProxyNCALoss, TripletLoss
from trainers.unsupervised import UnitPrior

START = {"pairwise_class_distance": 1.0, "mean_norm": 2.0}
FINE = {
    "loss": 0.1,
    "active_ratio": 0.4,
    "effective_rank": 5.0,
    "pairwise_class_distance": 0.8,
    "mean_margin_gap": 0.1,
    "worst_margin_gap": -0.2,
    "direction_cosine": 0.2,
    "mean_norm": 2.0,
    "mean_spread": 0.5,
    "posterior_std": 0.3,
}
TRIPLET = TripletLoss(margin=0.2)
DIRECTED = TripletLoss(margin=0.2, reg_ratio=1.8)
UNBOUND = TripletLoss(margin=0.2, normalize=False)
CLOSE = {"loss": 0.2, "pairwise_class_distance": 0.04}
MISSED = CLOSE | {"loss": 0.1, "mean_margin_gap": -0.19}
EQUAL = {"active_ratio": 0.6, "direction_cosine": 0.48, "mean_margin_gap": -0.1}


def verdict(changes: dict[str, float], loss: Any = TRIPLET, unsupervised: Any = None, epochs: int = 3) -> str:
    ill = [FINE | changes] * epochs
    return diagnose(Trajectory(loss.geometry, unsupervised, START, [FINE, *ill])).verdict


@pytest.mark.parametrize(
    ("found", "loss", "changes"),
    [
        ("collapsed", TRIPLET, CLOSE),
        ("collapsed", TripletLoss(margin=0.2, miner={"name": "hard"}), CLOSE | {"loss": 0.2039}),
        ("collapsed", TripletLoss(margin=0.2, miner={"name": "semihard"}), CLOSE | {"active_ratio": 0.5}),
        ("collapsed", TripletLoss(soft=True), CLOSE | {"loss": log(2)}),
        ("collapsed", DIRECTED, CLOSE | {"loss": 0.2 * (1 - 1.8 * 0.2)}),
        ("collapsed", ContrastiveLoss(neg_margin=0.6), CLOSE | {"loss": 0.6}),
        ("collapsed", ContrastiveLoss(neg_margin=0.6, squared_hinge=True), CLOSE | {"loss": 0.36}),
        ("collapsed", ProxyNCALoss(), {"effective_rank": 0.0}),
        ("collapsed", ProxyNCALoss(), CLOSE),
        ("collapsed", MultiSimilarityLoss(), CLOSE),
        ("collapsed", TRIPLET, MISSED),
        ("collapsed", TripletLoss(margin=0.2, power=2), MISSED | {"pairwise_class_distance": 0.002}),
        ("collapsed", CenterLoss(), CLOSE),
        ("collapsed", CenterLoss(), {"pairwise_class_distance": 0.004, "mean_norm": 0.2}),
        ("posterior_collapsed", TRIPLET, {"mean_spread": 0.01}),
        ("equilateral", DIRECTED, EQUAL),
        ("equilateral", DIRECTED, EQUAL | {"active_ratio": 0.0, "loss": 0.0, "mean_margin_gap": -0.19}),
        ("converged", TRIPLET, {"active_ratio": 0.0}),
        ("converged", ProxyNCALoss(), {"loss": 0.0}),
    ],
)
def test_a_verdict_has_to_match_for_three_epochs(found: str, loss: Any, changes: dict[str, float]) -> None:
    assert verdict(changes, loss) == found
    assert verdict(changes, loss, epochs=2) == "healthy"
    assert diagnose(Trajectory(loss.geometry, None, START, [FINE | changes] * 2)).verdict == "healthy"
    assert diagnose(Trajectory(loss.geometry, None, START, [FINE | changes] * 3)).verdict == found


@pytest.mark.parametrize(
    ("loss", "changes"),
    [
        (TRIPLET, {}),
        (TRIPLET, CLOSE | {"loss": 0.206}),  # the hinge, but not where all points are one
        (TRIPLET, CLOSE | {"pairwise_class_distance": 0.06}),
        (TRIPLET, MISSED | {"mean_margin_gap": 0.0}),  # a small margin is met by small distances
        (TripletLoss(margin=0.2, power=2), MISSED),  # the distance of which this is the square is a fifth
        (CenterLoss(), CLOSE | {"mean_norm": 0.5}),  # off the sphere, where all has shrunk
        (CenterLoss(), {"pairwise_class_distance": 0.5, "mean_norm": 40.0}),  # or all but the mean
        (TRIPLET, {"mean_spread": 0.02}),
        (TRIPLET, {"mean_spread": 0.0, "posterior_std": 0.0}),  # an encoder that gives points
        (TRIPLET, EQUAL),  # without the regularisation
        (DIRECTED, EQUAL | {"active_ratio": 0.4}),
        (DIRECTED, EQUAL | {"direction_cosine": 0.44}),
        (UNBOUND, {"mean_norm": 100.0}),  # from the start on
        (TRIPLET, {"loss": -0.1, "active_ratio": 1.0}),
    ],
)
def test_what_is_no_verdict(loss: Any, changes: dict[str, float]) -> None:
    assert diagnose(Trajectory(loss.geometry, None, START, [FINE | changes] * 4)).verdict == "healthy"


def test_the_cosine_of_a_training_that_leaves_its_start_falls() -> None:
    def trajectory(*cosines: float) -> Trajectory:
        return Trajectory(
            DIRECTED.geometry, None, START, [FINE | EQUAL | {"direction_cosine": each} for each in cosines]
        )

    assert diagnose(trajectory(0.49, 0.488, 0.486)).verdict == "equilateral"
    assert diagnose(trajectory(0.49, 0.486, 0.482)).verdict == "healthy"


@pytest.mark.parametrize(
    ("loss", "norm", "left", "found"),
    [
        (UNBOUND, 20.0, 0.06, "norm_inflating"),
        (UNBOUND, 19.0, 0.06, "healthy"),
        (UNBOUND, 20.0, 0.05, "healthy"),  # the loss follows
        (TRIPLET, 20.0, 0.06, "healthy"),  # on the sphere no length counts
    ],
)
def test_norms_are_compared_with_those_after_the_third_epoch(
    loss: Any, norm: float, left: float, found: str
) -> None:
    early = [FINE | {"mean_norm": 0.1}] * 2 + [FINE]
    late = [FINE | {"mean_norm": norm, "loss": left}] * 3
    assert diagnose(Trajectory(loss.geometry, None, START, early + late)).verdict == found
    assert diagnose(Trajectory(loss.geometry, None, START, early + late[:2])).verdict == "healthy"


def test_a_latent_objective_is_never_done_and_hides_the_metric_loss() -> None:
    assert verdict({"active_ratio": 0.0, "loss": 0.0}, unsupervised=UnitPrior()) == "healthy"
    assert verdict(CLOSE, unsupervised=UnitPrior()) == "healthy"
    assert verdict(MISSED, unsupervised=UnitPrior()) == "collapsed"
    assert verdict({"effective_rank": 0.0}, unsupervised=UnitPrior()) == "collapsed"


def test_a_stage_is_judged_by_its_own_epochs() -> None:
    staged = UnitPrior(schedule="staged", metric_epochs=3)

    def found(*history: dict[str, float]) -> str:
        return diagnose(
            Trajectory(UNBOUND.geometry, staged, START, [FINE | each for each in history])
        ).verdict

    wide = {"mean_spread": 0.01}  # beside a standard deviation that nothing has trained
    assert found(wide, wide, wide) == "healthy"
    assert found(wide, wide, wide, wide, wide) == "healthy"
    assert found({}, {}, {}, wide, wide, wide) == "posterior_collapsed"
    larger = {"loss": 40.0, "mean_norm": 30.0}  # the loss of the second stage is another sum
    assert found({}, {}, {}, larger, larger, larger) == "healthy"
    longer = {"loss": 40.0, "mean_norm": 300.0}
    assert found({}, {}, {}, larger, larger, larger, longer, longer, longer) == "norm_inflating"


def alternating(*history: dict[str, float]) -> list[dict[str, float]]:
    """Epochs of ``alternate_epochs``: the even ones have no metric loss."""
    even = {name: value for name, value in FINE.items() if name != "active_ratio"} | {"loss": 90.0}
    return [(even if number % 2 else FINE) | each for number, each in enumerate(history)]


def test_what_the_metric_loss_shows_is_judged_where_there_is_one() -> None:
    turns = UnitPrior(schedule="alternate_epochs")

    def found(loss: Any, *history: dict[str, float]) -> Health:
        return diagnose(Trajectory(loss.geometry, turns, START, alternating(*history)))

    trapped = [EQUAL, {}] * 3
    assert found(DIRECTED, *trapped).verdict == found(DIRECTED, *trapped[:5]).verdict == "equilateral"
    assert found(DIRECTED, *trapped).reason.startswith("active_ratio 0.6, direction_cosine 0.48")
    assert found(DIRECTED, *trapped[:4]) == Health("healthy", "loss 90, effective_rank 5")
    # Only in epochs with a metric loss is it the same sum as after the third of them.
    larger = {"mean_norm": 30.0, "loss": 0.06}
    history = [{}] * 6 + [larger, {"mean_norm": 30.0}] * 3
    assert found(UNBOUND, *history).verdict == found(UNBOUND, *history[:11]).verdict == "norm_inflating"
    assert found(UNBOUND, *history[:10]).verdict == "healthy"
    follows = [{}] * 6 + [larger | {"loss": 0.04}, {"mean_norm": 30.0}] * 3
    assert found(UNBOUND, *follows).verdict == "healthy"


def test_an_autoencoder_alone_is_judged_by_its_own_loss() -> None:
    def found(loss: Any, changes: dict[str, float]) -> str:
        history = [{name: value for name, value in FINE.items() if name != "active_ratio"}] * 3
        later = [history[0] | changes] * 3
        return diagnose(Trajectory(loss.geometry, UnitPrior(alpha=1.0), START, history + later)).verdict

    assert found(UNBOUND, {"mean_norm": 30.0}) == "norm_inflating"
    assert found(DIRECTED, {"direction_cosine": 0.48, "mean_margin_gap": -0.2}) == "healthy"


@pytest.mark.parametrize(
    ("unsupervised", "alike"),
    [
        (None, [0, 1, 2, 3, 4]),
        (UnitPrior(), [0, 1, 2, 3, 4]),
        (UnitPrior(schedule="alternate_batches"), [0, 1, 2, 3, 4]),
        (UnitPrior(schedule="alternate_epochs"), [0, 0, 1, 2, 3]),
        (UnitPrior(schedule="alternate_epochs", alpha=1.0), [0, 1, 2, 3, 4]),
        (UnitPrior(schedule="staged", metric_epochs=2), [0, 1, 0, 3, 4]),
    ],
)
def test_a_loss_is_compared_with_the_last_of_the_same_sum(unsupervised: Any, alike: list[int]) -> None:
    assert [last_alike(epoch, range(1, epoch), unsupervised) for epoch in range(1, 6)] == alike


def test_a_loss_is_compared_with_those_that_were_seen() -> None:
    turns = UnitPrior(schedule="alternate_epochs")
    assert last_alike(6, [2, 4], turns) == 4
    assert last_alike(7, [2, 4, 6], turns) == 0


def test_the_reason_has_the_last_epochs_numbers() -> None:
    found = diagnose(Trajectory(DIRECTED.geometry, None, START, [FINE | EQUAL] * 3))
    assert found == Health(
        "equilateral",
        "active_ratio 0.6, direction_cosine 0.48, mean_margin_gap -0.1, reg_constant 0.36 at a margin of 0.2",
    )
    healthy = diagnose(Trajectory(TRIPLET.geometry, None, START, [FINE]))
    assert healthy == Health("healthy", "loss 0.1, active_ratio 0.4, effective_rank 5")


@pytest.mark.parametrize(
    ("now", "before", "decay"),
    [(0.5, 2.0, 0.75), (3.0, 2.0, -0.5), (1.0, None, 0), (1.0, 0.0, 0), (-3.0, -2.0, 0.5), (2.0, 2.0, 0)],
)
def test_the_decay_is_the_share_by_which_the_loss_fell(now: float, before: Any, decay: float) -> None:
    assert loss_decay(now, before) == decay
