"""The figures of a training done before: ``python -m trainers.figures FOLDER``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trainers.errors import TrainerError
from trainers.figures import draw
from trainers.figures.training_folder import load_training
from trainers.threads_option import add_threads
from trainers.training.seeding import set_threads


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw a training's figures into its folder and return the exit code.

    A line a figure goes to stdout. 0: done; 2: the folder, or the data its config names, is at fault; 130:
    interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        set_threads(options.threads)
        print("\n".join(draw(load_training(options.folder), options.folder)))
    except TrainerError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainers.figures",
        description="Draw learning curves, embedding map and gallery of a training, or of a study's trial.",
    )
    parser.add_argument(
        "folder", type=Path, help="the folder with model.safetensors and state.safetensors; figures go there"
    )
    add_threads(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
