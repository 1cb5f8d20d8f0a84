"""What the figures of trainings look like."""

from itertools import pairwise

from trainers.figures.palette import COLOURS, class_marker


def test_a_class_is_known_by_its_symbol_and_colour() -> None:
    markers = [class_marker(label) for label in range(80)]
    assert len({(marker["color"], marker["symbol"]) for marker in markers}) == 80
    assert all(one["symbol"] != other["symbol"] for one, other in pairwise(markers))
    assert {marker["color"] for marker in markers} == set(COLOURS)
