"""A few validation images, each with its nearest neighbours."""

import torch
from PIL import Image

from trainers.figures.neighbours import choose_queries, nearest
from trainers.figures.sheet import QUERY, Sheet, picture_size
from trainers.figures.validation import ValidationSplit
from trainers.training.seeding import derive

QUERIES = 8
NEIGHBOURS = 8

# Blue and orange stay apart for colour-blind readers.
RIGHT = (31, 119, 180)
WRONG = (230, 97, 1)


def gallery(validation: ValidationSplit, seed: int) -> Image.Image:
    """Return eight seeded queries, a row each: the query, then its eight nearest neighbours from the left.

    A neighbour's frame is blue if it has the query's class and orange if not; the query's is grey. Under each
    stands its class. Queries are of different classes as far as there are; see ``choose_queries`` and
    ``nearest``. Only validation images are shown.

    Args:
        validation: the whole split; its data are pixels.
        seed: picks the queries.
    """
    queries = choose_queries(validation.labels, QUERIES, derive(seed, "queries")).tolist()
    rows = [torch.tensor([query, *nearest(validation, query, NEIGHBOURS).tolist()]) for query in queries]
    pictures = [validation.pictures(row) for row in rows]
    sheet = Sheet(len(rows), max(map(len, rows)), picture_size(*pictures[0].shape[2:]))
    for row, positions in enumerate(rows):
        labels = validation.labels[positions]
        for column, label in enumerate(labels.tolist()):
            frame = QUERY if not column else RIGHT if label == labels[0] else WRONG
            sheet.put(row, column, pictures[row][column], frame, validation.data.class_names[label])
    return sheet.image
