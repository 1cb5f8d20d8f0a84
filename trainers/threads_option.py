"""The option `--threads` of the commands of this package."""

from argparse import ArgumentParser


def add_threads(parser: ArgumentParser) -> None:
    """Add the option: ``threads`` in [1, 256], 1 if it is not given."""
    parser.add_argument(
        "--threads",
        type=int,
        choices=range(1, 257),
        default=1,
        metavar="N",
        help="threads for torch and scikit-learn (default: 1)",
    )
