"""Cells that hold a whole list of coordinates: one row a site, one cell its outline."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.errors import InputRefusedError
from layers.formats.coordinates import is_blank
from layers.formats.pairs import PairError, pairs_of
from layers.formats.parcels import SHAPES, Outlines
from layers.formats.pasted import put_in_order
from layers.formats.vertex_rows import Key, Shape, Vertex, assemble
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from layers.formats.headings import Headings
    from layers.formats.pairs import Pair
    from layers.formats.pasted import Order
    from layers.formats.raw import Found

LONGEST_PIECE = 400
MAX_CHARACTERS = 2_000_000
MIN_RING = 3
PIECES = re.compile(r"[;；\r\n]+|(?<=[)）\]】])[\s,，、]*(?=[(（\[【])")
DECIMAL = r"[-+]?\d+\.\d+"
BLANK_PAIRS = re.compile(
    rf"\s*{DECIMAL}\s+{DECIMAL}\s*(?:[,，、]\s*{DECIMAL}\s+{DECIMAL}\s*)+"
)
OUTLINE = re.compile("拐点|界址|边界|范围|角点|顶点|outline|boundary|polygon|vertices")
LON_LAT = re.compile(r"(?P<lon>经度|lon)|(?P<lat>纬度|lat)")


def pairs_in(cell: object) -> list[Pair] | None:
    """Return the pairs of a cell; None where it is no list of pairs.

    Pairs stand between semicolons, line ends or brackets, or, each with a blank
    inside, between commas; every spelling of pasted coordinates is understood.

    Examples
    --------
    >>> [len(pairs_in(one)) for one in ("107.1,40.2;107.3,40.4", "(107 40)(108 40)")]
    [2, 2]
    >>> pairs_in("107.1,40.2,107.3") is None
    True
    """
    text = str(cell)
    if len(text) > MAX_CHARACTERS:
        return None
    pieces = [
        part
        for piece in PIECES.split(text)
        for part in (
            re.split("[,，、]", piece) if BLANK_PAIRS.fullmatch(piece) else [piece]
        )
        if part.strip(" \t,，、()（）[]【】")
    ]
    if not pieces or max(map(len, pieces)) > LONGEST_PIECE:
        return None
    try:
        return [pair for piece in pieces for pair in pairs_of(piece.strip(" ,，、"))]
    except (PairError, InputRefusedError):
        return None


def read_lists(
    table: pd.DataFrame, column: str, headings: Headings, path: Path
) -> tuple[Outlines, bool]:
    """Return one geometry a row, and whether the coordinates are degrees.

    Returns
    -------
    tuple
        A single pair is a point. More are an outline where the heading says so
        (拐点坐标, 界址点坐标, 边界坐标 ...), a column of shapes says 面, or the last
        pair repeats the first. A cell with anything unreadable costs its whole row.

    Raises
    ------
    InputRefusedError
        Pairs that do not come back to the first and of which nobody says whether they
        are an area or a line; an order of longitude and latitude that cannot be told;
        degrees and metres together; no readable cell at all.
    """
    cells = table[column].tolist()
    lists = [None if is_blank(one) else pairs_in(one) for one in cells]
    rows = [at for at, one in enumerate(lists) if one]
    if not rows:
        example = next((str(one)[:40] for one in cells if not is_blank(one)), "blanks")
        raise _refuse(path, column, f"“{example}”", "write 107.1,40.2;107.3,40.4")
    pairs = [pair for at in rows for pair in lists[at] or ()]
    try:
        placed = put_in_order(pairs, _order_in(column))
    except InputRefusedError as error:
        raise _refuse(path, column, error.got, error.todo) from error
    owners = [at for at in rows for _ in lists[at] or ()]
    vertices = [
        Vertex(at, (float(x), float(y)), (str(at + 1),), pair.ring, pair.label)
        for at, pair, (x, y) in zip(owners, pairs, placed.xy, strict=True)
    ]
    said = headings.roles.get("shape")
    shapes = _shapes(table, vertices, column, said=said, path=path)
    made = assemble(vertices, shapes)
    geometry = np.full(len(table), None, dtype=object)
    geometry[rows] = made.geometry
    there = np.array([not is_blank(one) for one in cells], dtype=bool)
    bad = [
        str(one)[:40]
        for one, pairs in zip(cells, lists, strict=True)
        if not is_blank(one) and not pairs
    ]
    read: dict[str, str | float] = {
        "column": column,
        "rows": len(rows),
        "pairs": len(pairs),
    }
    found: list[Found] = [("list_cells_read", read), *placed.found]
    if bad:
        facts: dict[str, str | float] = {
            "column": column,
            "count": len(bad),
            "example": bad[0],
        }
        found.append(("coordinates_unclear", facts))
    found += [one for one in made.found if one[0] != "vertices_assembled"]
    own = [one for one in (column, said) if one]
    outlines = Outlines(
        table.drop(columns=own),
        geometry,
        there & shapely.is_missing(geometry),
        tuple(found),
    )
    return outlines, placed.is_degrees


def _order_in(column: str) -> Order | None:
    """Return the order that a heading names: 坐标(纬度,经度)."""
    said = [one.lastgroup for one in LON_LAT.finditer(fold(column))]
    if said == ["lon", "lat"]:
        return "lon_lat"
    return "lat_lon" if said == ["lat", "lon"] else None


def _shapes(
    table: pd.DataFrame,
    vertices: Sequence[Vertex],
    column: str,
    *,
    said: str | None,
    path: Path,
) -> dict[Key, Shape]:
    """Return what the list of each row is."""
    groups: dict[Key, list[Vertex]] = {}
    for one in vertices:
        groups.setdefault(one.parcel, []).append(one)
    shapes: dict[Key, Shape] = {}
    for key, members in groups.items():
        word = None if said is None else table[said].iloc[members[0].row]
        shape = SHAPES.get(fold(str(word))) or _shape(members, column)
        if shape is None:
            got = f"{len(members)} pairs in row {members[0].row + 1} that do not come "
            raise _refuse(
                path,
                column,
                f"{got}back to the first: an area that is not closed, or a line",
                "call the column 拐点坐标 if they are areas, or add a column 图形属性 "
                "(面 or 线)",
            )
        shapes[key] = shape
    return shapes


def _shape(members: Sequence[Vertex], column: str) -> Shape | None:
    """Return the shape that heading and numbers tell, or None."""
    if OUTLINE.search(fold(column)):
        return "polygon"
    if len(members) == 1:
        return "point"
    closed = len(members) > MIN_RING and members[0].xy == members[-1].xy
    return "polygon" if closed else None


def _refuse(path: Path, column: str, got: str, todo: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected=f"lists of coordinates in the column {column}",
        got=got,
        todo=todo,
    )
