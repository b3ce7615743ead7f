"""Where the rows of a table lie: the same for CSV, Excel and whatever has columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.errors import InputRefusedError
from layers.formats.angle_parts import joined
from layers.formats.coordinates import is_blank, parse_angles, plain_numbers
from layers.formats.headings import Headings, declares_packed, find
from layers.formats.list_cells import pairs_in, read_lists
from layers.formats.magnitude import northing_first
from layers.formats.parcels import Outlines, holds_vertices, outlines
from layers.formats.raw import Found, RawTable
from layers.formats.stated_datum import stated_datum

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from layers.formats.coordinates import Axis

MAX_COLLECTIONS = 8
HALF_CIRCLE = 180.0
WHERE = ("lon", "lat", "east", "north", "x", "y", "wkt", "list")
"""Roles of columns that say by themselves where a row lies."""
ASSUMED = ("EPSG:4490", "headings longitude, latitude")
"""What degrees are taken for where nothing names their datum."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a reader knows about a table before anybody asks where it lies."""

    path: Path
    format: str
    source_layer: str | None
    encoding: str | None = None
    found: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """A pair of coordinate columns, read.

    Attributes
    ----------
    x, y
        Longitude and latitude, or easting and northing; NaN where not readable.
    there
        Where at least one of the two cells holds something.
    is_degrees
        Whether the headings and the numbers both say degrees.
    found
        Issues that concern the columns.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    there: NDArray[np.bool_]
    is_degrees: bool
    found: tuple[Found, ...] = ()

    @property
    def good(self) -> NDArray[np.bool_]:
        """Where both numbers are there."""
        both: NDArray[np.bool_] = np.isfinite(self.x) & np.isfinite(self.y)
        return both


def place(table: pd.DataFrame, origin: Origin) -> RawTable:
    """Give every row of a table its geometry, or every parcel its outline.

    Columns that are called longitude and latitude hold degrees (decimal, or degrees,
    minutes and seconds), so only the datum is open: CGCS2000 is assumed, with a
    warning. Columns called x and y, easting and northing say nothing about the
    reference system; the caller must then give it, as for WKT. Where headings, titles
    or a column name the datum of the degrees, that is the source's statement.

    Raises
    ------
    InputRefusedError
        No coordinates; two datums are named; or rows of which nobody can say whether
        each is a site or a vertex, or whether the vertices make areas or lines.
    """
    headings = find(table.columns)
    whole = {role: name for role, name in headings.roles.items() if role in WHERE}
    stated = stated_datum(table, whole.values(), origin.found, origin.path)
    table, told = joined(table, whole, origin.path)
    if told:
        headings = find(table.columns)
    if not headings.lies_somewhere:
        raise _no_coordinates(origin.path, table)
    wkt = headings.roles.get("wkt")
    if wkt is not None:
        geometry, unreadable = _from_wkt(table[wkt])
        made = Outlines(table.drop(columns=wkt), geometry, unreadable)
        return _raw(made, origin, system=None, found=())
    lists = headings.roles.get("list")
    if lists is not None and headings.pair is None:
        made, is_degrees = read_lists(table, lists, headings, origin.path)
        system = (stated or ASSUMED) if is_degrees else None
        return _raw(made, origin, system=system, found=())
    if lists is not None:
        _need_one_statement(table[lists], headings, origin.path)
    located = locate(table, headings, origin.path)
    if holds_vertices(table, headings, origin.path):
        xy: list[tuple[float, float] | None] = [
            (float(x), float(y)) if good else None
            for x, y, good in zip(located.x, located.y, located.good, strict=True)
        ]
        made = outlines(table, headings, xy, there=located.there, path=origin.path)
    else:
        made = _points(table, located)
    system = (stated or ASSUMED) if located.is_degrees else None
    return _raw(made, origin, system=system, found=(*told, *located.found))


def _need_one_statement(column: pd.Series, headings: Headings, path: Path) -> None:
    """Refuse points beside a column of outlines: either may be the site."""
    for cell in column:
        pairs = None if is_blank(cell) else pairs_in(cell)
        if pairs and len(pairs) > 1:
            pair = headings.pair or ()
            names = ", ".join(headings.roles[one] for one in pair)
            raise InputRefusedError(
                source=path,
                expected="one statement of where a row lies",
                got=f"two: points in the columns {names}, and lists of {len(pairs)} "
                f"pairs in the column {column.name}",
                todo="delete the columns of the centre, or the column of lists",
            )


def _raw(
    made: Outlines,
    origin: Origin,
    *,
    system: tuple[str, str] | None,
    found: tuple[Found, ...],
) -> RawTable:
    """Put a raw table together; the system is told with where it is stated."""
    crs, evidence = system or (None, "none")
    return RawTable(
        attributes=made.attributes.reset_index(drop=True),
        geometry=made.geometry,
        unreadable=made.unreadable,
        crs=crs,
        crs_evidence=evidence,
        format=origin.format,
        source_layer=origin.source_layer,
        encoding=origin.encoding,
        rows_in_file=len(made.geometry),
        found=(*origin.found, *found, *made.found),
        crs_is_assumed=system is ASSUMED,
    )


def locate(table: pd.DataFrame, headings: Headings, path: Path) -> Located:
    """Read the two coordinate columns of a table."""
    pair = headings.pair
    if pair is None:
        raise _no_coordinates(path, table)
    first, second = (headings.roles[one] for one in pair)
    there = np.array(
        [
            not (is_blank(one) and is_blank(other))
            for one, other in zip(table[first], table[second], strict=True)
        ],
        dtype=bool,
    )
    if pair == ("lon", "lat"):
        return _degrees(table, (first, second), there, path)
    x, y = (plain_numbers(table[one].tolist()) for one in (first, second))
    found = [
        *_unclear(table[first], x),
        *_unclear(table[second], y),
    ]
    good = np.isfinite(x) & np.isfinite(y)
    if pair == ("x", "y") and northing_first(x[good], y[good]):
        x, y = y, x
        found.append(("axis_order_decided", {"northing": first, "easting": second}))
    return Located(x, y, there, is_degrees=False, found=tuple(found))


def _degrees(
    table: pd.DataFrame, names: tuple[str, str], there: NDArray[np.bool_], path: Path
) -> Located:
    """Read columns called longitude and latitude."""
    axes: tuple[Axis, Axis] = ("lon", "lat")
    columns, found = [], []
    for name, axis in zip(names, axes, strict=True):
        cells = table[name].tolist()
        packed = declares_packed(name)
        values = np.full(len(cells), np.nan) if packed else plain_numbers(cells)
        # Plain numbers beyond the axis stay: they may be metres, and that is told.
        rest = [
            None if plain else cell
            for cell, plain in zip(cells, ~np.isnan(values), strict=True)
        ]
        read = parse_angles(rest, axis=axis, packed=packed)
        columns.append(np.where(np.isnan(values), read.degrees, values))
        found += _unclear(table[name], columns[-1])
    x, y = columns
    located = Located(x, y, there, is_degrees=True, found=tuple(found))
    good = located.good
    numbers = np.abs(np.concatenate([x[good], y[good]]))
    if (numbers <= HALF_CIRCLE).all():
        return located
    _refuse_packed(x[good], y[good], names, path)
    return Located(x, y, there, is_degrees=False, found=tuple(found))


def _refuse_packed(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    names: tuple[str, str],
    path: Path,
) -> None:
    """Refuse numbers that are degrees, minutes and seconds if they are not metres."""
    lon = parse_angles(x.tolist(), axis="lon", packed=True)
    lat = parse_angles(y.tolist(), axis="lat", packed=True)
    if lon.faults or lat.faults:
        return
    raise InputRefusedError(
        source=path,
        expected=f"degrees in the columns {names[0]} and {names[1]}",
        got=f"{x[0]:.10g} and {y[0]:.10g}, which can be read in two ways: as metres, "
        f"or as degrees, minutes and seconds ({lon.degrees[0]:.6f}, "
        f"{lat.degrees[0]:.6f})",
        todo="call the columns x and y if they are metres, else 经度(度分秒) and "
        "纬度(度分秒)",
    )


def _unclear(column: pd.Series, values: NDArray[np.float64]) -> list[Found]:
    """Return the issue for the cells of a column that are no coordinates."""
    bad: Sequence[object] = [
        cell
        for cell, value in zip(column.tolist(), values, strict=True)
        if np.isnan(value) and not is_blank(cell)
    ]
    if not bad:
        return []
    facts: dict[str, str | float] = {
        "column": str(column.name),
        "count": len(bad),
        "example": str(bad[0])[:40],
    }
    return [("coordinates_unclear", facts)]


def _points(table: pd.DataFrame, located: Located) -> Outlines:
    """Return one point a row."""
    good = located.good
    points = np.full(len(table), None, dtype=object)
    points[good] = shapely.points(located.x[good], located.y[good])
    return Outlines(table, points, located.there & ~good)


def _from_wkt(column: pd.Series) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return geometries and unreadable rows of a WKT column."""
    texts = column.to_numpy(dtype=object)
    present = np.array([not is_blank(one) for one in texts], dtype=bool)
    # Deeply nested collections end the process in the parser: not parsed at all.
    safe = [
        str(one)
        if there and str(one).upper().count("COLLECTION") <= MAX_COLLECTIONS
        else None
        for one, there in zip(texts, present, strict=True)
    ]
    with np.errstate(invalid="ignore"):  # NaN coordinates are found and told later
        made = shapely.from_wkt(np.array(safe, dtype=object), on_invalid="ignore")
    shapes = np.asarray(made, dtype=object)
    return shapes, present & shapely.is_missing(shapes)


def _no_coordinates(path: Path, table: pd.DataFrame) -> InputRefusedError:
    """Return the error for a table that lies nowhere."""
    return InputRefusedError(
        source=path,
        expected="columns 经度 and 纬度 (lon, lat), x and y, or wkt",
        got=f"the columns {', '.join(map(str, table.columns))}",
        todo="add the coordinates, or rename their columns",
    )
