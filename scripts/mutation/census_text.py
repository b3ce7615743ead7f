"""Second counts of text formats, from tokens and lines alone."""

from __future__ import annotations

import math
import re
import zipfile
from typing import TYPE_CHECKING

from mutation.census import Census, Shape, number, of, shape_of, wkt_numbers

if TYPE_CHECKING:
    from pathlib import Path

CODE = "红线编码"
JSON_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\]:,]|[^\s{}\[\]:,"]+', re.DOTALL)
UNSEEN = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
CSV_LINE = re.compile(r'(?:[^"\r\n]|"(?:[^"]|"")*")+')
DXF_NAME = "LWPOLYLINE"
FEATURES = ["{", "[features"]


class _Walk:
    """Follows the tokens of a GeoJSON."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self._open: list[str] = []
        self._key = self._last = ""
        self._row: list[str] = []
        self._numbers: list[float] = []
        self._label: str | None = None

    def take(self, piece: str) -> None:
        """Go on by one token."""
        if piece in "{[":
            self._begin(piece)
        elif piece in "}]":
            self._end(piece)
        elif piece == ":":
            self._key = self._last.strip('"')
        elif piece == ",":
            self._key = ""
        else:
            self._value(piece)
        self._last = piece

    def _begin(self, piece: str) -> None:
        if self._open == FEATURES:
            self._numbers, self._label = [], None
        self._open.append(f"{piece}{self._key}")
        self._key, self._row = "", []

    def _end(self, piece: str) -> None:
        if piece == "]" and self._row:
            two = [number(one) for one in self._row[:2]]
            self._numbers += two if len(two) == 2 else [math.nan]  # noqa: PLR2004
        self._open.pop()
        self._row = []
        if self._open == FEATURES:
            self.shapes.append(shape_of(self._numbers, self._label))

    def _value(self, piece: str) -> None:
        if self._key == CODE:
            self._label, self._key = piece.strip('"'), ""
        if self._open[-1].startswith("[") and not piece.startswith('"'):
            self._row.append(piece)


def geojson(path: Path) -> Census:
    """Walk the tokens: objects in the list of features, lists of bare numbers."""
    walk = _Walk()
    for found in JSON_TOKEN.finditer(path.read_bytes().decode("utf-8", "replace")):
        walk.take(found.group())
    return of(walk.shapes)


def _elements(text: str, block: str, coordinates: str, code: str) -> Census:
    """Return the rows of an XML: blocks that begin with one tag, numbers of another."""
    shapes = []
    for piece in re.split(block, UNSEEN.sub("", text))[1:]:
        numbers: list[float] = []
        for found in re.finditer(coordinates, piece):
            words = re.split(r"[\s,]+", found.group(1).strip())
            numbers += [number(one) for one in words]
        label = re.search(code, piece)
        shapes.append(shape_of(numbers, label.group(1).strip() if label else None))
    return of(shapes)


def kml(path: Path) -> Census:
    """Split at the tags of Placemarks; heights do not occur in the seed."""
    return _elements(
        path.read_bytes().decode("utf-8", "replace"),
        r"<Placemark[\s>/]",
        r"<coordinates>([^<]*)<",
        rf'<SimpleData name="{CODE}">([^<]*)<',
    )


def gml(path: Path) -> Census:
    """Split at the tags of members."""
    return _elements(
        path.read_bytes().decode("utf-8", "replace"),
        r"<(?:\w+:)?(?:featureMember|member)[\s>]",
        r"<gml:(?:posList|pos|coordinates)[^>]*>([^<]*)<",
        rf"<ogr:{CODE}>([^<]*)<",
    )


def dxf(path: Path) -> Census:
    """Take pairs of lines; a name that stands in no pair is a row that nobody reads."""
    lines = [
        one.strip() for one in path.read_bytes().decode("utf-8", "replace").split("\n")
    ]
    shapes: list[Shape] = []
    numbers: list[float] | None = None
    closed = False
    for code, value in zip(lines[0::2], lines[1::2], strict=False):
        if code == "0":
            if numbers is not None:
                shapes.append(_closed(numbers, closed=closed))
            numbers = [] if value == DXF_NAME else None
            closed = False
        elif numbers is not None and code in {"10", "20"}:
            numbers.append(number(value))
        elif numbers is not None and code == "70":
            closed = value.isdecimal() and bool(int(value) & 1)
    rows = max(lines.count(DXF_NAME), lines.count("AcDbPolyline"))
    return Census(rows, tuple(shapes) if rows == len(shapes) else None)


def _closed(numbers: list[float], *, closed: bool) -> Shape:
    """Return a polyline as the ring that it is when closed."""
    ends_meet = numbers[:2] == numbers[-2:]
    return shape_of([*numbers, *numbers[:2]] if closed and not ends_meet else numbers)


def csv(path: Path) -> Census:
    """Split into lines outside quotes; the shape is the quoted cell."""
    text = path.read_bytes().decode("gb18030", "replace")
    lines = [one for one in CSV_LINE.findall(text) if one.strip(", ")]
    shapes = []
    for line in lines[1:]:
        quoted = re.search(r'"([^"]*)"', line)
        numbers = wkt_numbers(quoted.group(1)) if quoted else [math.nan]
        shapes.append(shape_of(numbers, line.partition(",")[0].strip()))
    return of(shapes)


def boundary(path: Path) -> Census:
    """Take lines that end with @ as parcels, and lines of four cells as vertices."""
    text = path.read_bytes().decode("gb18030", "replace")
    parcels: list[list[float]] = []
    for line in text.split("\n"):
        cells = line.strip().split(",")
        if cells[-1].endswith("@"):
            parcels.append([])
        elif parcels and len(cells) >= 4:  # noqa: PLR2004 - point, ring, x, y, more
            parcels[-1] += [number(one.strip()) for one in cells[2:4]]
        elif parcels and line.strip():
            parcels[-1].append(math.nan)
    return of(shape_of(one) for one in parcels)


def xlsx(path: Path) -> Census:
    """Read rows and shared strings with patterns: code in column A, WKT in C."""
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode("utf-8", "replace")
        shared = archive.read("xl/sharedStrings.xml").decode("utf-8", "replace")
    texts = re.findall(r"<si><t[^>]*>([^<]*)</t></si>", shared)
    shapes = []
    for row in re.findall(r"<row [^>]*>(.*?)</row>", sheet, re.DOTALL)[1:]:
        cells = dict(re.findall(r'<c r="([A-Z]+)\d+" t="s"><v>(\d+)</v>', row))
        said = {
            at: texts[int(one)] for at, one in cells.items() if int(one) < len(texts)
        }
        numbers = wkt_numbers(said["C"]) if "C" in said else [math.nan]
        shapes.append(shape_of(numbers, said.get("A")))
    return of(shapes)
