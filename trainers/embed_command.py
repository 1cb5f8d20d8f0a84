"""`python -m trainers embed DIR IMAGES… --to FILE`: the embeddings of images, in a file."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import trainers
from trainers.model.images import files_at
from trainers.search.embedding_file import Embeddings, require_writable, write_embeddings
from trainers.threads_option import add_threads
from trainers.training.seeding import set_threads


def embed(arguments: Sequence[str]) -> str:
    """Embed images as the command line says, and return what was done, in a line.

    Raises:
        TrainerError: the model, an image or the file is at fault.
    """
    options = _parser().parse_args(arguments)
    set_threads(options.threads)
    require_writable(options.to)
    files = [file for path in options.images for file in files_at(path)]
    embedder = trainers.load(options.model, options.device)
    vectors, names = embedder.embed(files).cpu(), [str(file) for file in files]
    digest = embedder.facts.weights_sha256
    write_embeddings(options.to, Embeddings(vectors, names, has_paths=True, model=digest))
    return f"{options.to}: {len(files)} embeddings of {embedder.lsdim} numbers"


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add what every command with a model takes: its folder, the device and the number of threads."""
    parser.add_argument("model", type=Path, metavar="DIR", help="the model's folder, which tuner model wrote")
    parser.add_argument(
        "--device", default="auto", help="of torch, such as cpu or cuda:1 (default: a GPU if there is one)"
    )
    add_threads(parser)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainers embed", description="Write the embeddings of images into a file."
    )
    add_model(parser)
    parser.add_argument(
        "images", type=Path, nargs="+", metavar="IMAGES", help="image files, or folders of them"
    )
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FILE",
        help="x.npy for an array (N, D); x.parquet for a row an image, with its path",
    )
    return parser
