"""A table fits into its window, and nothing of it is cut."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from tuner.results.fitted_table import FittedTable

HEADS = ["trial", "map_at_r ↑", "labelled_samples ↓", "loss.margin", "unsupervised.prior.components", "kind"]
ROWS = [
    ["24", "0.9982", "429", "0.5452", "10", "5/8, 1 stopped, 12 failed"],
    ["5", "0.912 ± 0.014", "99", "0.7697", "2", "☠️ שלום"],
]


def drawn(table: FittedTable, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(("width", "tables"), [(200, 1), (100, 1), (80, 1), (60, 2), (45, 3)])
def test_no_head_and_no_value_is_cut(width: int, tables: int) -> None:
    text = drawn(FittedTable("front", HEADS, ROWS, left=["kind"]), width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert text.count("┏") == text.count(" trial ") == tables  # the first column stands in each
    parts = [part for head in HEADS for part in re.findall(r"[^._ ]+[._]?", head)]
    parts += [part for row in ROWS for value in row for part in value.split(", ")]
    assert [part for part in parts if part not in text] == []
    assert "…" not in text


def test_heads_are_broken_after_a_dot_and_values_after_a_comma() -> None:
    rows = [["24", "5/8, 1 stopped, 12 failed", "0.5"]]
    assert drawn(FittedTable("", ["trial", "trials", "loss.margin"], rows), 34).splitlines() == [
        "┏━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━┓",
        "┃       ┃            ┃     loss. ┃",
        "┃ trial ┃     trials ┃    margin ┃",
        "┡━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━┩",
        "│    24 │       5/8, │       0.5 │",
        "│       │ 1 stopped, │           │",
        "│       │  12 failed │           │",
        "└───────┴────────────┴───────────┘",
    ]


def test_a_name_that_is_wider_than_the_window_is_folded() -> None:
    text = drawn(FittedTable("studies", ["study", "trials"], [["x" * 200, "5/8"]]), 80)
    assert text.count("x") == 200
    assert max(map(cell_len, text.splitlines())) <= 80
