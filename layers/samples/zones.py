"""The made-up county's control layers, as tables with the headings offices use.

Where they lie is said in `layers.samples.layout`. All names, codes and documents are
made up, except the names of three real parks, which two built-in rules need; where
they stand here is made up too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from layers.layer import FRAME
from layers.samples.layout import (
    ADCODE,
    COLUMNS,
    COUNTY,
    ROWS,
    SOURCE,
    TRIBUTARY_BELT,
    TRIBUTARY_HALF,
    TRUNK_BELT,
    TRUNK_HALF,
    UNITS,
    shape,
    tributary_axis,
    trunk_axis,
)
from layers.samples.shapes import bank, belt, mesh, multi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import LineString, Polygon
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as an office would hand it over.

    Attributes
    ----------
    kind
        Layer kind, which is the layer's id in the workspace too.
    file, layer
        Where it is written, below the workspace; layer name in a multi-layer file.
    frame
        EPSG:4490, headings as offices write them.
    crs, encoding
        In which it is written.
    """

    kind: str
    file: str
    layer: str
    frame: gpd.GeoDataFrame
    crs: str = FRAME
    encoding: str = "UTF-8"


def sheets() -> tuple[Sheet, ...]:
    """Return every table of the county, in the order of its workspace.

    Returns
    -------
    tuple of Sheet
        One per zone kind of the catalogue; the same in every run.
    """
    cells, outline = mesh(COLUMNS, ROWS)
    return (
        _admin(outline),
        _units(cells),
        *_three_lines(),
        *_reserves(),
        *_rivers(),
        *_places(),
        *_records(),
    )


def _admin(outline: Polygon) -> Sheet:
    rows = [(ADCODE, COUNTY, "县级", SOURCE, outline)]
    frame = _frame(["XZQDM", "XZQMC", "行政级别", "说明"], rows)
    return Sheet("admin_unit", "data/xzq.gpkg", "XZQ", frame)


def _units(cells: dict[tuple[int, int], Polygon]) -> Sheet:
    """Control units: one per block, the requirement texts by category."""
    said = {
        "P": (
            "1",
            "优先保护单元",
            ("禁止大规模开发建设（示范文本）", "无", "无", "无"),
        ),
        "K": (
            "2",
            "重点管控单元",
            (
                "新建项目应符合园区规划（示范文本）",
                "执行特别排放限值（示范文本）",
                "完善风险防控设施（示范文本）",
                "无",
            ),
        ),
        "G": ("3", "一般管控单元", ("无", "无", "无", "无")),
        "T": (
            "3",
            "一般管控单元",
            ("无", "无", "无", "严格控制地下水取水量（示范文本）"),
        ),
        "N": ("3", "一般管控单元", ("无", None, "无", "无")),
    }
    count = dict.fromkeys("123", 0)
    rows = []
    for (column, row), cell in sorted(cells.items(), key=lambda one: one[0][::-1]):
        digit, category, texts = said[UNITS[-1 - row][column]]
        count[digit] += 1
        code = f"ZH{ADCODE}{digit}{count[digit]:04d}"
        name = f"示范县{category}{count[digit]:02d}"
        rows.append((code, name, digit, *texts, ADCODE, cell))
    headings = ["HJZHGKDYBM", "HJZHGKDYMC", "ZHGKDYFL", "KJBJYS", "PWWPFGK", "HJFXFK"]
    frame = _frame([*headings, "ZYKFXLYQ", "XZQDM"], rows)
    return Sheet("control_unit", "data/hjgkdy.shp", "hjgkdy", frame, encoding="GBK")


def _three_lines() -> tuple[Sheet, ...]:
    """Red line, farmland, growth boundary and main urban area."""
    middle = multi(
        shape("redline middle", "redline middle hole"), shape("redline islet")
    )
    redline = [
        ("HX-001", "示范东北山地生态保护红线", "生物多样性维护"),
        ("HX-002", "示范中部草原生态保护红线", "防风固沙"),
        ("HX-003", "示范零星生态保护红线", "水土保持"),
    ]
    shapes = [shape("redline north-east"), middle, shape("redline patch")]
    north = multi(shape("farmland north"), shape("farmland north strip"))
    farmland = [
        ("YJ-0001", "水浇地", shape("farmland south", "farmland south pond")),
        ("YJ-0002", "旱地", north),
    ]
    growth = [
        ("CZ-01", "示范城区", "城镇集中建设区", shape("city boundary")),
        ("CZ-02", "示范北镇", "城镇集中建设区", shape("town boundary")),
    ]
    city = [("ZCQ-01", "示范县主城区", shape("city"))]
    lines = "data/san_xian.gpkg"
    return (
        Sheet(
            "ecological_redline",
            lines,
            "STBHHX",
            _frame(["BSM", "红线名称", "主导功能"], _zip(redline, shapes)),
        ),
        Sheet(
            "permanent_basic_farmland",
            "data/yjjbnt_4524.gpkg",
            "YJJBNTBHTB",
            _frame(["TBBH", "DLMC"], farmland),
            crs="EPSG:4524",
        ),
        Sheet(
            "urban_growth_boundary",
            lines,
            "CZKFBJ",
            _frame(["BSM", "城镇名称", "规划分区"], growth),
        ),
        Sheet("main_urban_area", lines, "ZCQ", _frame(["BSM", "主城区名称"], city)),
    )


def _reserves() -> tuple[Sheet, ...]:
    """Nature reserves in new, legacy and no zones; drinking-water sources."""
    one, two, three = "示范梁自然保护区", "示范泉自然保护区", "示范滩自然保护区"
    reserves = [
        ("BH-01-1", one, "核心保护区", "自治区级", shape("reserve one core")),
        (
            "BH-01-2",
            one,
            "一般控制区",
            "自治区级",
            shape("reserve one", "reserve one core"),
        ),
        ("BH-02-1", two, "核心区", "县级", shape("reserve two core")),
        (
            "BH-02-2",
            two,
            "缓冲区",
            "县级",
            shape("reserve two buffer", "reserve two core"),
        ),
        ("BH-02-3", two, "实验区", "县级", shape("reserve two", "reserve two buffer")),
        ("BH-03", three, None, "县级", shape("reserve three")),
    ]
    north, south = "示范东湖水源地", "示范南泉水源地"
    second = shape("source grade 2", "source grade 1")
    sources = [
        ("SY-01-1", north, "一级", shape("source grade 1")),
        ("SY-01-2", north, "二级", second),
        ("SY-01-3", north, "准保护区", shape("source quasi", "source grade 2")),
        ("SY-02", south, None, shape("source ungraded")),
    ]
    reserve = _frame(["保护地编号", "保护地名称", "功能分区", "级别"], reserves)
    reserve["保护地类型"] = "自然保护区"
    source = _frame(["水源地编码", "水源地名称", "保护区级别"], sources)
    return (
        Sheet("nature_reserve", "data/bao_hu.gpkg", "ZRBHD", reserve),
        Sheet("water_source_protection", "data/bao_hu.gpkg", "YYSSYBHQ", source),
    )


def _rivers() -> tuple[Sheet, ...]:
    """Shorelines of the trunk and a tributary, and their control areas."""
    trunk = trunk_axis()
    side = tributary_axis()
    river, brook = "黄河（示范河段）", "示范沟"
    shorelines: list[tuple[str, str, str, str, str, LineString]] = []
    for number, (name, rank, axis, half) in enumerate(
        ((river, "干流", trunk, TRUNK_HALF), (brook, "主要支流", side, TRIBUTARY_HALF)),
        start=1,
    ):
        for word, sign in (("左岸", -1), ("右岸", 1)):
            line = bank(axis, offset=sign * half, northward=rank == "干流")
            code = f"AX-{number}{'L' if sign < 0 else 'R'}"
            shorelines.append((code, name, rank, "黄河流域", word, line))
    areas = [
        ("GK-1", river, "干流", belt(trunk, half=TRUNK_BELT, northward=True)),
        ("GK-2", brook, "支流", belt(side, half=TRIBUTARY_BELT, northward=False)),
    ]
    lines = _frame(["AXBM", "HLMC", "HLDJ", "LYMC", "岸别"], shorelines)
    belts = _frame(["GKFWBM", "HLMC", "HLDJ"], areas)
    belts["LYMC"] = "黄河流域"
    return (
        Sheet("river_shoreline", "data/he_hu.gpkg", "HHAX", lines),
        Sheet("river_control_area", "data/he_hu.gpkg", "HHAXGKFW", belts),
    )


def _places() -> tuple[Sheet, ...]:
    """Parks, policy area, grassland, wetland, scenic area."""
    parks = [
        ("YQ-01", "示范循环经济产业园", "合规", "自治区级", "park model"),
        ("YQ-02", "示范北部工业集中区", "不合规", "县级", "park refused"),
        ("YQ-03", "海勃湾工业园区", "合规", "自治区级", "park haibowan"),
        ("YQ-04", "蒙西高新技术工业园区", "合规", "自治区级", "park mengxi"),
        ("YQ-05", "巴音敖包工业园区", "合规", "自治区级", "park bayinaobao"),
        ("YQ-06", "示范西梁工业集中区", None, "县级", "park unstated"),
    ]
    park = _frame(
        ["园区编号", "园区名称", "认定情况", "园区级别"],
        [(*said, shape(name)) for *said, name in parks],
    )
    park["示范说明"] = "园区位置为虚构"
    area = [
        ("wuhai_region", "乌海及周边地区（示范范围）", SOURCE, shape("wuhai region"))
    ]
    grass = [("CY-001", "示范基本草原", "温性荒漠草原类", shape("grassland"))]
    wet = [("SD-001", "示范湿地", "国家重要湿地", shape("wetland"))]
    view = [("FJ-01", "示范峡谷风景名胜区", "省级", "其他区域", shape("scenic"))]
    places = "data/qu_yu.gpkg"
    return (
        Sheet("industrial_park", "data/parks.geojson", "parks", park, crs="EPSG:4326"),
        Sheet(
            "policy_area",
            places,
            "ZCQY",
            _frame(["区域代码", "区域名称", "划定依据"], area),
        ),
        Sheet(
            "basic_grassland",
            places,
            "JBCY",
            _frame(["图斑编号", "草原名称", "草原类型"], grass),
        ),
        Sheet(
            "wetland",
            "data/wetland.parquet",
            "wetland",
            _frame(["湿地编号", "湿地名称", "湿地级别"], wet),
        ),
        Sheet(
            "scenic_area",
            places,
            "FJMSQ",
            _frame(["BSM", "风景名胜区名称", "级别", "保护分级"], view),
        ),
    )


def _records() -> tuple[Sheet, ...]:
    """Permits, and human activities seen from above."""
    permits = [
        (
            "示采许〔2024〕1号",
            "示范石料场",
            "示范矿业公司（虚构）",
            "采石",
            "2024-03-01",
            "2027-02-28",
            shape("permit quarry"),
        ),
    ]
    activities = [
        ("RL-001", "红线内采石点", "采石", "新增", "2025-06-20", "activity quarry"),
        (
            "RL-002",
            "实验区旅游房屋",
            "旅游设施",
            "扩大",
            "2025-07-02",
            "activity lodge",
        ),
    ]
    records = "data/ji_lu.gpkg"
    who = ["许可证号", "项目名称", "权利人", "许可类型", "有效期起", "有效期止"]
    what = ["图斑编号", "活动名称", "活动类型", "变化情况", "发现日期"]
    seen = [(*said, shape(name)) for *said, name in activities]
    return (
        Sheet("permit", records, "XKZ", _frame(who, permits)),
        Sheet("human_activity", records, "RLHD", _frame(what, seen)),
    )


def _zip(
    rows: Sequence[tuple[str, ...]], shapes: Sequence[BaseGeometry]
) -> list[tuple[object, ...]]:
    return [(*row, one) for row, one in zip(rows, shapes, strict=True)]


def _frame(
    headings: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> gpd.GeoDataFrame:
    """Return rows that end with a geometry as a table in EPSG:4490."""
    table = pd.DataFrame(list(rows), columns=[*headings, "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=FRAME)
