"""The probes of one training: which images they are fitted on, and which points of the posterior they see."""

from collections.abc import Callable

import torch
from torch import Tensor

from trainers.evaluation.clustering import clustering
from trainers.evaluation.metrics import PROBE_MEASURES, SAMPLE_METRICS, Point, probe_metric
from trainers.evaluation.probes import LabelledPoints, agreement, probe
from trainers.evaluation.space import compared
from trainers.evaluation.spec import EvaluationSpec
from trainers.training.seeding import derive, generator
from trainers.training.task import Task
from trainers.unsupervised.posterior import Posterior

Embed = Callable[[Tensor], Posterior]
"""Takes indices (N,) of images in a task's data and returns their posterior."""


def probe_task(
    spec: EvaluationSpec,
    task: Task,
    embed: Embed,
    queries: Tensor,
    judged: Posterior,
    *,
    seed: int,
    normalize: bool,
) -> dict[str, float]:
    """Return the metrics of the probes that ``spec`` names, of the queries; without any, nothing is embedded.

    A reference is embedded once, in however many roles. Every image has one draw of the posterior, whether it
    is reference or query: it depends on ``seed`` and the image's place in the data, on nothing else.

    Args:
        spec: what is asked for.
        task: whose labelled and training images are the references.
        embed: the encoder.
        queries: (Q,) indices of the images to be judged. Training images are among the references, and
            score accordingly.
        judged: their posterior.
        seed: of probes and draws.
        normalize: whether the space is the unit sphere.

    Raises:
        TrainingStopped: embeddings or draws are not finite.
    """
    known = {"labelled": task.labelled, "train": task.splits.train}
    wanted = [known[name] for name in spec.reference if spec.probes]
    indices, posterior = queries, judged
    parts: tuple[Tensor, ...] = ()
    if wanted:
        references, places = torch.unique(torch.cat(wanted), return_inverse=True)
        indices, posterior = torch.cat([queries, references]), Posterior.joined([judged, embed(references)])
        parts = torch.split(places + len(queries), [len(each) for each in wanted])
    metrics: dict[str, float] = {}
    for point in spec.point:
        points = compared(_points(posterior, indices, point, task, seed), normalize=normalize)
        labels = task.data.labels[indices].to(points.device)
        asked = LabelledPoints(points[: len(queries)], labels[: len(queries)])
        fitted_on = [LabelledPoints(points[part], labels[part]) for part in parts]
        metrics |= _probed(spec, fitted_on, asked, point, derive(seed, "probes"))
    return metrics


def cluster_samples(
    spec: EvaluationSpec, task: Task, queries: Tensor, judged: Posterior, *, seed: int, normalize: bool
) -> dict[str, float]:
    """Return ``SAMPLE_METRICS`` of the draws that ``probe_task`` has, too; nothing if not asked for.

    Raises:
        TrainingStopped: draws are not finite.
    """
    if "sample" not in spec.point:
        return {}
    points = compared(_points(judged, queries, "sample", task, seed), normalize=normalize)
    scores = clustering(points, task.data.labels[queries].to(points.device), derive(seed, "clusters"))
    return {name: scores[name.removesuffix("_sample")] for name in SAMPLE_METRICS}


def _points(posterior: Posterior, indices: Tensor, point: Point, task: Task, seed: int) -> Tensor:
    if point == "mean":
        return posterior.mean
    assert posterior.log_variance is not None, "TrainConfig refuses samples of points"
    shape = (len(task.data.labels), posterior.mean.shape[1])
    noise = torch.randn(shape, generator=generator(derive(seed, "draws")))[indices]
    return posterior.mean + (posterior.log_variance / 2).exp() * noise.to(posterior.mean)


def _probed(
    spec: EvaluationSpec, references: list[LabelledPoints], judged: LabelledPoints, point: Point, seed: int
) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for reference, fitted_on in zip(spec.reference, references, strict=bool(spec.probes)):
        for name in spec.probes:
            predicted = probe(name, fitted_on, judged.points, neighbours=spec.neighbours, seed=seed)
            scores = agreement(predicted, judged.labels)
            metrics |= {probe_metric(name, each, reference, point): scores[each] for each in PROBE_MEASURES}
    return metrics
