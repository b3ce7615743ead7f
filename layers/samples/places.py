"""The made-up county's rivers, parks, other places and records.

Names, codes and documents are made up, except the names of three real parks, which
two built-in rules need; where they stand here is made up too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.samples.layout import (
    DIKE,
    SOURCE,
    TRIBUTARY_BELT,
    TRIBUTARY_HALF,
    TRUNK_BELT,
    TRUNK_HALF,
    shape,
    tributary_axis,
    trunk_axis,
)
from layers.samples.shapes import bank, belt
from layers.samples.sheet import Sheet, table

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely import LineString


def rivers() -> tuple[Sheet, ...]:
    """Shorelines of the trunk and a tributary, control and management areas."""
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
    lines = table(["AXBM", "HLMC", "HLDJ", "LYMC", "岸别"], shorelines)
    belts = table(["GKFWBM", "HLMC", "HLDJ"], areas)
    belts["LYMC"] = "黄河流域"
    return (
        Sheet("river_shoreline", "data/he_hu.gpkg", "HHAX", lines),
        Sheet("river_control_area", "data/he_hu.gpkg", "HHAXGKFW", belts),
        Sheet("river_management_area", "data/he_hu.gpkg", "HDGLFW", _courses()),
    )


def _courses() -> GeoDataFrame:
    """Return management areas: water, floodplain and dikes; the brook's bed.

    Each part is a belt less the one within, so that they share their borders.
    """
    inner, outer = DIKE
    water, plain, whole = (
        belt(trunk_axis(), half=half, northward=True)
        for half in (TRUNK_HALF, inner, outer)
    )
    brook = belt(tributary_axis(), half=TRIBUTARY_HALF, northward=False)
    parts = [
        ("GL-1W", "黄河（示范河段）", "水域", water),
        ("GL-1T", "黄河（示范河段）", "滩地", plain.difference(water)),
        ("GL-1D", "黄河（示范河段）", "堤防和护堤地", whole.difference(plain)),
        ("GL-2", "示范沟", "水域", brook),
    ]
    return table(["GLFWBM", "HLMC", "部位"], parts)


def places() -> tuple[Sheet, ...]:
    """Parks, policy area, grassland, settlements, wetland, scenic area."""
    parks = [
        ("YQ-01", "示范循环经济产业园", "合规", "自治区级", "park model"),
        ("YQ-02", "示范北部工业集中区", "不合规", "县级", "park refused"),
        ("YQ-03", "海勃湾工业园区", "合规", "自治区级", "park haibowan"),
        ("YQ-04", "蒙西高新技术工业园区", "合规", "自治区级", "park mengxi"),
        ("YQ-05", "巴音敖包工业园区", "合规", "自治区级", "park bayinaobao"),
        ("YQ-06", "示范西梁工业集中区", None, "县级", "park unstated"),
    ]
    park = table(
        ["园区编号", "园区名称", "认定情况", "园区级别"],
        [(*said, shape(name)) for *said, name in parks],
    )
    park["示范说明"] = "园区位置为虚构"
    area = [
        ("wuhai_region", "乌海及周边地区（示范范围）", SOURCE, shape("wuhai region"))
    ]
    grass = [("CY-001", "示范基本草原", "温性荒漠草原类", shape("grassland"))]
    meadow = [("CY-002", "示范草原", "其他", shape("grassland"))]
    homes = [
        ("JM-01", "示范县城区", "城镇居民区", shape("city")),
        ("JM-02", "示范北镇", "城镇居民区", shape("town boundary")),
    ]
    wet = [("SD-001", "示范湿地", "国家重要湿地", shape("wetland"))]
    view = [("FJ-01", "示范峡谷风景名胜区", "省级", "其他区域", shape("scenic"))]
    places = "data/qu_yu.gpkg"
    return (
        Sheet("industrial_park", "data/parks.geojson", "parks", park, crs="EPSG:4326"),
        Sheet(
            "policy_area",
            places,
            "ZCQY",
            table(["区域代码", "区域名称", "划定依据"], area),
        ),
        Sheet(
            "basic_grassland",
            places,
            "JBCY",
            table(["图斑编号", "草原名称", "草原类型"], grass),
        ),
        Sheet(
            "grassland",
            places,
            "CY",
            table(["草原编号", "草原名称", "草原状况"], meadow),
        ),
        Sheet(
            "settlement",
            places,
            "JMD",
            table(["居民点编号", "居民点名称", "居民点类型"], homes),
        ),
        Sheet(
            "wetland",
            "data/wetland.parquet",
            "wetland",
            table(["湿地编号", "湿地名称", "湿地级别"], wet),
        ),
        Sheet(
            "scenic_area",
            places,
            "FJMSQ",
            table(["BSM", "风景名胜区名称", "级别", "保护分级"], view),
        ),
    )


def records() -> tuple[Sheet, ...]:
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
        Sheet("permit", records, "XKZ", table(who, permits)),
        Sheet("human_activity", records, "RLHD", table(what, seen)),
    )
