"""The model card: what a model is, what it is worth, how it is used, and where it ends, in plain words."""

from collections.abc import Iterator, Sequence
from typing import Any

from trainers.config import TrainConfig
from trainers.data.datasets.image_set import DatasetSpec
from trainers.model.facts import CONFIG, FACTS, ONNX, Confirmed, Interval, ModelFacts, Preprocessing

SHOWN = ("recall_at_1", "map_at_r", "r_precision", "ari", "ami", "nmi")
"""The metrics of the table beside the one that the training looked at; all stand in ``model.json``."""

MOST_CLASSES = 20


def card_of(facts: ModelFacts, config: TrainConfig, *, onnx: bool) -> str:
    """Return the card, in Markdown.

    Args:
        facts: of the model.
        config: of its training.
        onnx: whether the network stands beside it in ONNX.
    """
    sections = {
        "Use": _use(facts, onnx=onnx),
        "Data": _data(facts, config),
        "Images": [_images(facts.preprocessing)],
        "Metrics": _metrics(facts, config),
        "Training": _training(facts, config),
        "Limits": _limits(facts, config),
    }
    text = [f"# {_plain(facts.origin.source)}", "", _summary(facts, config), ""]
    for title, lines in sections.items():
        text += [f"## {title}", "", *lines, ""]
    return "\n".join(text)


def _summary(facts: ModelFacts, config: TrainConfig) -> str:
    what = "Images" if facts.preprocessing.values == "pixels" else "Vectors"
    where = "on the unit sphere" if facts.on_sphere else "as they are"
    return (
        f"{what} go in, embeddings of {facts.lsdim} numbers come out; what is of one class should lie near "
        f"each other, by the Euclidean distance of embeddings {where}. The network is "
        f"`{facts.backbone.name}`, trained with the loss `{config.loss.name}` on `{config.dataset.name}`."
    )


def _use(facts: ModelFacts, *, onnx: bool) -> Iterator[str]:
    yield from ("```python", "import trainers", "", 'embedder = trainers.load("THIS_FOLDER")')
    if facts.preprocessing.values == "pixels":
        yield f'embeddings = embedder.embed(["a.png", "b.png"])  # (2, {facts.lsdim})'
    else:
        yield f"embeddings = embedder.embed(vectors)  # (N, 1, 1, D) to (N, {facts.lsdim})"
    yield "points = embedder.points(embeddings)  # whose Euclidean distances count"
    yield from ("```", "", "This folder is all that is needed, beside the package `metric-tuner`.")
    if onnx:
        kind = "uint8" if facts.preprocessing.values == "pixels" else "float32"
        shape = ", ".join(map(str, facts.preprocessing.shape))
        yield (
            f"`{ONNX}` is the same network for others: input `images` (N, {shape}) {kind}, prepared "
            f"as below, output `embeddings` (N, {facts.lsdim})."
        )


def _data(facts: ModelFacts, config: TrainConfig) -> Iterator[str]:
    dataset: DatasetSpec = config.dataset
    counts, labels = facts.images, facts.labels
    apart = "by classes" if dataset.split_by == "classes" else "by samples"
    yield (
        f"`{dataset.name}`, split {apart}: {counts['train']} images train, of which "
        f"{counts['labelled']} have their label known, {counts['validation']} validate, {counts['test']} are "
        f"kept for a test. It has {len(labels.names)} classes, of which {len(labels.trained)} were trained:"
    )
    yield ""
    names = [_plain(name) for name in labels.trained[:MOST_CLASSES]]
    more = len(labels.trained) - len(names)
    yield ", ".join(names) + (f" and {more} more, all of them in `{FACTS}`." if more else ".")


def _images(preprocessing: Preprocessing) -> str:
    if preprocessing.values == "vectors":
        return f"The data are vectors of {preprocessing.width} numbers, taken as they are."
    colours = "grey" if preprocessing.channels == 1 else "RGB"
    height, width = preprocessing.height, preprocessing.width
    size = (
        f"both sides are resized to {height}x{width} pixels, whatever the proportions"
        if preprocessing.resize == "both_sides"
        else f"the shorter side is resized to {height} pixels"
    )
    _, *seen = preprocessing.shape
    crop = "" if seen == [height, width] else f"; the middle {seen[0]}x{seen[1]} is cut out"
    return (
        f"`embed` makes images {colours} and leaves transparency out; {size}, bilinearly{crop}. Mean and "
        "standard deviation are taken off by the network's first layer, which has them with its weights."
    )


def _metrics(facts: ModelFacts, config: TrainConfig) -> Iterator[str]:
    names = [name for name in dict.fromkeys((config.monitor.metric, *SHOWN)) if name in facts.metrics]
    confirmed = facts.origin.confirmed
    header = ["metric", "validation", *(title for each in confirmed for title in _titles(each))]
    rows = [
        [
            f"`{name}`",
            f"{facts.metrics[name]:.4g}",
            *(cell for each in confirmed for cell in _cells(each, name)),
        ]
        for name in names
    ]
    yield from (_row(cells) for cells in (header, ["---"] * len(header), *rows))
    yield ""
    yield (
        f"Validation is of these weights, those of epoch {facts.epoch}, the best in "
        f"`{config.monitor.metric}` there; a choice by it "
        "makes it look a little better than it is on new data."
    )
    if confirmed:
        yield (
            "Test is of other trainings of the same config with fresh seeds, each judged once: what the "
            "config is worth, with 95 % intervals. These weights "
            "themselves have not been judged on the test split."
        )
    else:
        yield "Nothing was measured on the test split."


def _titles(confirmed: Confirmed) -> list[str]:
    over = f"{len(confirmed.seeds)} seeds" + (f" x {confirmed.folds} folds" if confirmed.folds else "")
    return [f"test, {over}", f"validation, {over}"]


def _cells(confirmed: Confirmed, name: str) -> list[str]:
    return [_interval(split.get(name)) for split in (confirmed.test, confirmed.validation)]


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f"{interval.mean:.4g}" + (
        f" ± {interval.half_width:.2g}" if interval.half_width is not None else ""
    )


def _training(facts: ModelFacts, config: TrainConfig) -> Iterator[str]:
    origin = facts.origin
    yield f"- Config: `{CONFIG}`; `python -m trainers {CONFIG}` trains it again."
    yield f"- Seed {facts.seed}, at most {config.epochs} epochs, best epoch {facts.epoch}."
    if origin.params:
        chosen = ", ".join(f"`{name}` {_plain(value)}" for name, value in origin.params.items())
        yield f"- Searched: {chosen}."
    if origin.trainings > 1:
        yield f"- The config was trained {origin.trainings} times; this is the first training."
    device = f" on {_plain(origin.device_name)}" if origin.device_name else ""
    yield f"- {facts.metrics['train_seconds']:.3g} seconds of training up to that epoch{device}."
    if origin.versions:
        yield f"- Versions: {', '.join(f'{name} {number}' for name, number in origin.versions.items())}."
    if origin.git_commit:
        yield f"- Commit {origin.git_commit}."


def _limits(facts: ModelFacts, config: TrainConfig) -> Iterator[str]:
    if config.dataset.split_by == "classes":
        yield "- Validation is of classes that were never trained; classes of another kind may fare worse."
    else:
        yield "- Validation is of the classes that were trained; nothing is known of other classes."
    yield "- Images that differ from the training's in source, size or colour may be embedded badly."
    yield "- An embedding says who is near whom, and not what something is; distances have no unit."
    if len(facts.labels.trained) < len(facts.labels.names) and config.dataset.split_by == "samples":
        yield "- Some classes had no image to train on."


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _plain(value: Any) -> str:
    """Return a value as text that is no markup and on one line."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in " ".join(str(value).split()))
