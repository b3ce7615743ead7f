"""How tall some blocks will stand on paper, so that a sheet can be kept to one page.

Word and Typst break lines by their own rules and Word's typefaces are those of the
reader's machine. This reckons with the wider and the taller of both: what fits here
fits there. A picture is made smaller for it, words are never left out.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache, singledispatch
from typing import TYPE_CHECKING

from spatial.report.blocks import (
    TEXT_WIDTH_MM,
    Blanks,
    Block,
    Figure,
    Heading,
    Items,
    Pairs,
    Paragraph,
    Quote,
    Text,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE_MM = 251.0
"""Height of the text on a sheet of A4, between the margins that both writers set."""
_WIDTHS = {
    " ": 0.25,
    "ijlI.,:;'|!": 0.33,
    "frt()[]-/°": 0.42,
    "mwMW%@": 0.95,
    "ABCDEFGHJKLNOPQRSTUVXYZ&": 0.74,
}
"""Of the width of a Chinese sign, the wider of Noto Sans CJK (bold) and Times New Roman
(by Liberation Serif, which has its widths), rounded up."""
_WIDTH_OF = {sign: wide for signs, wide in _WIDTHS.items() for sign in signs}
_NARROW = 0.6  # other letters, and figures
_TOKENS = re.compile(r"[!-~]+|.")  # a word of Latin letters is not parted, others are
_LABEL = 0.24
_TABLE_END_MM, _BLANK_MM = 5.0, 9.6
_SIGN_MM = {"body": 3.71, "lead": 4.06, "title": 3.71, "remark": 3.18, "notice": 3.71}
_LINE_MM = {"body": 5.6, "lead": 6.1, "title": 5.6, "remark": 4.8, "notice": 5.6}
_SPACE_MM = {"body": 2.2, "lead": 3.0, "title": 3.4, "remark": 3.0, "notice": 5.2}


def lines_of(text: Text, width_mm: float, sign_mm: float) -> int:
    """Return how many lines a text fills, at least one.

    Parameters
    ----------
    text
        The words.
    width_mm
        Of the column.
    sign_mm
        Width of a Chinese sign; Latin letters count for a quarter to the whole of it.
        One sign a line is left free, for one that may not begin the next.

    Examples
    --------
    >>> lines_of("红线" * 10, 50.0, 5.0), lines_of("", 50.0, 5.0)
    (3, 1)
    >>> lines_of("red line red line", 30.0, 5.0)  # five signs: "red line" is 4.1
    2
    """
    there = max(1.0, math.floor(width_mm / sign_mm) - 1)  # a sign that may not begin
    return sum(_lines(line, there) for line in plain(text).split("\n"))


def _lines(text: str, there: float) -> int:
    """Return how many lines one takes that is broken where words end."""
    lines, used = 1, 0.0
    for token in _TOKENS.findall(text):
        width = sum(map(_wide, token))
        if used + width <= there:
            used += width
        elif not token.isspace():  # what is longer than a line is parted anywhere
            more = math.ceil(width / there)
            lines += more if used else more - 1
            used = width - (more - 1) * there
    return lines


@cache
def _wide(sign: str) -> float:
    """Return the width of a sign, that of a Chinese one being 1."""
    if unicodedata.east_asian_width(sign) in "WFA":
        return 1.0
    return _WIDTH_OF.get(sign, _NARROW)


def height_mm(blocks: Iterable[Block]) -> float:
    """Return how tall some blocks stand below each other, in millimetres.

    Raises
    ------
    TypeError
        One is of a kind that no sheet holds: a table may go over pages.
    """
    return sum(map(_height, blocks))


@singledispatch
def _height(block: Block) -> float:
    msg = f"the height of a {type(block).__name__} is not known"
    raise TypeError(msg)


@_height.register(Heading)
def _(block: Heading) -> float:
    return 11.0 + 6.8 * (lines_of(block.text, TEXT_WIDTH_MM - 12, 4.6) - 1)


@_height.register(Paragraph)
def _(block: Paragraph) -> float:
    width = TEXT_WIDTH_MM - (8 if block.sort == "notice" else 0)
    lines = lines_of(block.text, width, _SIGN_MM[block.sort])
    return lines * _LINE_MM[block.sort] + _SPACE_MM[block.sort]


@_height.register(Items)
def _(block: Items) -> float:
    width = TEXT_WIDTH_MM - 8
    lines = (lines_of(one, width, _SIGN_MM["body"]) for one in block.items)
    return sum(one * _LINE_MM["body"] + 1.5 for one in lines) + 1.0


@_height.register(Pairs)
def _(block: Pairs) -> float:
    widths = TEXT_WIDTH_MM * _LABEL - 3, TEXT_WIDTH_MM * (1 - _LABEL) - 3
    rows = (
        max(
            lines_of(text, width, 3.18)
            for text, width in zip(pair, widths, strict=True)
        )
        for pair in block.pairs
    )
    return sum(4.65 * one + 0.5 for one in rows) + _TABLE_END_MM


@_height.register(Quote)
def _(block: Quote) -> float:
    lines = lines_of(block.text, TEXT_WIDTH_MM - 8, 3.71)
    source = lines_of(block.source, TEXT_WIDTH_MM - 8, 3.18)
    return lines * 5.6 + source * 4.8 + 3.8


@_height.register(Blanks)
def _(block: Blanks) -> float:
    rows = math.ceil(len(block.labels) / 2) + block.rows
    return rows * _BLANK_MM + _TABLE_END_MM


@_height.register(Figure)
def _(block: Figure) -> float:
    wide, high = png_size(block.png)
    caption = lines_of(block.title, TEXT_WIDTH_MM - 14, 3.36) * 5.1  # and its number
    return min(block.width_mm, TEXT_WIDTH_MM) * high / wide + caption + 6.0


def png_size(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG in pixels, from its header.

    Raises
    ------
    ValueError
        The bytes are no PNG.
    """
    if png[:8] != b"\x89PNG\r\n\x1a\n" or png[12:16] != b"IHDR":
        msg = "expected the bytes of a PNG, got others"
        raise ValueError(msg)
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
