"""Queries and their nearest neighbours as a picture."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from trainers.figures.sheet import NEUTRAL, QUERY, Sheet, picture_size
from trainers.model.embedder import Embedder
from trainers.search.nearest import Neighbours


def neighbour_sheet(
    embedder: Embedder, queries: Sequence[Path], gallery: Sequence[str], found: Sequence[Neighbours]
) -> Image.Image:
    """Return a row a query: the query, then its neighbours from the left, as the network sees them.

    Under each stands its file's name, under a neighbour its distance before that.

    Args:
        embedder: of a model of pixels.
        queries: image files, one or more.
        gallery: the paths of all images in the gallery.
        found: the neighbours of each query.

    Raises:
        DatasetError: an image is missing or damaged.
    """
    _, *size = embedder.facts.preprocessing.shape
    sheet = Sheet(len(queries), 1 + len(found[0].positions), picture_size(*size))
    for row, (query, neighbours) in enumerate(zip(queries, found, strict=True)):
        paths = [query, *(Path(gallery[position]) for position in neighbours.positions.tolist())]
        captions = [query.name]
        for path, distance in zip(paths[1:], neighbours.distances.tolist(), strict=True):
            captions.append(f"{distance:.3g} {path.name}")
        for column, (pixels, caption) in enumerate(zip(embedder.seen(paths), captions, strict=True)):
            sheet.put(row, column, pixels, NEUTRAL if column else QUERY, caption)
    return sheet.image
