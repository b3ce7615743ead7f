"""Boundary-point TXT (勘测定界 界址点): parcels as vertex rows under a header.

No standard fixes the format; this reader takes what is met in the wild as long as one
reading of it remains. One parcel that cannot be read costs one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.errors import CrsError, InputRefusedError
from layers.formats.boundary_txt_checks import checked
from layers.formats.boundary_txt_crs import Place, place_of
from layers.formats.boundary_txt_lines import count_parcels, take_apart, whole
from layers.formats.boundary_txt_shape import Shape, numbered, shape_of
from layers.formats.boundary_txt_zones import ZONE_M, numbers_of
from layers.formats.raw import RawTable, need_all_rows, stem_of
from layers.formats.text import decoded
from layers.text import TEXTS, Message, message

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.formats.boundary_txt_lines import Lines, Parcel
    from layers.formats.boundary_txt_zones import Numbers
    from layers.formats.raw import Found
    from layers.text import Fact

FORMAT = "boundary points"
COLUMNS = (
    "界址点数",
    "地块面积",
    "地块编号",
    "地块名称",
    "记录图形属性",
    "图幅号",
    "地块用途",
    "地类编码",
)
EXTRA = "属性"
"""Further fields, and all fields of a line whose order is unclear: 属性9 ..."""
HEADER_COLUMN = "属性描述:"


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A parcel whose numbers can be read one way, or why they cannot.

    `xy` is east, north; `numbers` is None for a parcel without rows and for one that
    cannot be read, which has a `reason`.
    """

    parcel: Parcel
    numbers: Numbers | None = None
    xy: tuple[tuple[float, float], ...] = ()
    reason: Message | None = None
    line: int = 0


def read(path: Path, *, encoding: str | None = None) -> RawTable:
    """Read a boundary-point TXT, one row a parcel.

    Parameters
    ----------
    path
        The file.
    encoding
        Its text encoding, when the user knows it; else the bytes decide.

    Returns
    -------
    RawTable
        Coordinates east, north (or longitude, latitude) as in the file, with their
        zone prefix. `crs` is None when neither header nor numbers say it. Attributes
        are text as written: the eight usual fields by name, further ones as
        ``属性9`` ..., and the header as ``属性描述:...``.

    Raises
    ------
    InputRefusedError
        It is not built like such a file, or no parcel in it can be read.
    CrsError
        Header and numbers contradict each other, parcels lie in several zones, or
        eastings and northings cannot be told apart.
    """
    text = decoded(path.read_bytes(), given=encoding, source=str(path))
    lines = take_apart(text.text, path)
    parcels = [_weighed(parcel, path) for parcel in lines.parcels]
    marked = sum(_has_mark(parcel) for parcel in lines.parcels)
    need_all_rows(read=marked, counted=count_parcels(text.text), source=path)
    place, found = _place(parcels, lines, path)
    found[:0] = text.found
    geometry = np.full(len(parcels), None, dtype=object)
    unreadable = np.zeros(len(parcels), dtype=bool)
    for row, parcel in enumerate(parcels):
        geometry[row], told = _made(parcel, row)
        unreadable[row] = geometry[row] is None and _has_rows(parcel.parcel)
        found += told
    return RawTable(
        attributes=_attributes(lines),
        geometry=geometry,
        unreadable=unreadable,
        crs=place.epsg,
        crs_evidence=place.evidence,
        format=FORMAT,
        source_layer=stem_of(path),
        encoding=text.encoding,
        rows_in_file=len(parcels),
        found=tuple(found),
    )


def _has_mark(parcel: Parcel) -> bool:
    """Whether the parcel line has its @."""
    return all(one.key != "boundary.no_mark" for one in parcel.odd)


def _has_rows(parcel: Parcel) -> bool:
    return bool(parcel.vertices or parcel.bad_lines)


def _weighed(parcel: Parcel, path: Path) -> _Weighed:
    """Find the one way to read a parcel's numbers."""
    if parcel.bad_lines:
        line = parcel.bad_lines[0]
        return _Weighed(parcel, reason=message("boundary.bad_row"), line=line)
    if not parcel.vertices:
        return _Weighed(parcel)
    first = np.array([one.first for one in parcel.vertices])
    second = np.array([one.second for one in parcel.vertices])
    readings = numbers_of(first, second)
    if len(readings) > 1:
        raise _either_way(parcel, path)
    if not readings:
        reason, line = _why_not(parcel, first, second)
        return _Weighed(parcel, reason=reason, line=line)
    east, north = (second, first) if readings[0].north_first else (first, second)
    xy = tuple(zip(east.tolist(), north.tolist(), strict=True))
    return _Weighed(parcel, readings[0], xy)


def _why_not(
    parcel: Parcel, first: NDArray[np.float64], second: NDArray[np.float64]
) -> tuple[Message, int]:
    """Say which row fits no reading, or that the rows do not fit together."""
    for at, one in enumerate(parcel.vertices):
        if not numbers_of(first[at : at + 1], second[at : at + 1]):
            x, y = one.first, one.second
            return message("boundary.no_place", x=f"{x:.12g}", y=f"{y:.12g}"), one.line
    return message("boundary.mixed_rows"), parcel.line


def _either_way(parcel: Parcel, path: Path) -> CrsError:
    """Return the error for two numbers that could both be the northing."""
    one = parcel.vertices[0]
    return CrsError(
        source=path,
        expected="eastings and northings that can be told apart",
        got=f"{one.first:.12g}, {one.second:.12g} in line {one.line}: either northing "
        f"{one.first:.12g} and easting {one.second:.12g}, or the other way round",
        todo="prefix the eastings with their zone",
    )


def _place(
    parcels: Sequence[_Weighed], lines: Lines, path: Path
) -> tuple[Place, list[Found]]:
    """Settle the one system that all parcels are in, and tell what was found."""
    found: list[Found] = [
        ("header_not_understood", {"key": "-", "value": one[:60]})
        for one in lines.header_odd
    ]
    found += [
        ("section_not_read", {"section": name, "lines": count})
        for name, count in lines.other
    ]
    known = [(one, one.numbers) for one in parcels if one.numbers is not None]
    if not known:
        _refuse_all_unreadable(parcels, path)
        return Place(None, "no coordinates", None, None, ()), found
    first, numbers = known[0]
    for one, theirs in known:
        if (numbers.unit, numbers.prefix) != (theirs.unit, theirs.prefix):
            raise _several(first, one, kinds=(_kind(numbers), _kind(theirs)), path=path)
    place = place_of(lines.header, numbers, first.xy[0], path)
    swapped = sum(not one.north_first for _, one in known)
    if swapped:
        found.append(("axes_swapped", {"count": swapped, "total": len(known)}))
    wide = sum(one.parcel.wide_rows for one in parcels)
    if wide:
        found.append(("vertex_columns_ignored", {"count": wide}))
    return place, [*found, *place.found, *_far([one for one, _ in known], place)]


def _refuse_all_unreadable(parcels: Sequence[_Weighed], path: Path) -> None:
    """Refuse a file of which nothing can be read, by its first reason."""
    for one in parcels:
        if one.reason is not None:
            raise InputRefusedError(
                source=path,
                expected="parcels whose points can be read",
                got=f"none; line {one.line}: {TEXTS.render(one.reason, 'en')}",
                todo="correct the file, or export it again",
            )


def _several(
    first: _Weighed, one: _Weighed, *, kinds: tuple[str, str], path: Path
) -> CrsError:
    """Return the error for parcels in degrees and metres, or in several zones."""
    return CrsError(
        source=path,
        expected="all parcels in one zone",
        got=f"{kinds[0]} in line {first.parcel.line}, {kinds[1]} in line "
        f"{one.parcel.line}",
        todo="write one file for each",
    )


def _kind(numbers: Numbers) -> str:
    """Return how the numbers of a parcel look, in words."""
    if numbers.unit == "degree":
        return "degrees"
    if numbers.prefix is None:
        return "metres without zone prefix"
    return f"metres with the prefix {numbers.prefix}"


def _far(known: Sequence[_Weighed], place: Place) -> list[Found]:
    """Tell when coordinates lie far outside the zone that they are said to be in."""
    if place.zone is None or place.width is None:
        return []
    xy = np.concatenate([np.array(one.xy) for one in known])
    lat = np.radians(xy[:, 1] / 111_000.0)  # metres in a degree, near enough
    off = np.abs(xy[:, 0] % ZONE_M - 500_000.0) / (111_320.0 * np.cos(lat))
    most = float(off.max())
    if most <= place.width / 2 + 0.5:
        return []
    facts = {"degrees": round(most, 2), "zone": place.zone, "width": place.width}
    return [("far_from_meridian", facts)]


def _made(weighed: _Weighed, row: int) -> tuple[BaseGeometry | None, list[Found]]:
    """Return the geometry of a parcel and what there is to tell about it."""
    parcel = weighed.parcel
    name = parcel.field(2) or parcel.field(3) or f"#{row + 1}"
    told: list[Found] = [
        ("parcel_line_odd", {"parcel": name, "line": parcel.line, "reason": one})
        for one in parcel.odd
        if one.key != "boundary.no_shape"
    ]
    if weighed.reason is None and not weighed.xy:
        return None, told
    shape, found = _shape(weighed, {"parcel": name, "line": parcel.line})
    told += found
    if shape.reason is not None:
        at: dict[str, Fact] = {"parcel": name, "line": shape.line or 0}
        told.append(("parcel_not_readable", {**at, "reason": shape.reason}))
    return shape.geometry, told


def _shape(weighed: _Weighed, named: dict[str, Fact]) -> tuple[Shape, list[Found]]:
    """Return what the rows of a parcel make, and what was mended or contradicts it."""
    parcel = weighed.parcel
    if weighed.reason is not None:
        return Shape(None, weighed.reason, weighed.line), []
    numbers = numbered(parcel.vertices, weighed.xy)
    if numbers is None:
        return Shape(None, message("boundary.ring_missing"), parcel.line), []
    rows, assumed = numbers
    declared = None if parcel.shifted else whole(parcel.field(0) or "")
    shape = shape_of(rows, shape=parcel.shape, declared=declared)
    told: list[Found] = [("ring_number_assumed", named)] if assumed else []
    told += [(code, {**named, **facts}) for code, facts in shape.told]
    if shape.geometry is not None and not parcel.shifted:
        degrees = weighed.numbers is not None and weighed.numbers.unit == "degree"
        told += checked(parcel, shape, rows=len(rows), named=named, degrees=degrees)
    return shape, told


def _attributes(lines: Lines) -> pd.DataFrame:
    """Return the parcel lines as a table of text, with the header on every row."""
    rows = []
    for parcel in lines.parcels:
        names = () if parcel.shifted else COLUMNS
        rows.append(
            {
                (names[at] if at < len(names) else f"{EXTRA}{at + 1}"): value or None
                for at, value in enumerate(parcel.fields)
            }
        )
    most = max(len(parcel.fields) for parcel in lines.parcels)
    extras = {f"{EXTRA}{at + 1}" for at in range(most)}
    used = {name for row in rows for name in row}
    order = [*COLUMNS, *sorted(extras & used, key=lambda one: int(one[len(EXTRA) :]))]
    frame = pd.DataFrame(rows, columns=order, dtype=object)
    frame = frame.astype(object).where(frame.notna(), None)
    for key, value in lines.header.items():
        frame[f"{HEADER_COLUMN}{key}"] = pd.Series(
            [value or None] * len(rows), dtype=object
        )
    return frame
