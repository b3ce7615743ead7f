"""Coordinates pasted as text: lines of pairs, with or without numbers and names.

    地块一
    J1  E107°30′00″  N40°00′00″
    J2  E107°31′00″  N40°00′00″

A line holds one pair, or several between semicolons; before a pair may stand a point
number and a ring number. A blank line or a line without coordinates begins the next
parcel. A line that can be read in two ways is refused, with both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from layers.errors import CrsError, InputRefusedError
from layers.formats.headings import LAT, LON, bare
from layers.formats.magnitude import easting_first, northing_first, zone_of
from layers.formats.pairs import Pair, PairError, pairs_of
from layers.formats.raw import Found, RawTable
from layers.formats.vertex_rows import Key, Shape, Vertex, assemble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

Order = Literal["lon_lat", "lat_lon"]

QUARTER_CIRCLE = 90.0
HALF_CIRCLE = 180.0
DIGITS = re.compile(r"\d+(?:\.\d+)?")
TITLED = re.compile(r"(?P<name>[^:：]*[\u4e00-\u9fff][^:：]*)[:：](?P<rest>.*\d.*)")
NO_TITLE = re.compile(
    r"\s*([东西][经經]|[南北][纬緯]|[东西南北]\s*[:：]|[经纬經緯]度"
    r"|界址点|拐点|角点|顶点|点)"
)
SOURCE = "<text>"


@dataclass(slots=True)
class _Block:
    """The pairs between two blank lines or names."""

    name: str = ""
    pairs: list[Pair] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Pairs as x, y; whether they are degrees; what was decided."""

    xy: NDArray[np.float64]
    is_degrees: bool
    found: tuple[Found, ...] = ()


def parse(
    text: str,
    *,
    geometry: Shape,
    name_column: str,
    name: str | None = None,
    order: Order | None = None,
) -> RawTable:
    """Read pasted coordinates.

    Parameters
    ----------
    text
        As pasted.
    geometry
        What the points make: a polygon or line a parcel, or a point each.
    name_column
        Column that holds the names of parcels.
    name
        Name of the only parcel, or of all that have none of their own.
    order
        Which number comes first, where neither hemispheres, a heading, nor the size
        of the numbers tell.

    Returns
    -------
    RawTable
        One row a parcel (a point each for points). Degrees: CGCS2000 is assumed;
        metres: no reference system.

    Raises
    ------
    InputRefusedError
        There are no coordinates, or a line or the order can be read in two ways.
    """
    blocks, stated = _blocks(text)
    pairs = [one for block in blocks for one in block.pairs]
    if not pairs:
        raise _refuse(got="no pair of coordinates", todo="paste a list of them")
    ordered = put_in_order(pairs, order or stated)
    keyed = list(_keyed(blocks, geometry))
    vertices = [
        Vertex(at, (float(x), float(y)), key, pair.ring, pair.label)
        for at, (key, pair, (x, y)) in enumerate(
            zip((key for key, _ in keyed), pairs, ordered.xy, strict=True)
        )
    ]
    made = assemble(vertices, dict.fromkeys((key for key, _ in keyed), geometry))
    names = dict(keyed)
    column = [names[key] or name for key in made.keys]
    columns: dict[str, list[str | None]] = {name_column: column}
    if geometry == "point":
        columns["点号"] = [vertices[rows[0]].point or None for rows in made.rows]
    return RawTable(
        attributes=pd.DataFrame(columns, dtype=object),
        geometry=made.geometry,
        unreadable=np.array([one is None for one in made.geometry], dtype=bool),
        crs="EPSG:4490" if ordered.is_degrees else None,
        crs_evidence="degrees in the text" if ordered.is_degrees else "none",
        format="coordinate text",
        source_layer=None,
        encoding=None,
        rows_in_file=len(made.keys),
        found=(*ordered.found, *made.found),
        crs_is_assumed=ordered.is_degrees,
    )


def need_crs(raw: RawTable) -> None:
    """Refuse metres without a reference system; a zone prefix makes a proposal.

    Raises
    ------
    CrsError
        Always: to be called where nobody has given one.
    """
    shapes = [one for one in raw.geometry if one is not None]
    eastings = np.array([one.bounds[0] for one in shapes])
    zone = zone_of(eastings) if shapes else None
    todo = "ask the source for the central meridian and pass crs= (--crs)"
    if zone is not None:
        todo = (
            f"the eastings begin with {zone[0]}: if this is that Gauss-Kruger zone "
            f"of CGCS2000, pass crs='EPSG:{zone[1]}'; Xian 1980 and Beijing 1954 look "
            "the same, so ask the source"
        )
    raise CrsError(
        source=SOURCE,
        expected="a coordinate reference system",
        got="metres without one",
        todo=todo,
    )


def _refuse(*, got: str, todo: str) -> InputRefusedError:
    return InputRefusedError(
        source=SOURCE, expected="pairs of coordinates", got=got, todo=todo
    )


# -- lines -----------------------------------------------------------------


def _blocks(text: str) -> tuple[list[_Block], Order | None]:
    """Split a text into blocks of pairs; also the order that a heading states."""
    blocks = [_Block()]
    order: Order | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        heading = _heading(line)
        name, rest = _titled(line)
        if not line.strip():
            blocks.append(_Block())
        elif heading is not None:
            order = heading
        elif name:
            blocks.append(_Block(name))
            if rest:
                blocks[-1].pairs += _pairs(rest, number)
        else:
            blocks[-1].pairs += _pairs(line, number)
    named: list[_Block] = []
    for one in blocks:
        # a blank line between a name and its coordinates separates nothing
        if named and named[-1].name and not named[-1].pairs and not one.name:
            named[-1].pairs = one.pairs
        else:
            named.append(one)
    return [one for one in named if one.pairs], order


def _heading(line: str) -> Order | None:
    """Return the order that a line of column headings states, or None."""
    words = [bare(one) for one in re.split(r"[\s,，;；|、]+", line.strip()) if one]
    lon = [at for at, word in enumerate(words) if word in LON]
    lat = [at for at, word in enumerate(words) if word in LAT]
    if len(lon) != 1 or len(lat) != 1 or DIGITS.search(line):
        return None
    return "lon_lat" if lon[0] < lat[0] else "lat_lon"


def _titled(line: str) -> tuple[str, str]:
    """Return the name of a parcel that a line holds, and what follows it."""
    if len(DIGITS.findall(line)) < 2:  # noqa: PLR2004 - no pair without two numbers
        return line.strip().rstrip(":："), ""
    found = TITLED.fullmatch(line)
    if found is None or NO_TITLE.match(line):
        return "", ""
    return found["name"].strip(), found["rest"]


def _pairs(line: str, number: int) -> list[Pair]:
    """Return the pairs of a line."""
    try:
        return [
            one
            for piece in re.split(r"[;；]", line)
            if piece.strip()
            for one in pairs_of(piece)
        ]
    except (PairError, InputRefusedError) as error:
        got = f"line {number} “{line.strip()[:60]}”: {error}"
        raise _refuse(got=got, todo="write one pair a line") from error


def _keyed(blocks: list[_Block], geometry: Shape) -> Iterable[tuple[Key, str]]:
    """Yield for every pair what parcel it belongs to, and its name."""
    alone = all(len(one.pairs) == 1 and not one.name for one in blocks)
    at = 0
    for number, block in enumerate(blocks, start=1):
        for _ in block.pairs:
            at += 1
            if geometry == "point":
                yield (str(at),), block.name
            else:
                # blank lines between single points separate points, not parcels
                yield ("1" if alone else str(number),), block.name


# -- order -----------------------------------------------------------------


def put_in_order(pairs: list[Pair], order: Order | None) -> Ordered:
    """Bring every pair to x, y.

    Raises
    ------
    InputRefusedError
        Degrees and metres together, an order that can be read in two ways and that
        `order` does not decide, or a latitude beyond 90.
    """
    first = np.array([one.first.degrees for one in pairs])
    second = np.array([one.second.degrees for one in pairs])
    named = np.array([one.first.axis is not None for one in pairs])
    if max(np.abs(first).max(), np.abs(second).max()) > HALF_CIRCLE:
        if named.any():
            raise _refuse(got="degrees and metres together", todo="paste them apart")
        return _metres(first, second, order)
    swapped = np.array([one.first.axis == "lat" for one in pairs])
    found: tuple[Found, ...] = ()
    if not named.all():
        rest = ~named
        decided = order or _by_size(first[rest], second[rest])
        swapped[rest] = decided == "lat_lon"
        if order is None:
            found = (_decided(northing_is_first=decided == "lat_lon"),)
    lon, lat = np.where(swapped, second, first), np.where(swapped, first, second)
    if np.abs(lat).max() > QUARTER_CIRCLE:
        at = int(np.abs(lat).argmax())
        raise _refuse(got=f"a latitude of {lat[at]:.10g} degrees", todo="correct it")
    return Ordered(np.column_stack([lon, lat]), is_degrees=True, found=found)


def _by_size(first: NDArray[np.float64], second: NDArray[np.float64]) -> Order:
    """Return the order of degrees: beyond 90 only longitudes go."""
    lon_first = bool((np.abs(first) > QUARTER_CIRCLE).any())
    lat_first = bool((np.abs(second) > QUARTER_CIRCLE).any())
    if lon_first != lat_first:
        return "lon_lat" if lon_first else "lat_lon"
    raise _refuse(
        got=f"{first[0]:.10g}, {second[0]:.10g}, which can be read in two ways: "
        "longitude first or latitude first",
        todo="pass order='lon_lat' or 'lat_lon', or write E and N",
    )


def _metres(
    first: NDArray[np.float64], second: NDArray[np.float64], order: Order | None
) -> Ordered:
    """Return projected coordinates as easting, northing."""
    found: tuple[Found, ...] = ()
    if order is None:
        swapped = northing_first(first, second)
        if not swapped and not easting_first(first, second):
            raise _refuse(
                got=f"{first[0]:.10g}, {second[0]:.10g}, whose size does not tell "
                "which is the northing",
                todo="pass order='lon_lat' (easting) or 'lat_lon' (northing)",
            )
        found = (_decided(northing_is_first=swapped),)
    else:
        swapped = order == "lat_lon"
    x, y = (second, first) if swapped else (first, second)
    return Ordered(np.column_stack([x, y]), is_degrees=False, found=found)


def _decided(*, northing_is_first: bool) -> Found:
    """Return the issue that says how the order was decided."""
    northing, easting = ("1", "2") if northing_is_first else ("2", "1")
    return "axis_order_decided", {"northing": northing, "easting": easting}
