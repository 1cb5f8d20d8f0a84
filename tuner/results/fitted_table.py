"""A table for people that fits into its window, of which nothing is cut."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from tuner.results.rows import cell

_OF_HEAD = re.compile(r"[^._ ]*[._ ]+|[^._ ]+")
_OF_VALUE = re.compile(r".*?, |.+")
_BORDER = 3  # columns of the terminal beside each column of the table


class FittedTable:
    """A table of which no head and no value is cut, however narrow the window.

    Where there is too little room, heads are broken after a dot or an underscore, values after a comma.
    Columns for which that is not enough follow below, beside the first one once more.

    Args:
        title: stands above it.
        heads: of the columns.
        rows: a text for each head.
        left: the heads of columns of words, which begin at the left; numbers end at the right.
    """

    def __init__(
        self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[str] = ()
    ) -> None:
        self.rows = [[cell(text).plain for text in row] for row in rows]
        self._title = title
        self._heads = [cell(head).plain for head in heads]
        self._left = left

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it in the width that there is."""
        room = options.max_width - 1
        columns = list(zip(self._heads, *self.rows, strict=True))
        wide = [max(map(cell_len, column)) for column in columns]
        least = [
            max(map(cell_len, [*_parts(_OF_HEAD, head), *_parts(_OF_VALUE, *values)]))
            for head, *values in columns
        ]
        title: str | None = self._title
        for block in _blocks(wide if _taken(wide) <= room else least, room):
            widths = _narrowed([wide[index] for index in block], [least[index] for index in block], room)
            table = Table(title=title and cell(title), title_justify="left")
            for index, width in zip(block, widths, strict=True):
                head = self._heads[index]
                table.add_column(
                    Text(_broken(_OF_HEAD, head, width)),
                    justify="left" if head in self._left else "right",
                    width=width,
                    overflow="fold",
                )
            # Rich takes half a second for a thousand rows: where none is broken, it draws the first alone.
            whole = all(width >= wide[index] for index, width in zip(block, widths, strict=True))
            for row in self.rows[: 1 if whole else None]:
                texts = zip(block, widths, strict=True)
                table.add_row(*(Text(_broken(_OF_VALUE, row[index], width)) for index, width in texts))
            *lines, last = console.render_lines(table, options, pad=False)
            edge = "|" if options.ascii_only else "│"
            more = self._lines(block, widths, edge) if whole else ()
            for line in (*lines, *more, last):
                yield from line
                yield Segment.line()
            title = None

    def _lines(self, block: Sequence[int], widths: Sequence[int], edge: str) -> Iterator[list[Segment]]:
        """Yield all rows but the first as rich draws them."""
        columns = [
            (index, width, self._heads[index] in self._left)
            for index, width in zip(block, widths, strict=True)
        ]
        for row in self.rows[1:]:
            cells = (_padded(row[index], width, left=left) for index, width, left in columns)
            yield [Segment(f"{edge} {f' {edge} '.join(cells)} {edge}")]


def _padded(text: str, width: int, *, left: bool) -> str:
    room = " " * (width - cell_len(text))
    return text + room if left else room + text


def _parts(pattern: re.Pattern[str], *texts: str) -> list[str]:
    return [part.rstrip() for text in texts for part in pattern.findall(text)]


def _taken(widths: Sequence[int]) -> int:
    return sum(width + _BORDER for width in widths)


def _blocks(widths: Sequence[int], room: int) -> list[list[int]]:
    """Return the columns that stand beside each other; the first one is in each block."""
    blocks = [[0]]
    for index in range(1, len(widths)):
        if len(blocks[-1]) > 1 and _taken([widths[each] for each in [*blocks[-1], index]]) > room:
            blocks.append([0])
        blocks[-1].append(index)
    return blocks


def _narrowed(wide: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Return the widths that fit: what has room above its least gives first, then the widest."""
    widths = list(wide)
    while _taken(widths) > room and max(widths) > 1:
        gives = max(range(len(widths)), key=lambda index: (widths[index] > least[index], widths[index]))
        widths[gives] -= 1
    return widths


def _broken(pattern: re.Pattern[str], text: str, width: int) -> str:
    """Return a text in lines of this width, if its parts are no wider."""
    lines = [""]
    for part in pattern.findall(text):
        if lines[-1] and cell_len((lines[-1] + part).rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(map(str.rstrip, lines))
