"""The lines of a boundary-point TXT: header, parcel lines, vertex rows.

Here text becomes numbers and words, with the line they stand in; what they mean is
decided in `boundary_txt_crs` and `boundary_txt_shape`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.text import Message, message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Line = tuple[int, str]

SECTION = re.compile(r"[\[【〔]\s*([^\[\]【】〔〕]+?)\s*[\]】〕]")
MARK = "[@\uff20]"
"""The end of a parcel line, half or full width."""
HEADER, PARCELS = "属性描述", "地块坐标"
SHAPES: Mapping[str, str] = {
    word: shape
    for shape, words in (
        ("polygon", ("面", "面状", "多边形", "polygon")),
        ("line", ("线", "线状", "polyline", "line")),
        ("point", ("点", "点状", "point")),
    )
    for word in words
}
SHAPE_AT = 4
"""Position of the word 面, 线 or 点 in a parcel line."""
FIELDS_USUAL = range(7, 14)
MAX_FIELDS = 64
MAX_DIGITS = 12
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
RING = re.compile(r"\d{1,4}")
ROW_CELLS = 4
ORDINARY = re.compile(
    r"[^,@]*,(\d{1,4}),([+-]?\d+(?:\.\d*)?),([+-]?\d+(?:\.\d*)?)", re.ASCII
)
"""Nearly every row of points; what it matches needs no closer look."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """A row ``点号,圈号,X,Y``: its line, ring number (None when blank), numbers."""

    line: int
    ring: int | None
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel line and the rows below it.

    Attributes
    ----------
    line
        Where the parcel line stands, counted from 1.
    fields
        What stands before the ``@``, as written, without outer blanks.
    shape
        polygon, line, point; None when the line does not say it.
    shifted
        Whether the word 面/线/点 stands elsewhere than in the fifth place.
    vertices
        In the order of the file.
    bad_lines
        Lines below it that are no vertex rows.
    odd
        What is unusual about the parcel line.
    wide_rows
        Number of vertex rows that hold more than four values.
    """

    line: int
    fields: tuple[str, ...]
    shape: str | None
    shifted: bool
    vertices: tuple[Vertex, ...]
    bad_lines: tuple[int, ...]
    odd: tuple[Message, ...]
    wide_rows: int

    def field(self, at: int) -> str | None:
        """Return a field by position, None where it is blank or not there."""
        return (self.fields[at] or None) if at < len(self.fields) else None


@dataclass(frozen=True, slots=True)
class Lines:
    """A file, taken apart.

    Attributes
    ----------
    header
        ``key=value`` of the section 属性描述, keys without blanks, values as written.
    header_odd
        Lines of that section that are no ``key=value``.
    parcels
        In the order of the file.
    other
        (name, number of lines) of every other section.
    """

    header: Mapping[str, str]
    header_odd: tuple[str, ...]
    parcels: tuple[Parcel, ...]
    other: tuple[tuple[str, int], ...]


def plain(text: str) -> str:
    """Return a text in half width, without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def whole(text: str) -> int | None:
    """Return a text as a whole number, or None when it is none (or absurdly long)."""
    digits = plain(text)
    return int(digits) if digits.isdecimal() and len(digits) < MAX_DIGITS else None


def take_apart(text: str, path: Path) -> Lines:
    """Take a text apart.

    Raises
    ------
    InputRefusedError
        There is no section 地块坐标, no parcel in it, a row that belongs to no parcel,
        or a header that says two things.
    """
    sections = _sections(text, path)
    header, odd = _header(
        [line for name, lines in sections if name == HEADER for line in lines], path
    )
    parcels = tuple(
        parcel
        for name, lines in sections
        if name == PARCELS
        for parcel in _parcels(lines, path)
    )
    if not parcels:
        raise refused(path, "a section [地块坐标] with parcels", "none")
    other = tuple(
        (name, len(lines)) for name, lines in sections if name not in (HEADER, PARCELS)
    )
    return Lines(header, odd, parcels, other)


def count_parcels(text: str) -> int:
    """Count the lines with an ``@`` below the heading, and look at nothing else."""
    below = re.split(rf"(?m)^\s*[\[\uff3b【〔]\s*{PARCELS}", text, maxsplit=1)[-1]
    return sum(bool(re.search(MARK, line)) for line in re.split(r"\r\n?|\n", below))


def refused(path: Path, expected: str, got: str) -> InputRefusedError:
    """Return the error for a file that is not built as it should be."""
    return InputRefusedError(
        source=path, expected=expected, got=got, todo="correct the file"
    )


def _sections(text: str, path: Path) -> list[tuple[str, list[Line]]]:
    """Cut a text at its [headings]; blank lines count but are left out."""
    sections: list[tuple[str, list[Line]]] = []
    # Not splitlines(): it also cuts at characters that may stand in a name.
    for number, raw in enumerate(re.split(r"\r\n?|\n", text), start=1):
        line = raw.strip()
        heading = None if ORDINARY.fullmatch(line) else SECTION.fullmatch(plain(line))
        if heading:
            sections.append((heading[1], []))
        elif line and not sections:
            expected = "a heading [属性描述] or [地块坐标] first"
            raise refused(path, expected, f"{line[:40]!r} in line {number}")
        elif line:
            sections[-1][1].append((number, line))
    return sections


def _header(
    lines: Sequence[Line], path: Path
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return key and value of each line, and the lines that have none."""
    values: dict[str, str] = {}
    odd: list[str] = []
    for number, line in lines:
        parts = re.split("[=\uff1d]", line, maxsplit=1)
        if len(parts) == 1:
            parts = re.split(r"[:：]", line, maxsplit=1)
        key, value = re.sub(r"\s+", "", plain(parts[0])), parts[-1].strip()
        if len(parts) == 1 or not key:
            odd.append(line)
        elif values.setdefault(key, value) != value:
            got = f"{key}={values[key]} and, in line {number}, {key}={value}"
            raise refused(path, "a header that says one thing", got)
    return values, tuple(odd)


def _parcels(lines: Sequence[Line], path: Path) -> list[Parcel]:
    """Gather parcel lines with the rows below them."""
    starts = [at for at, (_, line) in enumerate(lines) if _is_parcel_line(line)]
    if not lines:
        return []
    if not starts or starts[0] > 0:
        number, line = lines[0]
        got = f"{line[:60]!r} in line {number}"
        raise refused(path, "a parcel line that ends in @ before its points", got)
    ends = [*starts[1:], len(lines)]
    return [
        _parcel(lines[start], lines[start + 1 : end], path)
        for start, end in zip(starts, ends, strict=True)
    ]


def _is_parcel_line(line: str) -> bool:
    """Whether a line speaks of a parcel: it has an @, or 面/线/点 in its place."""
    if ORDINARY.fullmatch(line):
        return False
    if re.search(MARK, line):
        return True
    cells = _cells(line)
    return len(cells) > SHAPE_AT and plain(cells[SHAPE_AT]).lower() in SHAPES


def _parcel(head: Line, body: Sequence[Line], path: Path) -> Parcel:
    """Make a parcel of its line and its rows."""
    number, line = head
    fields, odd = _fields(line)
    if len(fields) > MAX_FIELDS:
        got = f"{len(fields)} in line {number}"
        raise refused(path, f"at most {MAX_FIELDS} fields in a parcel line", got)
    shape, shifted, shape_odd = _shape_word(fields)
    rows = [(at, *_vertex(at, row)) for at, row in body]
    return Parcel(
        line=number,
        fields=fields,
        shape=shape,
        shifted=shifted,
        vertices=tuple(one for _, one, _ in rows if one is not None),
        bad_lines=tuple(at for at, one, _ in rows if one is None),
        odd=(*odd, *shape_odd),
        wide_rows=sum(wide for _, _, wide in rows),
    )


def _fields(line: str) -> tuple[tuple[str, ...], list[Message]]:
    """Return what stands before the @, and what is odd about it."""
    odd: list[Message] = []
    body, mark, rest = re.sub(MARK, "@", line).rpartition("@")
    if not mark:
        body, rest = line, ""
        odd.append(message("boundary.no_mark"))
    if rest.strip():
        odd.append(message("boundary.text_after_mark", text=rest.strip()[:40]))
    cells = [cell.strip() for cell in body.split(",")]
    # A full-width comma separates only where the half-width one does not: a name
    # may hold it.
    if len(cells) < FIELDS_USUAL[0] or not re.fullmatch(r"\d*", plain(cells[0])):
        cells = [cell.strip() for cell in re.split("[,，]", body)]
    if mark and cells and not cells[-1]:
        cells.pop()
    if len(cells) not in FIELDS_USUAL:
        odd.append(message("boundary.field_count", count=len(cells)))
    return tuple(cells), odd


def _shape_word(fields: tuple[str, ...]) -> tuple[str | None, bool, list[Message]]:
    """Return the shape that a parcel line states, whether it is out of place."""
    words = [plain(field).lower() for field in fields]
    if len(words) > SHAPE_AT and words[SHAPE_AT] in SHAPES:
        return SHAPES[words[SHAPE_AT]], False, []
    places = [at for at, word in enumerate(words) if word in SHAPES]
    if len(places) == 1:
        said = message("boundary.shifted", place=places[0] + 1)
        return SHAPES[words[places[0]]], True, [said]
    return None, False, [message("boundary.no_shape")]


def _cells(line: str) -> list[str]:
    """Split a row at commas, semicolons or tabs, or else at blanks."""
    cells = [cell.strip() for cell in re.split(r"[,，;；、\t]", line)]
    if len(cells) == 1:
        cells = line.split()
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _vertex(line: int, row: str) -> tuple[Vertex | None, bool]:
    """Return the vertex of a row (None when it is none), and whether it holds more."""
    usual = ORDINARY.fullmatch(row)
    if usual:
        ring, first, second = usual.groups()
        return Vertex(line, int(ring), float(first), float(second)), False
    cells = _cells(plain(row))
    if len(cells) == ROW_CELLS - 1 and not RING.fullmatch(cells[1]):
        cells = [cells[0], "", *cells[1:]]
    wide = len(cells) > ROW_CELLS
    if len(cells) < ROW_CELLS or not RING.fullmatch(cells[1] or "1"):
        return None, wide
    numbers = cells[2:ROW_CELLS]
    if not all(NUMBER.fullmatch(one) for one in numbers):
        return None, wide
    number = int(cells[1]) if cells[1] else None
    return Vertex(line, number, float(numbers[0]), float(numbers[1])), wide
