"""The sheet on which pictures stand in rows: a query, then its neighbours."""

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

FRAME_PX = 4
GAP_PX = 10
CAPTION_PX = 18
PICTURE_PX = 96  # small images are enlarged by a whole factor to about this size
MOST_PX = 224

BACKGROUND = (255, 255, 255)
INK = (40, 40, 40)
QUERY = (127, 127, 127)
NEUTRAL = (214, 214, 214)


def tile_corner(row: int, column: int, picture_size: tuple[int, int]) -> tuple[int, int]:
    """Return the pixel (x, y) at the upper left of a tile's frame; column 0 has the queries."""
    width, height = (side + 2 * FRAME_PX + GAP_PX for side in picture_size)
    apart = GAP_PX if column else 0  # sets the queries off
    return GAP_PX + column * width + apart, CAPTION_PX + GAP_PX + row * (height + CAPTION_PX)


def picture_size(height: int, width: int) -> tuple[int, int]:
    """Return how wide and high images are drawn, in pixels: enlarged by a whole factor, or made smaller."""
    side = max(height, width)
    factor = max(1, round(PICTURE_PX / side)) if side <= MOST_PX else MOST_PX / side
    return max(1, round(width * factor)), max(1, round(height * factor))


class Sheet:
    """What the tiles are put on: a number over every column, a name under every tile.

    Attributes:
        image: the whole of it.
    """

    def __init__(self, rows: int, columns: int, size: tuple[int, int]) -> None:
        self.size = size
        self.font = ImageFont.load_default(CAPTION_PX - 5)
        self.image = Image.new("RGB", tile_corner(rows, columns, size), BACKGROUND)
        self.pen = ImageDraw.Draw(self.image)
        for column in range(columns):
            x, y = tile_corner(0, column, size)
            self._write(str(column) if column else "query", x, y - CAPTION_PX)

    def put(self, row: int, column: int, pixels: Tensor, frame: tuple[int, int, int], name: str) -> None:
        """Put a picture (1 or 3, H, W) on its place, with a frame of this colour and a name under it."""
        x, y = tile_corner(row, column, self.size)
        width, height = (side + 2 * FRAME_PX for side in self.size)
        self.pen.rectangle((x, y, x + width - 1, y + height - 1), outline=frame, width=FRAME_PX)
        self.image.paste(_picture(pixels, self.size), (x + FRAME_PX, y + FRAME_PX))
        self._write(name, x, y + height)

    def _write(self, words: str, x: int, y: int) -> None:
        """Write one line, cut to the width of a tile, under its middle."""
        room = self.size[0] + 2 * FRAME_PX
        line = words
        while self.font.getlength(line) > room and len(line) > 1:
            line = line.removesuffix("…")[:-1] + "…"
        self.pen.text((x + room / 2, y), line, INK, self.font, anchor="ma")


def _picture(pixels: Tensor, size: tuple[int, int]) -> Image.Image:
    """Return pixels (1 or 3, H, W) in the size they are drawn in."""
    channels_last = pixels.expand(3, -1, -1).permute(1, 2, 0).contiguous().numpy()
    larger = size[0] >= pixels.shape[2]
    return Image.fromarray(channels_last).resize(
        size, Image.Resampling.NEAREST if larger else Image.Resampling.BOX
    )
