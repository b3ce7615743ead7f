"""The made-up county's control layers, as tables with the headings offices use.

Where they lie is said in `layers.samples.layout`. All names, codes and documents are
made up. Rivers, parks and the rest are in `layers.samples.places`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.samples.layout import ADCODE, COLUMNS, COUNTY, ROWS, SOURCE, UNITS, shape
from layers.samples.places import places, records, rivers
from layers.samples.shapes import mesh, multi
from layers.samples.sheet import Sheet, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry


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
        *rivers(),
        *places(),
        *records(),
    )


def _admin(outline: Polygon) -> Sheet:
    rows = [(ADCODE, COUNTY, "县级", "正常", 120.0, SOURCE, outline)]
    headings = ["XZQDM", "XZQMC", "行政级别", "碳强度形势", "生活垃圾日清运量"]
    frame = table([*headings, "说明"], rows)
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
    frame = table([*headings, "ZYKFXLYQ", "XZQDM"], rows)
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
            table(["BSM", "红线名称", "主导功能"], _zip(redline, shapes)),
        ),
        Sheet(
            "permanent_basic_farmland",
            "data/yjjbnt_4524.gpkg",
            "YJJBNTBHTB",
            table(["TBBH", "DLMC"], farmland),
            crs="EPSG:4524",
        ),
        Sheet(
            "urban_growth_boundary",
            lines,
            "CZKFBJ",
            table(["BSM", "城镇名称", "规划分区"], growth),
        ),
        Sheet("main_urban_area", lines, "ZCQ", table(["BSM", "主城区名称"], city)),
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
    reserve = table(["保护地编号", "保护地名称", "功能分区", "级别"], reserves)
    reserve["保护地类型"] = "自然保护区"
    source = table(["水源地编码", "水源地名称", "保护区级别"], sources)
    return (
        Sheet("nature_reserve", "data/bao_hu.gpkg", "ZRBHD", reserve),
        Sheet("water_source_protection", "data/bao_hu.gpkg", "YYSSYBHQ", source),
    )


def _zip(
    rows: Sequence[tuple[str, ...]], shapes: Sequence[BaseGeometry]
) -> list[tuple[object, ...]]:
    return [(*row, one) for row, one in zip(rows, shapes, strict=True)]
