"""Geometry, fields and reference systems: sound files with unsound contents."""

from __future__ import annotations

import broken_files as make
import geopandas as gpd
import pyogrio
import shapely
from broken_cases.entry import aside, refused, told
from broken_files import GOOD, polygon


def shapes(*geometries):
    """A GeoPackage of a good square and these."""

    def build(folder):
        good = shapely.box(107, 40, 107.1, 40.1)
        made = [
            shapely.from_wkt(one) if isinstance(one, str) else one for one in geometries
        ]
        frame = gpd.GeoDataFrame(
            {"红线编码": [f"HX-{at}" for at in range(len(made) + 1)]},
            geometry=[good, *made],
            crs=4490,
        )
        path = folder / "shapes.gpkg"
        pyogrio.write_dataframe(frame, path, geometry_type="Unknown")
        return path

    return build


def json_shape(geometry):
    return lambda folder: make.write_geojson(folder / "a.geojson", [GOOD, geometry])


def fields(**columns):
    """A GeoPackage with these columns, one square a row."""

    def build(folder):
        count = len(next(iter(columns.values())))
        frame = gpd.GeoDataFrame(
            columns,
            geometry=[shapely.box(107 + i, 40, 107.5 + i, 40.5) for i in range(count)],
            crs=4490,
        )
        path = folder / "fields.gpkg"
        pyogrio.write_dataframe(frame, path)
        return path

    return build


def in_crs(crs, box=(107, 40, 107.1, 40.1)):
    """A GeoPackage that states a system for a box of any numbers."""

    def build(folder):
        frame = gpd.GeoDataFrame(
            {"红线编码": ["A"]}, geometry=[shapely.box(*box)], crs=crs
        )
        path = folder / "crs.gpkg"
        pyogrio.write_dataframe(frame, path)
        return path

    return build


SPIKE = "POLYGON ((108 40, 108.5 40, 109 40, 108.5 40, 108.5 40.5, 108 40.5, 108 40))"
BOW_TIE = "POLYGON ((108 40, 109 41, 109 40, 108 41, 108 40))"
FLAT = "POLYGON ((108 40, 109 40, 110 40, 108 40))"
HOLE_OUTSIDE = (
    "POLYGON ((108 40, 109 40, 109 41, 108 40), (118 45, 119 45, 119 46, 118 45))"
)
TOUCHING = (
    "MULTIPOLYGON (((108 40, 109 40, 109 41, 108 40)), "
    "((108.5 40, 109 40, 109 40.2, 108.5 40)))"
)
POINT_TOO = (
    "GEOMETRYCOLLECTION (POINT (108 40), POLYGON ((108 40, 109 40, 109 41, 108 40)))"
)
TWICE = "POLYGON ((108 40, 109 40, 109 41, 108 40), (108 40, 109 40, 109 41, 108 40))"
DOUBTFUL = ("geometry_doubtful", (1,), "无法可靠修复")
WRONG = ("geometry_wrong_type", (1,))

GEOMETRY = [
    aside("a bow-tie", shapes(BOW_TIE), *DOUBTFUL),
    aside("a polygon without area", shapes(FLAT), *DOUBTFUL),
    aside("a hole outside its outline", shapes(HOLE_OUTSIDE), *DOUBTFUL),
    aside("parts that overlap", shapes(TOUCHING), *DOUBTFUL),
    aside("a hole as large as its outline", shapes(TWICE), *DOUBTFUL),
    told("a spike", shapes(SPIKE), "geometry_mended", "已按"),
    aside("a line", shapes("LINESTRING (108 40, 109 41)"), *WRONG, "LineString"),
    aside("a point", shapes("POINT (108 40)"), *WRONG, "Point"),
    told(
        "a point and an area in one", shapes(POINT_TOO), "dimension_dropped", "已舍去"
    ),
    aside("an empty polygon", shapes("POLYGON EMPTY"), "geometry_empty", (1,), "为空"),
    aside(
        "an empty collection",
        shapes("GEOMETRYCOLLECTION EMPTY"),
        "geometry_empty",
        (1,),
        "为空",
    ),
    aside("no geometry", shapes(None), "geometry_null", (1,), "没有图形"),
    aside(
        "a longitude of 190",
        lambda folder: make.write_geojson(
            folder / "a.geojson",
            [GOOD, GOOD, polygon((190, 40), (191, 40), (191, 41), (190, 40))],
        ),
        "geometry_outside_range",
        (2,),
        "与坐标系不符",
    ),
    aside(
        "one row with x and y swapped",
        make.far_away_row,
        "geometry_outside_range",
        (2,),
        "（40",
    ),
    aside(
        "a point at infinity",
        json_shape(polygon((107, 40), (108, 1e999), (108, 41), (107, 40))),
        "geometry_not_finite",
        (1,),
        "无穷大",
    ),
]
CODES = {"HJZHGKDYBM": ["ZH15062410001"], "ZHGKDYFL": ["1"]}
FIELDS = [
    told(
        "a required field that is not there",
        fields(名称=["甲"]),
        "required_field_missing",
        "级别",
        kind="water_source_protection",
    ),
    told(
        "a required value that is not there",
        fields(名称=["甲", "乙"], 级别=["一级", None]),
        "required_value_missing",
        "缺值",
        kind="water_source_protection",
    ),
    told(
        "a value nobody knows",
        fields(级别=["四级"]),
        "value_outside_domain",
        "四级",
        kind="water_source_protection",
    ),
    told(
        "a code that is none",
        fields(**{**CODES, "HJZHGKDYBM": ["ZH1506"]}),
        "code_malformed",
        "ZH1506",
        kind="control_unit",
    ),
    told(
        "a code against its category",
        fields(**{**CODES, "ZHGKDYFL": ["3"]}),
        "code_contradicts_category",
        "矛盾",
        kind="control_unit",
    ),
    told(
        "a code against its county",
        fields(**CODES, XZQDM=["150626"]),
        "code_contradicts_county",
        "矛盾",
        kind="control_unit",
    ),
    told("an id that stands twice", fields(红线编码=["A", "A"]), "duplicate_id", "A#2"),
    told("no ids", fields(红线名称=["甲", "乙"]), "id_generated", "2 行没有编号"),
    told(
        "an area in words",
        fields(红线编码=["A"], 红线面积=["约三亩"]),
        "value_not_readable",
        "约三亩",
    ),
    told(
        "a county code that is none",
        fields(红线编码=["A"], XZQDM=["15"]),
        "code_malformed",
        "15",
    ),
    told(
        "two columns for one field",
        fields(级别=["一级"], 等级=["二级"]),
        "field_ambiguous",
        "级别, 等级",
        kind="water_source_protection",
    ),
    told(
        "a date that is none",
        fields(项目编号=["A"], 新增产能=["2026-02-30"]),
        "value_not_readable",
        "2026-02-30",
        kind="project_site",
    ),
    refused(
        "a column that is not there",
        fields(红线编码=["A"]),
        "a column 'XX'",
        stated={"fields": {"code": "XX"}},
    ),
]
SYSTEMS = [
    refused("no system", make.no_crs, "--crs"),
    refused("Xian 1980", in_crs(4610), "Xian 1980", "datum_shift="),
    refused("Beijing 1954", in_crs(4214), "Beijing 1954", "datum_shift="),
    refused(
        "Beijing 1954 in metres",
        in_crs(2436, (500000, 4400000, 500100, 4400100)),
        "Beijing 1954",
    ),
    refused("an American datum", in_crs(4269), "NAD83"),
    refused("swapped degrees", make.swapped_axes, "swapped they lie in China"),
    refused("swapped in the west", make.swapped_in_range, "38, 76"),
    refused(
        "metres called degrees", make.metres_as_degrees, "which are metres", "EPSG:4524"
    ),
    refused("a zone without its prefix", make.missing_zone_prefix, "area of use"),
    refused("degrees called metres", in_crs(4524), "expected"),
    refused(
        "a system that contradicts the caller",
        in_crs(4490),
        "EPSG:4490",
        stated={"crs": 4524},
    ),
    refused(
        "a system nobody knows",
        in_crs(4490),
        "reference system",
        stated={"crs": "EPSG:1"},
    ),
    refused(
        "a datum shift that is not needed",
        in_crs(4490),
        "expected",
        stated={"datum_region": "everywhere"},
    ),
    told("WGS 84", in_crs(4326), "crs_equated", "WGS 84"),
    told(
        "a system given by the user",
        make.shapefile_without_prj,
        "crs_given_by_user",
        "EPSG:4490",
        stated={"crs": 4490},
    ),
]
CASES = [*GEOMETRY, *FIELDS, *SYSTEMS]
