"""Which columns of a table say where its rows lie, found by their headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from layers.formats.angle_parts import holds_both, parts_of
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

LON = ("经度", "lon", "lng", "longitude", "东经", "long", "jd", "经度坐标", "x经度")
LAT = ("纬度", "lat", "latitude", "北纬", "wd", "纬度坐标", "y纬度")
# the axis is named: nothing is left to decide
EAST = ("横坐标", "东坐标", "easting", "point_x", "东向坐标", "横坐标y", "y横坐标")
NORTH = ("纵坐标", "北坐标", "northing", "point_y", "北向坐标", "纵坐标x", "x纵坐标")
# X is the northing in Chinese surveying and the easting in mapping programs
NEUTRAL_X = ("x", "x坐标", "坐标x")
NEUTRAL_Y = ("y", "y坐标", "坐标y")
WKT = ("wkt", "geometry", "geom", "几何", "图形", "the_geom")
# one cell holds a whole list of pairs
LISTS = (
    *("拐点坐标", "拐点坐标串", "界址点坐标", "界址点坐标串", "边界坐标", "边界点坐标"),
    *(
        "范围坐标",
        "范围拐点坐标",
        "角点坐标",
        "顶点坐标",
        "坐标串",
        "坐标列表",
        "坐标点",
    ),
    *("坐标", "地理坐标", "经纬度", "经纬度坐标", "中心坐标", "中心点坐标", "坐标范围"),
    *("coordinates", "coords", "coordinate", "latlon", "lonlat", "latlng", "lnglat"),
)
RING = ("圈号", "地块圈号", "环号", "环序号", "ring", "ring_no", "ring_id")
BOUNDARY_POINT = (
    *("界址点号", "界址点", "界址点编号", "界址点序号", "拐点", "拐点号", "拐点编号"),
    *("拐点序号", "角点", "角点号", "顶点", "顶点号", "vertex", "vertex_no"),
)
PLAIN_POINT = ("点号", "点名", "点编号", "点序号", "point", "point_no", "point_id")
PARCEL_CODE = (
    *("地块编号", "地块号", "宗地编号", "宗地号", "图斑编号", "图斑号", "项目编号"),
    *("项目代码", "面号", "parcel", "parcel_id", "parcel_no", "site_id", "project_id"),
)
PARCEL_NAME = ("地块名称", "地块", "宗地", "图斑", "区块", "项目名称", "parcel_name")
SHAPE = (
    *("图形类型", "图形属性", "记录图形属性", "几何类型", "点线面"),
    *("geometry_type", "shape_type"),
)
ROLES: Mapping[str, tuple[str, ...]] = {
    "lon": LON,
    "lat": LAT,
    "east": EAST,
    "north": NORTH,
    "x": NEUTRAL_X,
    "y": NEUTRAL_Y,
    "wkt": WKT,
    "list": LISTS,
    "ring": RING,
    "boundary_point": BOUNDARY_POINT,
    "point": PLAIN_POINT,
    "shape": SHAPE,
}
PAIRS = (("lon", "lat"), ("east", "north"), ("x", "y"))
UNIT = re.compile(r"[(\[【].*$|[_/](m|米|度|度分秒|dms|ddmmss)$|°$")
PACKED = re.compile(r"度分秒|dms|d+mmss")


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of a table by the part they play.

    Attributes
    ----------
    roles
        Role (a key of `ROLES`) to the source's column.
    parcel
        Columns that together name a parcel: codes, or names where there is no code.
    parts
        Columns that hold degrees, minutes or seconds alone, by axis and part.
    """

    roles: Mapping[str, str]
    parcel: tuple[str, ...]
    parts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def pair(self) -> tuple[str, str] | None:
        """The roles of the two coordinate columns, best first."""
        return next(
            (one for one in PAIRS if one[0] in self.roles and one[1] in self.roles),
            None,
        )

    @property
    def lies_somewhere(self) -> bool:
        """Whether there are coordinates at all."""
        return (
            "wkt" in self.roles
            or self.pair is not None
            or "list" in self.roles
            or holds_both(self.parts)
        )

    @property
    def only_lists(self) -> bool:
        """Whether a column of lists is all that tells; 坐标 may also span X and Y."""
        return self.lies_somewhere and not (
            "wkt" in self.roles or self.pair is not None or holds_both(self.parts)
        )


def find(columns: Iterable[object]) -> Headings:
    """Find the columns that say where rows lie; units in brackets do not matter.

    Examples
    --------
    >>> found = find(["地块编号", "点号", "X坐标（m）", "Y坐标（m）"])
    >>> found.roles, found.parcel
    ({'x': 'X坐标（m）', 'y': 'Y坐标（m）', 'point': '点号'}, ('地块编号',))
    """
    names: dict[str, str] = {}
    texts = [str(one) for one in columns]
    parts = parts_of(texts)
    own = {one for each in parts.values() for one in each.values()}
    for one in (text for text in texts if text not in own):
        names.setdefault(bare(one), one)
    roles = {
        role: names[fold(alias)]
        for role, aliases in ROLES.items()
        for alias in reversed(aliases)
        if fold(alias) in names
    }
    parcel = _all(names, PARCEL_CODE) or _all(names, PARCEL_NAME)
    return Headings(roles, parcel, parts)


def bare(name: str) -> str:
    """Return a heading as it is compared: folded, without a unit at its end."""
    folded = fold(name)
    return UNIT.sub("", folded) or folded


def declares_packed(name: str) -> bool:
    """Whether a heading says that its numbers are degrees, minutes and seconds.

    Examples
    --------
    >>> declares_packed("经度（度分秒）"), declares_packed("经度(DDDMMSS.s)")
    (True, True)
    """
    unit = UNIT.search(fold(name))
    return unit is not None and PACKED.search(unit[0]) is not None


def _all(names: Mapping[str, str], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the columns with any of the wanted headings."""
    return tuple(names[fold(one)] for one in wanted if fold(one) in names)
