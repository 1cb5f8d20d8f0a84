"""One detector a verdict: why the last epochs have it, as one line with the numbers, or None."""

from trainers.diagnostics.trajectory import EPOCHS, Metrics, Trajectory, numbers

AS_IN_ONE_POINT = 0.02  # at most this share of the collapsed loss lies between it and the loss
SHRUNK = 0.05  # at most this share of the distance of negatives before training is left
NO_SPREAD = 0.05  # the means differ by at most this share of the posterior's standard deviation
EQUAL_COSINE = 0.45  # equal distances have ½
STILL = 0.005  # the cosine falls by at most this in these epochs; leaving its start, a training is faster
APART = 0.05  # negatives are farther than positives by at most this share of their distance
INFLATED = 10.0  # embeddings are this many times as long
LOSS_LEFT = 0.5  # more than this share of the loss is left


def collapsed(trajectory: Trajectory) -> str | None:
    """Detect embeddings that are all one point, or nearly, by their rank, their distances, or their loss."""

    def one_point(metrics: Metrics) -> bool:
        return (
            metrics["effective_rank"] < 1
            or _drawn_together(trajectory, metrics)
            or _costs_as_one_point(trajectory, metrics)
        )

    if trajectory.lately(one_point):
        now = numbers(trajectory.now, "loss", "effective_rank", "pairwise_class_distance")
        return f"{now}, which was {trajectory.start['pairwise_class_distance']:.3g} before training"
    return None


def _drawn_together(trajectory: Trajectory, metrics: Metrics) -> bool:
    """Return whether classes have lost nearly all distance, and the margin is missed if there is one."""
    space = trajectory.geometry
    if space.margin and metrics["mean_margin_gap"] >= 0:
        return False  # a small margin is met by small distances
    far, apart = (each["pairwise_class_distance"] for each in (trajectory.start, metrics))
    # Off the sphere scale is free: distances have to be small beside the embeddings' length as well.
    before, now = (1.0, 1.0) if space.on_sphere else (trajectory.start["mean_norm"], metrics["mean_norm"])
    return apart * before**space.power < far * (SHRUNK * min(before, now)) ** space.power


def _costs_as_one_point(trajectory: Trajectory, metrics: Metrics) -> bool:
    """Return whether the loss is that of one point, and classes are less apart than before training."""
    space = trajectory.geometry
    # Beside a latent objective the loss is the sum of two.
    if space.collapsed_loss is None or trajectory.unsupervised is not None:
        return False
    # Directions have no size: the cosine of small triangles is that of large ones.
    expected = space.collapsed_loss - space.direction_weight * metrics["direction_cosine"]
    return (
        abs(metrics["loss"] - expected) < AS_IN_ONE_POINT * space.collapsed_loss
        and metrics["pairwise_class_distance"] < SHRUNK * trajectory.start["pairwise_class_distance"]
    )


def posterior_collapsed(trajectory: Trajectory) -> str | None:
    """Detect a posterior that is the same for all images: its means hardly differ, by its own measure.

    In a first stage no prior has drawn it anywhere yet.
    """
    if trajectory.in_first_stage:
        return None
    if trajectory.lately(lambda metrics: metrics["mean_spread"] < NO_SPREAD * metrics["posterior_std"]):
        return numbers(trajectory.now, "mean_spread", "posterior_std")
    return None


def equilateral(trajectory: Trajectory) -> str | None:
    """Detect a direction regularisation that holds all points at one distance."""
    space, epochs = trajectory.geometry, trajectory.with_metric_loss[-EPOCHS:]
    if not space.direction_weight or len(epochs) < EPOCHS:
        return None

    def equal(metrics: Metrics) -> bool:
        apart = metrics["mean_margin_gap"] + space.margin
        undecided = metrics["active_ratio"] > 0.5 or apart < APART * metrics["pairwise_class_distance"]
        return metrics["direction_cosine"] >= EQUAL_COSINE and undecided

    fall = epochs[0]["direction_cosine"] - epochs[-1]["direction_cosine"]
    if all(map(equal, epochs)) and fall <= STILL:
        now = numbers(epochs[-1], "active_ratio", "direction_cosine", "mean_margin_gap")
        return f"{now}, reg_constant {space.direction_weight:.3g} at a margin of {space.margin:.3g}"
    return None


def norm_inflating(trajectory: Trajectory) -> str | None:
    """Detect embeddings off the unit sphere that only grow, while the stage's loss does not follow."""
    epochs = trajectory.with_metric_loss or trajectory.stage
    if trajectory.geometry.on_sphere or len(epochs) < EPOCHS:
        return None
    early = epochs[EPOCHS - 1]

    def grown(metrics: Metrics) -> bool:
        longer = metrics["mean_norm"] >= INFLATED * early["mean_norm"]
        return longer and metrics["loss"] > LOSS_LEFT * early["loss"]

    if all(map(grown, epochs[-EPOCHS:])):
        now = numbers(epochs[-1], "mean_norm", "loss")
        return f"{now}; they were {early['mean_norm']:.3g} and {early['loss']:.3g} after epoch {EPOCHS}"
    return None


def converged(trajectory: Trajectory) -> str | None:
    """Detect that nothing is left to learn; a latent objective always leaves something."""
    if trajectory.unsupervised is not None:
        return None
    no_loss = trajectory.lately(lambda metrics: metrics["loss"] == 0)
    none_active = trajectory.lately(lambda metrics: metrics["active_ratio"] == 0)
    if no_loss or none_active:
        return numbers(trajectory.now, "loss", "active_ratio", "worst_margin_gap")
    return None
