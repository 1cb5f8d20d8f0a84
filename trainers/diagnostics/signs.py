"""The sign of every verdict: what has to be seen in the last epochs, as one line, or None."""

from math import log

from trainers.diagnostics.course import EPOCHS, Course, Metrics
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
    """Return why all embeddings are one point, or nearly: by their rank, or by loss and distances."""
    far = course.start["pairwise_class_distance"]

    def near_one_point(metrics: Metrics) -> bool:
        expected = _loss_in_one_point(course, metrics)
        return (
            expected is not None
            and abs(metrics["loss"] - expected[0]) < AS_IN_ONE_POINT * expected[1]
            and metrics["pairwise_class_distance"] < SHRUNK * far
        )

    if course.lately(lambda metrics: metrics["effective_rank"] < 1 or near_one_point(metrics)):
        said = course.said("loss", "effective_rank", "pairwise_class_distance")
        return f"{said}, which was {far:.3g} before training"
    return None


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
        return course.said("mean_spread", "posterior_std")
    return None


def equilateral(course: Course) -> str | None:
    """Return why direction regularisation holds all points at one distance."""
    loss = course.loss
    if not (isinstance(loss, TripletLoss) and loss.gamma):
        return None

    def equal(metrics: Metrics) -> bool:
        apart = metrics["mean_margin_gap"] + loss.margin
        undecided = metrics["active_ratio"] > 0.5 or apart < APART * metrics["pairwise_class_distance"]
        return metrics["direction_cosine"] >= EQUAL_COSINE and undecided

    fallen = course.stage[-EPOCHS]["direction_cosine"] - course.now["direction_cosine"]
    if course.lately(equal) and fallen <= STILL:
        said = course.said("active_ratio", "direction_cosine", "mean_margin_gap")
        return f"{said}, reg_constant {loss.gamma:.3g} at a margin of {loss.margin:.3g}"
    return None


def norm_inflating(course: Course) -> str | None:
    """Return why embeddings only grow: without the unit sphere, and the loss of the stage does not follow."""
    early = course.stage[EPOCHS - 1]

    def grown(metrics: Metrics) -> bool:
        longer = metrics["mean_norm"] >= INFLATED * early["mean_norm"]
        return longer and metrics["loss"] > LOSS_LEFT * early["loss"]

    if not course.loss.normalize and course.lately(grown):
        return (
            f"{course.said('mean_norm', 'loss')}; they were {early['mean_norm']:.3g} and {early['loss']:.3g} "
            f"after epoch {EPOCHS}"
        )
    return None


def converged(course: Course) -> str | None:
    """Return why nothing is left to learn; a latent objective always leaves something."""
    no_loss = course.lately(lambda metrics: metrics["loss"] == 0)
    none_active = course.lately(lambda metrics: metrics["active_ratio"] == 0)
    if course.unsupervised is None and (no_loss or none_active):
        return course.said("loss", "active_ratio", "worst_margin_gap")
    return None
