"""CSV with longitude and latitude, or with a column of WKT."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import InputRefusedError
from layers.formats.raw import Found, RawTable, stem_of
from layers.formats.text import decode
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

LON = ("经度", "lon", "lng", "longitude", "东经", "long", "经度(°)", "jd")
LAT = ("纬度", "lat", "latitude", "北纬", "纬度(°)", "wd")
EAST = ("x", "x坐标", "横坐标", "东坐标", "easting", "point_x")
NORTH = ("y", "y坐标", "纵坐标", "北坐标", "northing", "point_y")
WKT = ("wkt", "geometry", "geom", "几何", "图形", "the_geom")
DELIMITERS = (",", "\t", ";", "|")
MAX_COLLECTIONS = 8
DEGREES = 180.0


def read(path: Path, *, encoding: str | None) -> RawTable:
    """Read a CSV.

    Columns that are called longitude and latitude hold degrees, so only the datum is
    open: CGCS2000 is assumed, with a warning. Columns called x and y say nothing;
    the caller must then give the reference system, as for WKT.

    Raises
    ------
    InputRefusedError
        No coordinates, a row with more cells than the heading, or a text encoding
        that is neither UTF-8 nor GB18030.
    """
    text, used, how = decode(path.read_bytes(), given=encoding, source=str(path))
    table = _rows(text, path)
    names = {fold(str(name)): name for name in reversed(table.columns)}
    wkt = _first(names, WKT)
    lon, lat = _first(names, LON), _first(names, LAT)
    east, north = _first(names, EAST), _first(names, NORTH)
    found: list[Found] = []
    if used == "GB18030" and how == "decided from the bytes":
        found.append(("encoding_decided", {"stated": "-", "used": used}))
    crs: str | None = None
    if wkt is not None:
        geometry, unreadable = _from_wkt(table.pop(wkt))
    elif lon is not None and lat is not None:
        geometry, unreadable, degrees = _points(table, lon, lat)
        crs = "EPSG:4490" if degrees else None
    elif east is not None and north is not None:
        geometry, unreadable, _ = _points(table, east, north)
    else:
        raise _no_coordinates(path, table)
    return RawTable(
        attributes=table,
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_evidence="headings longitude, latitude" if crs else "none",
        format="CSV",
        source_layer=stem_of(path),
        encoding=used,
        rows_in_file=len(table),
        found=tuple(found),
        crs_is_assumed=crs is not None,
    )


def _rows(text: str, path: Path) -> pd.DataFrame:
    """Parse the text: every cell stays text, an empty one is None."""
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    try:
        lines = [
            row
            for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise _refuse(path, f"a line that cannot be parsed ({error})") from error
    head, body = [cell.strip() for cell in lines[0]], lines[1:]
    if len(set(head)) != len(head):
        raise _refuse(path, f"a heading that stands twice in {', '.join(head)}")
    for number, row in enumerate(body, start=1):
        if len(row) > len(head) and any(row[len(head) :]):
            got = f"{len(row)} cells in data row {number}, {len(head)} in the heading"
            raise _refuse(path, got)
    cells = [(row + [""] * len(head))[: len(head)] for row in body]
    frame = pd.DataFrame(cells, columns=head, dtype=object)
    return frame.where(frame != "", None)


def _first(names: dict[str, str], wanted: Sequence[str]) -> str | None:
    """Return the source's name of the first heading that is there."""
    return next((names[fold(one)] for one in wanted if fold(one) in names), None)


def _points(
    table: pd.DataFrame, first: str, second: str
) -> tuple[NDArray[np.object_], NDArray[np.bool_], bool]:
    """Return points, unreadable rows, and whether all numbers could be degrees."""
    x = pd.to_numeric(table[first], errors="coerce").to_numpy(dtype=float)
    y = pd.to_numeric(table[second], errors="coerce").to_numpy(dtype=float)
    there = (table[first].notna() | table[second].notna()).to_numpy()
    good = np.isfinite(x) & np.isfinite(y)
    points = np.full(len(table), None, dtype=object)
    points[good] = shapely.points(x[good], y[good])
    numbers = np.abs(np.concatenate([x[good], y[good]]))
    return points, there & ~good, bool((numbers <= DEGREES).all())


def _from_wkt(column: pd.Series) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return geometries and unreadable rows of a WKT column."""
    texts = column.to_numpy(dtype=object)
    present = np.array([one is not None for one in texts], dtype=bool)
    # Deeply nested collections end the process in the parser: not parsed at all.
    safe = [
        one
        if one is not None and str(one).upper().count("COLLECTION") <= MAX_COLLECTIONS
        else None
        for one in texts
    ]
    with np.errstate(invalid="ignore"):  # NaN coordinates are found and told later
        made = shapely.from_wkt(np.array(safe, dtype=object), on_invalid="ignore")
    shapes = np.asarray(made, dtype=object)
    return shapes, present & shapely.is_missing(shapes)


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a CSV with one heading line",
        got=got,
        todo="correct the file",
    )


def _no_coordinates(path: Path, table: pd.DataFrame) -> InputRefusedError:
    """Return the error for a table that lies nowhere."""
    return InputRefusedError(
        source=path,
        expected="columns 经度 and 纬度 (lon, lat), x and y, or wkt",
        got=f"the columns {', '.join(map(str, table.columns))}",
        todo="add the coordinates, or rename their columns",
    )
