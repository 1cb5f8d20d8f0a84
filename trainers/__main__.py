"""One training by hand: ``python -m trainers FILE [key=value …] [--out DIR] [--no-figures]``."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from trainers.config import TrainConfig, load_config
from trainers.errors import TrainerError, TrainingStopped
from trainers.evaluation import METRICS
from trainers.figures import draw
from trainers.threads_option import add_threads
from trainers.training.seeding import set_threads
from trainers.training.trainer import Evaluation, Trainer

REPORTED = ("loss", "map_at_r", "recall_at_1", "ari")


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a config file and return the exit code.

    A line an epoch goes to stderr, the best epoch's metrics to stdout as JSON. 0: done; 2: the config, or the
    data it names, is at fault; 3: the training stopped itself; 130: interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        set_threads(options.threads)
        config = load_config(options.file, options.overrides)
        folder = options.out or Path("runs") / options.file.stem
        best = _train(config, folder, options.figures)
    except TrainingStopped as stop:
        _say(f"stopped: {stop.reason}")
        return 3
    except TrainerError as error:
        _say(str(error))
        return 2
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    metrics = {name: best.metrics[name] for name in METRICS if name in best.metrics}
    print(json.dumps({"epoch": best.epoch, **metrics}, indent=2))
    return 0


def _train(config: TrainConfig, folder: Path, figures: bool) -> Evaluation:
    trainer = Trainer(config)
    _say(", ".join(f"{name} {value}" for name, value in trainer.facts().items()))
    for evaluation in trainer.fit():
        trainer.save(folder)
        values = "  ".join(f"{name} {evaluation.metrics[name]:.4g}" for name in REPORTED)
        health = evaluation.health
        state = health.verdict if health.verdict == "healthy" else f"{health.verdict}: {health.reason}"
        _say(f"epoch {evaluation.epoch}/{config.epochs}  {values}  {trainer.train_seconds:.1f} s  {state}")
    _say(f"the best epoch is {trainer.best.epoch}; its weights lie in {folder / 'model.safetensors'}")
    if figures:
        trainer.load_weights(folder / "model.safetensors")
        _say("\n".join(draw(trainer, folder)))
    return trainer.best


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainers", description="Train and evaluate one config.")
    parser.add_argument("--version", action="version", version=f"metric-tuner {version('metric-tuner')}")
    parser.add_argument("file", type=Path, help="a YAML file with the keys of a training config")
    parser.add_argument(
        "overrides", nargs="*", metavar="key=value", help="replaces a value, such as loss.margin=0.2"
    )
    parser.add_argument(
        "--out", type=Path, help="folder for weights and state (default: runs/ and the file's name)"
    )
    add_threads(parser)
    parser.add_argument(
        "--no-figures",
        dest="figures",
        action="store_false",
        help="draw none at the end; python -m trainers.figures and the folder draws them later",
    )
    return parser


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
