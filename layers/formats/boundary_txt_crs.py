"""What the header of a boundary-point TXT says about place, against its numbers.

Both must say the same; where they do not, both readings are named and nothing is
read. What neither says stays unsaid: then the reader states no system.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyproj

from layers.errors import CrsError
from layers.formats.boundary_txt_lines import plain
from layers.formats.boundary_txt_zones import (
    GEOGRAPHIC,
    LON,
    ZONE_M,
    ZONES,
    epsg_of,
    meridian_of,
    width_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.formats.boundary_txt_zones import Datum, Numbers, Unit
    from layers.formats.raw import Found

COMMON_WORDS = re.compile(r"国家|大地|坐标|系统?|中国|平面|直角|年|C?GCS|CHINA")
"""What may stand in the name of any system. The name of a city may not: 北京2000 is a
local system, 北京54 a national one."""
OLD_DATUMS: tuple[tuple[Datum, str, str], ...] = (
    ("Xian 1980", r"(?:19)?80", "西安|XI'?AN"),
    ("Beijing 1954", r"(?:19)?54", "北京|BEIJING"),
)
DATUMS: tuple[tuple[Datum, str], ...] = (
    ("CGCS2000", "2000"),
    ("WGS 84", r"(?:WGS(?:19)?)?84"),
    *(
        (datum, f"(?:{city})?{year}|{year}(?:{city})")
        for datum, year, city in OLD_DATUMS
    ),
)
PROJECTION = re.compile(
    r"(高斯.?克[吕里]格|高斯|gauss.?kr[uü]e?ger|gk|高斯.?克[吕里]格)?(投影|平面)?",
    re.IGNORECASE,
)
NO_PROJECTION = {"经纬度", "地理坐标", "无", "大地坐标"}
METRES, DEGREES = {"米", "m", "metre", "meter"}, {"度", "十进制度", "degree", "degrees"}
SHIFTS = 7


@dataclass(frozen=True, slots=True)
class Place:
    """The reference system of a file: EPSG code or None, evidence, issues."""

    epsg: int | None
    evidence: str
    width: int | None
    zone: int | None
    found: tuple[Found, ...]


def place_of(
    header: Mapping[str, str], numbers: Numbers, sample: tuple[float, float], path: Path
) -> Place:
    """Settle the reference system of a file.

    Parameters
    ----------
    header
        As read.
    numbers
        What all parcels agree on.
    sample
        (east, north) of one vertex, for messages.
    path
        For messages.

    Raises
    ------
    CrsError
        The header contradicts the numbers or itself, or names something that is not
        known here.
    """
    found: list[Found] = []
    datum, said = _datum(header, path)
    _need_unit(header, numbers.unit, path)
    _need_no_shift(header, path, found)
    if numbers.unit == "degree":
        if datum is None:
            return Place(
                None, "degrees; 坐标系 is not stated", None, None, tuple(found)
            )
        evidence = f"坐标系={said} in the header, numbers are degrees"
        return Place(GEOGRAPHIC[datum], evidence, None, None, tuple(found))
    zone, evidence = _zone(header, numbers, sample, path=path, found=found)
    width = width_of(zone) if zone is not None else None
    if datum == "WGS 84":
        todo = "ask whether it is Gauss-Kruger or UTM, then correct 坐标系"
        raise _contradiction(path, "degrees for WGS 84", f"坐标系={said}, metres", todo)
    if datum is None or zone is None:
        missing = "坐标系 is not stated" if datum is None else "the zone is not stated"
        return Place(None, f"{missing}; {evidence}", width, zone, tuple(found))
    epsg = epsg_of(datum, zone, prefixed=numbers.prefix is not None)
    return Place(
        epsg, f"坐标系={said} in the header; {evidence}", width, zone, tuple(found)
    )


def _contradiction(path: Path, expected: str, got: str, todo: str) -> CrsError:
    return CrsError(source=path, expected=expected, got=got, todo=todo)


def _stated(header: Mapping[str, str], *names: str) -> str:
    """Return the first value of a header that is not blank, in half width."""
    return next((plain(header[one]) for one in names if header.get(one)), "")


def _datum(header: Mapping[str, str], path: Path) -> tuple[Datum | None, str]:
    """Return the datum and how the header spells it."""
    said = _stated(header, "坐标系", "坐标系统", "坐标系名称")
    if not said:
        return None, ""
    rest = COMMON_WORDS.sub("", re.sub(r"[\s_\-()]", "", said.upper()))
    for datum, spelling in DATUMS:
        if re.fullmatch(spelling, rest):
            return datum, said
    raise _contradiction(
        path,
        "坐标系 2000国家大地坐标系, 1980西安坐标系, 1954北京坐标系 or WGS84",
        f"坐标系={said}",
        "write one of these; a local system needs parameters of your surveying office",
    )


def _need_unit(header: Mapping[str, str], unit: Unit, path: Path) -> None:
    """Refuse units and projections that the numbers contradict or nobody knows."""
    said = _stated(header, "计量单位", "单位").lower()
    projection = _stated(header, "投影类型", "投影")
    is_gauss = bool(projection and PROJECTION.fullmatch(projection))
    stated: set[Unit] = set()
    if said:
        stated |= {"metre"} if said in METRES else set()
        stated |= {"degree"} if said in DEGREES else set()
        if not stated:
            todo = "convert the numbers; minutes and seconds as decimal degrees"
            raise _contradiction(path, "计量单位 米 or 度", f"计量单位={said}", todo)
    if projection and not is_gauss and projection not in NO_PROJECTION:
        todo = "export in Gauss-Kruger (高斯克吕格) or as longitude and latitude"
        raise _contradiction(
            path, "投影类型 高斯克吕格", f"投影类型={projection}", todo
        )
    if projection in NO_PROJECTION:
        stated.add("degree")
    if stated - {unit}:
        head = f"计量单位={said or '-'}, 投影类型={projection or '-'}"
        got = f"{head} and numbers in {unit}s"
        todo = (
            "either the header or the numbers belong to another file: ask, then correct"
        )
        raise _contradiction(path, "one unit in header and numbers", got, todo)


def _need_no_shift(header: Mapping[str, str], path: Path, found: list[Found]) -> None:
    """Refuse parameters that may have been applied already, or not yet."""
    said = _stated(header, "转换参数")
    cells = [one.strip() for one in re.split(r"[,;]", said)] if said else []
    try:
        numbers = [float(one) for one in cells if one]
    except ValueError:
        numbers, cells = [], []
        found.append(("header_not_understood", {"key": "转换参数", "value": said}))
    if any(numbers):
        raise _contradiction(
            path,
            "转换参数 of zeros",
            f"转换参数={said}: either the coordinates were transformed with it (then "
            "坐标系 is what they are in) or they are still to be transformed",
            "ask which, and hand over coordinates in CGCS2000 with zeros",
        )
    if cells and len(cells) != SHIFTS and said != "0":
        found.append(("header_not_understood", {"key": "转换参数", "value": said}))


def _zone(
    header: Mapping[str, str],
    numbers: Numbers,
    sample: tuple[float, float],
    *,
    path: Path,
    found: list[Found],
) -> tuple[int | None, str]:
    """Return the zone that header and eastings agree on, and what says so."""
    width = _width(header, path, found)
    stated = _whole(header, "带号", found)
    if stated is not None and width_of(stated) is None:
        got = f"带号={stated}"
        if LON[0] <= stated <= LON[1]:
            got += ", which looks like a central meridian"
        todo = "write the number of the zone, or leave it blank and prefix the eastings"
        raise _contradiction(path, "带号 13-23 (six-degree) or 25-45", got, todo)
    prefix = numbers.prefix
    if stated is not None and prefix is not None and stated != prefix:
        raise _contradiction(
            path,
            "one zone in header and eastings",
            f"带号={stated} and eastings that begin with {prefix}; read as zone "
            f"{stated} they lie {_at(sample, stated)}, as zone {prefix} "
            f"{_at(sample, prefix)}",
            "ask which is right, then correct 带号 or the eastings",
        )
    zone = stated if stated is not None else prefix
    if zone is not None and width is not None and width_of(zone) != width:
        where = "带号" if stated is not None else "the eastings' prefix"
        raise _contradiction(
            path,
            "a zone of the width that is stated",
            f"几度分带={width} and {where} {zone}; zone {zone} is a "
            f"{width_of(zone)}-degree zone (central meridian {meridian_of(zone)}E), "
            f"where they lie {_at(sample, zone)}; as {width}-degree coordinates their "
            "zone is another one, which is not stated",
            "ask which is right, then correct 几度分带 or the zone",
        )
    if stated is None and prefix is not None:
        found.append(("zone_decided", {"zone": prefix}))
    return zone, _zone_words(width, stated, prefix)


def _zone_words(width: int | None, stated: int | None, prefix: int | None) -> str:
    """Say what is known of the zone."""
    words = [f"几度分带={width}"] if width is not None else []
    words += [f"带号={stated}"] if stated is not None else []
    words.append(
        f"eastings begin with zone {prefix}"
        if prefix is not None
        else "eastings have no zone prefix"
    )
    return ", ".join(words)


def _width(header: Mapping[str, str], path: Path, found: list[Found]) -> int | None:
    """Return 3 or 6 as stated; refuse other widths."""
    said = _stated(header, "几度分带", "分带").replace("三", "3").replace("六", "6")
    if not said:
        return None
    number = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:度|°)?(?:分?带)?", said)
    if number is None:
        found.append(("header_not_understood", {"key": "几度分带", "value": said}))
        return None
    if float(number[1]) not in ZONES:
        todo = "pass the data in three-degree or six-degree zones"
        raise _contradiction(path, "几度分带 3 or 6", f"几度分带={said}", todo)
    return int(float(number[1]))


def _whole(header: Mapping[str, str], key: str, found: list[Found]) -> int | None:
    """Return a header's whole number; what is none is told and counts as missing."""
    said = _stated(header, key)
    number = re.fullmatch(r"第?(\d{1,3})(?:\.0+)?度?带?", said)
    if said and number is None:
        found.append(("header_not_understood", {"key": key, "value": said}))
    return int(number[1]) if number else None


def _at(sample: tuple[float, float], zone: int) -> str:
    """Return where a vertex lies when read in a zone, in words."""
    east, north = sample
    plain_system = epsg_of("CGCS2000", zone, prefixed=False)
    back = pyproj.Transformer.from_crs(plain_system, 4490, always_xy=True)
    lon, lat = back.transform(east % ZONE_M, north)
    return f"at {lon:.3f}E {lat:.3f}N"
