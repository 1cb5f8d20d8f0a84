"""`python -m trainers search DIR GALLERY QUERY…`: the nearest images of a gallery."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import trainers
from trainers.embed_command import add_model
from trainers.errors import TrainerError
from trainers.model.embedder import Embedder
from trainers.model.images import files_at
from trainers.search.embedding_file import ENDINGS, Embeddings, read_embeddings
from trainers.search.nearest import Neighbours, nearest
from trainers.training.seeding import set_threads


def search(arguments: Sequence[str]) -> str:
    """Search as the command line says, draw if it says so, and return a table.

    Raises:
        TrainerError: the model, an image, the gallery or the picture's file is at fault.
    """
    options = _parser().parse_args(arguments)
    set_threads(options.threads)
    if options.to is not None and options.to.suffix != ".png":
        raise TrainerError(f"{options.to}: a picture of neighbours is a PNG file; name a file .png")
    queries = [file for path in options.queries for file in files_at(path)]
    embedder = trainers.load(options.model, options.device)
    gallery = _gallery(options.gallery, embedder)
    points, wanted = embedder.points(gallery.vectors), embedder.points(embedder.embed(queries).cpu())
    found = list(nearest(points, wanted, options.neighbours))
    if options.to is not None:
        _draw(options.to, embedder, queries, gallery, found)
    return "\n".join(_table(queries, gallery.names, found))


def _gallery(path: Path, embedder: Embedder) -> Embeddings:
    digest = embedder.facts.weights_sha256
    if path.suffix in ENDINGS:
        return read_embeddings(path, embedder.lsdim, digest)
    files = files_at(path)
    names = [str(file) for file in files]
    return Embeddings(embedder.embed(files).cpu(), names, has_paths=True, model=digest)


def _draw(
    file: Path,
    embedder: Embedder,
    queries: Sequence[Path],
    gallery: Embeddings,
    found: Sequence[Neighbours],
) -> None:
    from trainers.search.neighbour_sheet import neighbour_sheet  # noqa: PLC0415 - draws, which takes seconds to import

    if not gallery.has_paths:
        raise TrainerError(
            f"{file}: an array knows no images to draw; embed the gallery into a .parquet file"
        )
    try:
        neighbour_sheet(embedder, queries, gallery.names, found).save(file)
    except OSError as error:
        raise TrainerError(f"{file}: cannot be written: {error.strerror}") from error


def _table(queries: Sequence[Path], names: Sequence[str], found: Sequence[Neighbours]) -> Iterator[str]:
    width = max(len("query"), *(len(str(query)) for query in queries))
    yield f"{'query':{width}}  rank   distance  neighbour"
    for query, neighbours in zip(queries, found, strict=True):
        pairs = zip(neighbours.positions.tolist(), neighbours.distances.tolist(), strict=True)
        for rank, (position, distance) in enumerate(pairs, 1):
            yield f"{query!s:{width}}  {rank:4}  {distance:9.4g}  {names[position]}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m trainers search", description="Print the nearest images of a gallery, for each query."
    )
    add_model(parser)
    parser.add_argument(
        "gallery", type=Path, metavar="GALLERY", help="a folder of images, or the file that embed made of it"
    )
    parser.add_argument(
        "queries", type=Path, nargs="+", metavar="QUERY", help="image files, or folders of them"
    )
    parser.add_argument(
        "--neighbours", type=_positive, default=8, metavar="K", help="how many for each query (default: 8)"
    )
    parser.add_argument("--to", type=Path, metavar="FILE", help="a PNG file for a picture of them")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: must be 1 or more")
    return number
