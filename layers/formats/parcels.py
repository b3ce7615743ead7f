"""Whether the rows of a table are sites or vertices, and the parcels of the latter.

A blank cell of a parcel or ring column means the same as the row above (merged cells
lose their value in all rows but the first); a row without coordinates is no vertex
and stays a row of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.errors import InputRefusedError
from layers.formats.coordinates import is_blank
from layers.formats.vertex_rows import Key, Shape, Vertex, assemble, is_closed
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.formats.headings import Headings
    from layers.formats.raw import Found

SHAPES: Mapping[str, Shape] = {
    **dict.fromkeys(("面", "面状", "多边形", "polygon", "area"), "polygon"),
    **dict.fromkeys(("线", "线状", "折线", "line", "polyline", "linestring"), "line"),
    **dict.fromkeys(("点", "点状", "point"), "point"),
}
OWN_ROLES = (
    *("lon", "lat", "east", "north", "x", "y"),
    *("ring", "boundary_point", "point", "shape"),
)


@dataclass(frozen=True, slots=True)
class Outlines:
    """Rows with their geometries: attributes, geometry, unreadable, what was found."""

    attributes: pd.DataFrame
    geometry: NDArray[np.object_]
    unreadable: NDArray[np.bool_]
    found: tuple[Found, ...] = ()


def holds_vertices(table: pd.DataFrame, headings: Headings, path: Path) -> bool:
    """Whether every row is a vertex (and not a site).

    A ring column or numbers of boundary points (界址点号, 拐点) say so; so do point
    numbers beside a parcel column whose values repeat. Neither: every row is a site.

    Raises
    ------
    InputRefusedError
        Point numbers alone: a list of points or one outline.
    """
    roles = headings.roles
    if "shape" in roles:
        said = {SHAPES.get(fold(_text(cell))) for cell in table[roles["shape"]]}
        if said == {"point"}:
            return False
    if "ring" in roles or "boundary_point" in roles:
        return True
    if "point" not in roles or len(table) < 2:  # noqa: PLR2004 - no two vertices
        return False
    if headings.parcel:
        sizes = Counter(_keys(table, headings.parcel))
        return max(sizes.values()) > 1
    if "shape" in roles:
        return True
    raise InputRefusedError(
        source=path,
        expected="rows that are sites, or vertices of parcels",
        got=f"a column {roles['point']} alone: every row may be a site, or a vertex of "
        "one outline",
        todo="add a column 圈号 (1) or 地块编号 if they are vertices, or call the "
        "column 编号 if they are sites",
    )


def outlines(
    table: pd.DataFrame,
    headings: Headings,
    xy: Sequence[tuple[float, float] | None],
    *,
    there: NDArray[np.bool_],
    path: Path,
) -> Outlines:
    """Return one row a parcel; rows without coordinates stay rows of their own."""
    filled = table.copy()
    for column in headings.parcel:
        cells = _filled_down(table[column].tolist())
        filled[column] = pd.Series(cells, dtype=object, index=table.index)
    repeats = _repeats_heading(table)
    vertices = _vertices(filled, headings, xy, used=there & ~repeats)
    shapes = _shapes(filled, headings, vertices, path)
    parcels = assemble(vertices, shapes)
    others = [int(row) for row in np.flatnonzero(~there | repeats)]
    owners = [*parcels.rows, *((row,) for row in others)]
    geometry = np.concatenate([parcels.geometry, np.full(len(others), None)])
    order = sorted(range(len(owners)), key=lambda at: owners[at][0])
    attributes, differ = _attributes(filled, headings, [owners[at] for at in order])
    is_parcel = np.arange(len(owners)) < len(parcels.rows)
    missing = np.array([one is None for one in geometry], dtype=bool)
    unreadable = missing & (is_parcel | [bool(repeats[one[0]]) for one in owners])
    return Outlines(
        attributes, geometry[order], unreadable[order], (*parcels.found, *differ)
    )


def _repeats_heading(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Return the rows that repeat the heading, as printed tables do on every page."""
    heading = [fold(str(one)) for one in table.columns]
    return np.array(
        [
            [fold(str(cell)) for cell in row] == heading
            for row in table.itertuples(index=False, name=None)
        ],
        dtype=bool,
    )


def _vertices(
    table: pd.DataFrame,
    headings: Headings,
    xy: Sequence[tuple[float, float] | None],
    *,
    used: NDArray[np.bool_],
) -> list[Vertex]:
    """Return the rows that are vertices."""
    keys = _keys(table, headings.parcel)
    blank: list[object] = [None] * len(table)
    number = headings.roles.get("boundary_point", headings.roles.get("point"))
    points = blank if number is None else table[number].tolist()
    ring = headings.roles.get("ring")
    rings = [None] * len(table) if ring is None else _ring_numbers(table[ring], keys)
    return [
        Vertex(row, xy[row], keys[row], rings[row], _text(points[row]))
        for row in map(int, np.flatnonzero(used))
    ]


def _ring_numbers(column: pd.Series, keys: Sequence[Key]) -> list[int | None]:
    """Return ring numbers, blank ones as above; 0 for what is no number."""
    numbers: list[int | None] = []
    for at, cell in enumerate(column.tolist()):
        if is_blank(cell):
            above = numbers[-1] if at and keys[at - 1] == keys[at] else 0
            numbers.append(above)
        else:
            text = _text(cell)
            numbers.append(int(text) if text.isdecimal() else 0)
    return numbers


def _shapes(
    table: pd.DataFrame, headings: Headings, vertices: Sequence[Vertex], path: Path
) -> dict[Key, Shape]:
    """Return what each parcel is: as its column says, or as the headings mean."""
    groups: dict[Key, list[Vertex]] = {}
    for one in vertices:
        groups.setdefault(one.parcel, []).append(one)
    column = headings.roles.get("shape")
    if column is not None:
        return {
            key: _shape(table[column].iloc[members[0].row], column, path)
            for key, members in groups.items()
        }
    areas = "ring" in headings.roles or "boundary_point" in headings.roles
    if areas or all(is_closed(members) for members in groups.values()):
        return dict.fromkeys(groups, "polygon")
    raise InputRefusedError(
        source=path,
        expected="vertices of areas or of lines",
        got="point numbers that do not come back to the first point: an area that is "
        "not closed, or a line",
        todo="add a column 图形属性 (面 or 线), or 圈号 for areas",
    )


def _shape(cell: object, column: str, path: Path) -> Shape:
    """Return the shape that a cell names."""
    shape = SHAPES.get(fold(_text(cell)))
    if shape is None:
        raise InputRefusedError(
            source=path,
            expected=f"点, 线 or 面 in the column {column}",
            got=repr(cell),
            todo="correct the table",
        )
    return shape


def _attributes(
    table: pd.DataFrame, headings: Headings, owners: Sequence[tuple[int, ...]]
) -> tuple[pd.DataFrame, list[Found]]:
    """Return one row a parcel; a value on which its rows differ is missing."""
    own = {headings.roles[role] for role in OWN_ROLES if role in headings.roles}
    found: list[Found] = []
    columns: dict[str, list[object]] = {}
    for name in table.columns:
        if name in own:
            continue
        cells = table[name].tolist()
        said = [_agreed([cells[row] for row in rows]) for rows in owners]
        columns[name] = [value for value, _ in said]
        differ = sum(not agree for _, agree in said)
        if differ:
            facts: dict[str, str | float] = {"column": str(name), "count": differ}
            found.append(("parcel_values_differ", facts))
    made = {
        name: pd.Series(cells, dtype=object, index=range(len(owners)))
        for name, cells in columns.items()
    }
    return pd.DataFrame(made, index=range(len(owners))), found


def _agreed(cells: Sequence[object]) -> tuple[object, bool]:
    """Return the one value of some cells (or None), and whether they agree."""
    said = [one for one in cells if not is_blank(one)]
    if not said:
        return None, True
    agree = all(_text(one) == _text(said[0]) for one in said)
    return (said[0] if agree else None), agree


def _keys(table: pd.DataFrame, columns: Sequence[str]) -> list[Key]:
    """Return what names the parcel of each row."""
    parts = [
        [_text(one) for one in _filled_down(table[name].tolist())] for name in columns
    ]
    return list(zip(*parts, strict=True)) if parts else [()] * len(table)


def _filled_down(cells: Sequence[object]) -> list[object]:
    """Return cells, blank ones with the value above."""
    filled: list[object] = []
    for cell in cells:
        filled.append(filled[-1] if is_blank(cell) and filled else cell)
    return filled


def _text(cell: object) -> str:
    """Return a cell as text: whole numbers without point, nothing as ''."""
    if is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
