"""Write parcels as boundary-point TXT: what is written is read back the same.

Northing first, eastings with their zone prefix, millimetres, closed rings. The same
parcels give the same bytes; what the format cannot hold is refused.
"""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import shapely

from layers.crs import name_of, settle
from layers.formats.boundary_txt import COLUMNS, EXTRA
from layers.formats.boundary_txt_checks import HECTARE_M2
from layers.formats.boundary_txt_lines import MAX_FIELDS, SHAPE_AT
from layers.formats.boundary_txt_write_shape import (
    WORDS,
    Width,
    degrees,
    need_whole,
    need_writable,
    parts_of,
    placed,
    refuse,
    row_of,
    zone_for,
)
from layers.formats.boundary_txt_zones import epsg_of
from layers.layer import Layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.crs import Settled

OWN = ("格式版本号", "数据产生单位", "数据产生日期")
DERIVED = ("坐标系", "几度分带", "投影类型", "计量单位", "带号", "精度", "转换参数")
SOURCES: Mapping[str, tuple[str, ...]] = {
    "地块编号": ("地块编号", "feature_id"),
    "地块名称": ("地块名称", "name"),
}
"""Columns that a field is taken from, the first that is there."""
FORBIDDEN = ",@\uff0c\uff20"
CONTROLS = {"Cc", "Cs", "Zl", "Zp"}

Encoding = Literal["GB18030", "UTF-8"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes
    ----------
    path
        The file.
    parcels, points
        Number of parcels and of vertex rows, closing rows included.
    crs, operation
        The system of the coordinates, and how they came there.
    edge_shift_m
        How far the middle of an edge moved at most, metres: edges that are straight
        in degrees are not quite straight in the plane. 0 when nothing was transformed.
    """

    path: Path
    parcels: int
    points: int
    crs: str
    operation: str
    edge_shift_m: float


def write_boundary_txt(
    source: Layer | gpd.GeoDataFrame,
    path: Path | str,
    *,
    zone_width: Width = 3,
    zone: int | None = None,
    header: Mapping[str, str] | None = None,
    encoding: Encoding = "GB18030",
) -> Written:
    """Write parcels as boundary-point TXT on CGCS2000.

    Parameters
    ----------
    source
        One row a parcel, at least one: Polygon, LineString, Point or a multi-part
        line or point. Columns 地块编号 (or feature_id), 地块名称 (or name), 图幅号,
        地块用途, 地类编码 and 属性9 ... are written, others are not. Point count and
        area are worked out anew.
    path
        The file; one that is there is replaced at once or not at all.
    zone_width
        3 or 6 degrees.
    zone
        Zone number; left out, it is the one that all parcels lie in.
    header
        格式版本号, 数据产生单位, 数据产生日期 and keys of your own; what follows from
        the data cannot be given.
    encoding
        GB18030, which office programs expect, or UTF-8.

    Raises
    ------
    CrsError
        The frame has no reference system, or one that is not accepted.
    InputRefusedError
        There is nothing to write, parcels lie in several zones or far from the one
        that was given, or a geometry or text cannot be written so that it is read
        back the same.
    """
    target = Path(path)
    frame = source.frame if isinstance(source, Layer) else source
    if not len(frame):
        raise refuse(target, "at least one parcel", "none", "leave the file out")
    head = _header_given(header or {}, target)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    need_writable(shapes, target)
    settled = settle(frame.crs, source=str(target), evidence="the frame's crs")
    chosen = zone_for(degrees(shapes, settled), zone_width, zone, path=target)
    epsg = epsg_of("CGCS2000", chosen, prefixed=True)
    shapes, shift = placed(shapes, frame.crs, epsg)
    need_whole(shapes, target)
    parcels = [
        _parcel(shape, texts)
        for shape, texts in zip(shapes, _fields(frame, target), strict=True)
    ]
    lines = [*_header(head, zone_width, chosen), "[地块坐标]"]
    lines += [line for parcel in parcels for line in parcel]
    _replace(target, ("\r\n".join(lines) + "\r\n").encode(encoding))
    return Written(
        path=target,
        parcels=len(parcels),
        points=sum(len(parcel) - 1 for parcel in parcels),
        crs=name_of(epsg),
        operation=_operation(settled, epsg),
        edge_shift_m=shift,
    )


def _operation(settled: Settled, epsg: int) -> str:
    """Say how the coordinates came into the zone; no vertex is added on the way."""
    steps = f"{settled.source} to {name_of(epsg)}, vertex by vertex"
    return steps + ("; WGS 84 taken as CGCS2000" if settled.issue else "")


# -- text ------------------------------------------------------------------


def _header_given(given: Mapping[str, str], path: Path) -> dict[str, str]:
    """Check the caller's header."""
    for key, value in given.items():
        clear = key == "".join(unicodedata.normalize("NFKC", key).split())
        if key in DERIVED or not key or not clear or set(key) & set("=:[]【】〔〕@"):
            todo = (
                f"{', '.join(DERIVED)} follow from the data; other keys need no signs"
            )
            raise refuse(path, "header keys of your own", repr(key), todo)
        if value != value.strip() or _has_control(value):
            todo = "write it in one line"
            raise refuse(path, f"a plain text for {key}", repr(value)[:60], todo)
    return {**dict.fromkeys(OWN, ""), "格式版本号": "1.01", **given}


def _header(head: Mapping[str, str], width: Width, zone: int) -> list[str]:
    """Return the header's lines."""
    derived = {
        "坐标系": "2000国家大地坐标系",
        "几度分带": str(width),
        "投影类型": "高斯克吕格",
        "计量单位": "米",
        "带号": str(zone),
        "精度": "0.001",
        "转换参数": "0,0,0,0,0,0,0",
    }
    own = {key: head[key] for key in OWN}
    more = {key: value for key, value in head.items() if key not in OWN}
    lines = [f"{key}={value}" for key, value in {**own, **derived, **more}.items()]
    return ["[属性描述]", *lines]


def _fields(frame: gpd.GeoDataFrame, path: Path) -> list[list[str]]:
    """Return the texts of each row after the area, with the shape left blank."""
    extras = {
        int(str(name)[len(EXTRA) :])
        for name in frame.columns
        if str(name).startswith(EXTRA) and str(name)[len(EXTRA) :].isdecimal()
    }
    last = max((one for one in extras if len(COLUMNS) < one <= MAX_FIELDS), default=0)
    names = [
        *COLUMNS[2:],
        *(f"{EXTRA}{at}" for at in range(len(COLUMNS) + 1, last + 1)),
    ]
    columns = [_texts(frame, name, path) for name in names]
    return [list(row) for row in zip(*columns, strict=True)]


def _texts(frame: gpd.GeoDataFrame, name: str, path: Path) -> list[str]:
    """Return a field of every row as text."""
    sources = SOURCES.get(name, (name,))
    column = next((one for one in sources if one in frame.columns), None)
    if column is None or name == COLUMNS[SHAPE_AT]:
        return [""] * len(frame)
    texts = ["" if pd.isna(one) else str(one).strip() for one in frame[column].tolist()]
    for row, one in enumerate(texts):
        if set(one) & set(FORBIDDEN) or _has_control(one):
            raise refuse(
                row_of(path, row),
                f"a {name} without commas, @ and line breaks",
                repr(one)[:60],
                "the format has no way to write it: replace the sign",
            )
    return texts


def _has_control(text: str) -> bool:
    """Whether a text holds line breaks, control signs or halves of characters."""
    return any(unicodedata.category(one) in CONTROLS for one in text)


def _parcel(shape: BaseGeometry, texts: Sequence[str]) -> list[str]:
    """Return the lines of a parcel."""
    rows: list[str] = []
    number = 1
    for ring, part in enumerate(parts_of(shape), start=1):
        xy = _without_repeats(shapely.get_coordinates(part))
        closes = part.geom_type == "LinearRing"
        at_ring = 1 if part.geom_type == "Point" else ring
        for at, (east, north) in enumerate(xy):
            name = number if closes and at == len(xy) - 1 else number + at
            rows.append(f"J{name},{at_ring},{north:.3f},{east:.3f}")
        number += len(xy) - closes
    kind = shape.geom_type.removeprefix("Multi")
    area = f"{shape.area / HECTARE_M2:.4f}" if kind == "Polygon" else ""
    head = [str(len(rows)), area, *texts]
    head[SHAPE_AT] = WORDS[kind]
    return [",".join([*head, "@"]), *rows]


def _without_repeats(xy: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return points without those that rounding has laid upon the one before."""
    kept = np.ones(len(xy), dtype=bool)
    kept[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    return [(east, north) for east, north in xy[kept].tolist()]


def _replace(path: Path, data: bytes) -> None:
    """Put bytes in place of a file, whole or not at all."""
    part = path.with_name(f".{os.getpid()}.tmp")
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
