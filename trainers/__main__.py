"""Without a study: ``python -m trainers FILE [key=value …]`` trains, ``embed`` and ``search`` use a model."""

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from trainers.config import load_config
from trainers.errors import TrainerError, TrainingStopped
from trainers.evaluation import METRICS
from trainers.threads_option import add_threads
from trainers.training.judging import result
from trainers.training.saving.history import MODEL, Evaluation
from trainers.training.saving.saver import Saver
from trainers.training.seeding import set_threads
from trainers.training.trainer import Trainer

REPORTED = ("loss", "map_at_r", "recall_at_1", "ari")
SAVE_SECONDS = 30


def main(arguments: Sequence[str] | None = None) -> int:
    """Train a config file, or use a model, and return the exit code.

    0: done; 2: the config, the model, or the data, is at fault; 3: the training stopped itself; 130:
    interrupted.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        print(_command(words))
    except TrainingStopped as stop:
        _say(f"stopped: {stop.reason}")
        return 3
    except TrainerError as error:
        _say(str(error))
        return 2
    except KeyboardInterrupt:
        _say("interrupted")
        return 130
    return 0


def _command(words: Sequence[str]) -> str:
    """Do what the words say, and return what goes to stdout."""
    if words[:1] == ["embed"]:
        from trainers.embed_command import embed  # noqa: PLC0415 - each command imports what it needs

        return embed(words[1:])
    if words[:1] == ["search"]:
        from trainers.search_command import search  # noqa: PLC0415

        return search(words[1:])
    return _train_file(words)


def _train_file(words: Sequence[str]) -> str:
    """Train a config file: a line an epoch to stderr; return the best epoch's metrics as JSON."""
    options = _parser().parse_args(words)
    set_threads(options.threads)
    config = load_config(options.file, options.overrides)
    folder = options.out or Path("runs") / options.file.stem
    trainer = Trainer(config)
    _train(trainer, folder)
    found = result(trainer, folder)
    if options.figures:
        _draw(trainer, folder)
    metrics = {name: found[name] for name in METRICS if name in found}
    return json.dumps({"epoch": trainer.best.epoch, **metrics}, indent=2)


def _train(trainer: Trainer, folder: Path) -> None:
    _say(", ".join(f"{name} {value}" for name, value in trainer.facts().items()))
    with Saver(trainer, folder, SAVE_SECONDS) as saver:
        for evaluation in trainer.fit():
            if failure := saver.save():
                _say(f"could not be saved: {failure}")
            _say(_line(trainer, evaluation))
    _say(f"the best epoch is {trainer.best.epoch}; its weights lie in {folder / MODEL}")


def _line(trainer: Trainer, evaluation: Evaluation) -> str:
    metrics, health = evaluation.metrics, evaluation.health
    values = "  ".join(f"{name} {metrics[name]:.4g}" for name in REPORTED if name in metrics)
    state = health.verdict if health.verdict == "healthy" else f"{health.verdict}: {health.reason}"
    epochs = f"epoch {evaluation.epoch}/{trainer.config.epochs}"
    return f"{epochs}  {values}  {trainer.train_seconds:.1f} s  {state}"


def _draw(trainer: Trainer, folder: Path) -> None:
    from trainers.figures import draw  # noqa: PLC0415 - takes seconds to import

    trainer.load_weights(folder / MODEL)
    _say("\n".join(draw(trainer, folder)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainers",
        description="Train and evaluate one config.",
        epilog="python -m trainers embed --help, search --help: how a trained model is used.",
    )
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
