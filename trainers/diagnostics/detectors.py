"""The sign of every verdict: what has to be seen in the last epochs, as one line, or None."""

from math import log

from trainers.diagnostics.geometry import Geometry
from trainers.diagnostics.trajectory import EPOCHS, Course, Metrics, said
from trainers.losses import ContrastiveLoss, TripletLoss

AS_IN_ONE_POINT = 0.02  # so near, as a share of itself, is the loss to what it is where all points are one
SHRUNK = 0.05  # so much of what it was before training is left of the distance of negatives
NO_SPREAD = 0.05  # so much of the posterior's standard deviation is its means'
EQUAL_COSINE = 0.45  # equal distances have ½
STILL = 0.005  # by so much the cosine falls at most in these epochs; leaving its start, a training is faster
APART = 0.05  # so much farther than positives, as a share of their distance, negatives are at most
INFLATED = 10.0  # so many times as long are the embeddings
LOSS_LEFT = 0.5  # this share of the loss is still there


def collapsed(course: Course) -> str | None:
    """Return why all embeddings are one point, or nearly: by their rank, their distances, or their loss."""

    def one_point(metrics: Metrics) -> bool:
        return (
            metrics["effective_rank"] < 1
            or _drawn_together(course, metrics)
            or _costs_as_one(course, metrics)
        )

    if course.lately(one_point):
        now = said(course.now, "loss", "effective_rank", "pairwise_class_distance")
        return f"{now}, which was {course.start['pairwise_class_distance']:.3g} before training"
    return None


def _drawn_together(course: Course, metrics: Metrics) -> bool:
    """Whether classes have lost nearly all of their distance, and the margin is missed if there is one."""
    space = Geometry.of(course.loss)
    if space.margin and metrics["mean_margin_gap"] >= 0:
        return False  # a small margin is met by small distances
    far, apart = (each["pairwise_class_distance"] for each in (course.start, metrics))
    # Off the sphere scale is free: distances have to be small beside the embeddings' length as well.
    before, now = (1.0, 1.0) if space.on_sphere else (course.start["mean_norm"], metrics["mean_norm"])
    return apart * before**space.power < far * (SHRUNK * min(before, now)) ** space.power


def _costs_as_one(course: Course, metrics: Metrics) -> bool:
    """Whether the loss is what it is in one point, and classes are less apart than before training."""
    expected = _loss_in_one_point(course, metrics)
    return (
        expected is not None
        and abs(metrics["loss"] - expected[0]) < AS_IN_ONE_POINT * expected[1]
        and metrics["pairwise_class_distance"] < SHRUNK * course.start["pairwise_class_distance"]
    )


def _loss_in_one_point(course: Course, metrics: Metrics) -> tuple[float, float] | None:
    """Return the loss of points that are nearly one, and its scale; None if that is not known."""
    loss = course.loss
    if course.unsupervised is not None:
        return None  # the loss that is seen is the sum of two
    if isinstance(loss, ContrastiveLoss):
        cost = loss.neg_margin ** (2 if loss.squared_hinge else 1)
        return cost, cost
    if not isinstance(loss, TripletLoss):
        return None
    if loss.soft:
        return log(2), log(2)
    # Directions have no size: the cosine of small triangles is that of large ones.
    return loss.margin - loss.gamma * metrics["direction_cosine"], loss.margin


def posterior_collapsed(course: Course) -> str | None:
    """Return why the posterior says nothing about its image: its means hardly differ, by its own measure.

    In a first stage no prior has drawn it anywhere yet.
    """
    if course.in_first_stage:
        return None
    if course.lately(lambda metrics: metrics["mean_spread"] < NO_SPREAD * metrics["posterior_std"]):
        return said(course.now, "mean_spread", "posterior_std")
    return None


def equilateral(course: Course) -> str | None:
    """Return why direction regularisation holds all points at one distance."""
    loss, epochs = course.loss, course.with_metric_loss[-EPOCHS:]
    if not (isinstance(loss, TripletLoss) and loss.gamma) or len(epochs) < EPOCHS:
        return None

    def equal(metrics: Metrics) -> bool:
        apart = metrics["mean_margin_gap"] + loss.margin
        undecided = metrics["active_ratio"] > 0.5 or apart < APART * metrics["pairwise_class_distance"]
        return metrics["direction_cosine"] >= EQUAL_COSINE and undecided

    fallen = epochs[0]["direction_cosine"] - epochs[-1]["direction_cosine"]
    if all(map(equal, epochs)) and fallen <= STILL:
        now = said(epochs[-1], "active_ratio", "direction_cosine", "mean_margin_gap")
        return f"{now}, reg_constant {loss.gamma:.3g} at a margin of {loss.margin:.3g}"
    return None


def norm_inflating(course: Course) -> str | None:
    """Return why embeddings only grow: without the unit sphere, and the loss of the stage does not follow."""
    epochs = course.with_metric_loss or course.stage
    if course.loss.normalize or len(epochs) < EPOCHS:
        return None
    early = epochs[EPOCHS - 1]

    def grown(metrics: Metrics) -> bool:
        longer = metrics["mean_norm"] >= INFLATED * early["mean_norm"]
        return longer and metrics["loss"] > LOSS_LEFT * early["loss"]

    if all(map(grown, epochs[-EPOCHS:])):
        now = said(epochs[-1], "mean_norm", "loss")
        return f"{now}; they were {early['mean_norm']:.3g} and {early['loss']:.3g} after epoch {EPOCHS}"
    return None


def converged(course: Course) -> str | None:
    """Return why nothing is left to learn; a latent objective always leaves something."""
    if course.unsupervised is not None:
        return None
    no_loss = course.lately(lambda metrics: metrics["loss"] == 0)
    none_active = course.lately(lambda metrics: metrics["active_ratio"] == 0)
    if no_loss or none_active:
        return said(course.now, "loss", "active_ratio", "worst_margin_gap")
    return None
