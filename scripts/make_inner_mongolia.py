"""Build a workspace of real data: Inner Mongolia's prefectures, rivers and plants.

    python scripts/make_inner_mongolia.py SHARED_DATA_DIR OUT_DIR

SHARED_DATA_DIR holds ``inner_mongolia/`` (borders, rivers, derived zones, power
plants; its README names the sources). OUT_DIR becomes a workspace with a project
list of 296 plants; ``docs/inner_mongolia.md`` says what it can and cannot show.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import pyogrio

ADCODES = {
    "呼和浩特市": "150100",
    "包头市": "150200",
    "乌海市": "150300",
    "赤峰市": "150400",
    "通辽市": "150500",
    "鄂尔多斯市": "150600",
    "呼伦贝尔市": "150700",
    "巴彦淖尔市": "150800",
    "乌兰察布市": "150900",
    "兴安盟": "152200",
    "锡林郭勒盟": "152500",
    "阿拉善盟": "152900",
}
"""GB/T 2260 codes of the prefectures by the Chinese name that OCHA gives."""

PLANTS = {
    # WRI's word: (industry code GB/T 4754-2017, project type as a project list has it)
    "Coal": ("4411", "火电厂"),
    "Natural Gas": ("4411", "火电厂"),
    "Coal Mine Methane": ("4411", "火电厂"),
    "Hydro": ("4413", "水电站"),
    "Wind": ("4415", "风电场"),
    "Solar": ("4416", "光伏电站"),
}

YELLOW_RIVER_ROW = 954
"""Row of the Yellow River among the Natural Earth 10m rivers."""

WORKSPACE = """\
# Built by scripts/make_inner_mongolia.py; see docs/inner_mongolia.md.
title: 内蒙古公开数据（派生，非法定）
region: "150000"
notice: 公开数据与派生图层，非法定边界；缺少生态保护红线等图层，不能得出“无冲突”
layers:
  - id: admin_unit
    kind: admin_unit
    source: data/admin_unit.gpkg
    edition: OCHA COD-AB
    # No source states a date; this script takes both layers as valid from 2020 on.
    valid: {from: 2020-01-01}
    coverage: {adcodes: ["150000"]}
    accuracy_m: 2500
    licence: OCHA/HDX COD-AB, CC BY-IGO (check before publishing)
    notice: 盟市界线来自OCHA/HDX公开数据（WGS 84），非法定界线
  - id: control_unit_derived
    kind: control_unit
    source: data/control_unit_derived.gpkg
    edition: derived 2026
    valid: {from: 2020-01-01}
    coverage: {layer: admin_unit}
    accuracy_m: 1000
    tolerance: {area_m2: 1, width_m: 0.1, source: 脚本设置，非法定}
    licence: derived from GSHHG/WDBII (LGPL), WRI (CC BY 4.0), cnmaps (MIT)
    notice: 管控单元为派生（河湖与电厂周边），非官方；旗县界线疑为GCJ-02，偏移约0.5公里
  - id: river_line
    kind: river_shoreline
    source: data/river_line.gpkg
    edition: Natural Earth 10m
    accuracy_m: 5000
    licence: public domain (Natural Earth)
    notice: 河流为1:1000万中心线，不是岸线；不能用来证明“1公里以外”
rulebooks: [national, inner_mongolia]
"""


def main(arguments: list[str]) -> int:
    """Build the workspace; return the exit status."""
    try:
        shared, out = map(Path, arguments)
    except ValueError:
        print(__doc__)
        return 2
    source = shared / "inner_mongolia"
    if not source.is_dir():
        print(f"{source}: no such folder; name the folder that holds inner_mongolia/")
        return 1
    build(source, out)
    print(f"{out}: workspace.yaml, plants.gpkg (296 plants)")
    return 0


def build(source: Path, out: Path) -> Path:
    """Build the workspace from the folder ``inner_mongolia`` into `out`."""
    data = out / "data"
    data.mkdir(parents=True, exist_ok=True)
    _write(prefectures(source), data / "admin_unit.gpkg")
    _write(derived_units(source), data / "control_unit_derived.gpkg")
    _write(rivers(source), data / "river_line.gpkg")
    _write(plants(source), out / "plants.gpkg")
    (out / "workspace.yaml").write_text(WORKSPACE, encoding="utf-8")
    return out


def prefectures(source: Path) -> gpd.GeoDataFrame:
    """Return the 12 prefectures (WGS 84), not the county borders of cnmaps.

    The cnmaps borders follow a web map and lie about half a kilometre off.
    """
    frame = _read(source / "admin2_ocha_wgs84.gpkg", "admin2_ocha_wgs84")
    return gpd.GeoDataFrame(
        {
            "XZQDM": frame["ADM2_ZH"].map(ADCODES),
            "XZQMC": frame["ADM2_ZH"],
            "行政级别": "地级",
        },
        geometry=frame.geometry,
    )


def derived_units(source: Path) -> gpd.GeoDataFrame:
    """Return the derived units; their code is no official one and goes into the name.

    The four requirement texts stay blank: nobody has written any for these units.
    """
    frame = _read(source / "zones_derived.gpkg", "zones_derived")
    return gpd.GeoDataFrame(
        {
            "管控单元名称": frame["unit_code"],
            "管控单元分类": frame["unit_class"],
            "XZQDM": frame["adcode"].astype(str),
            "XZQMC": frame["county"],
        },
        geometry=frame.geometry,
    )


def rivers(source: Path) -> gpd.GeoDataFrame:
    """Return river centre lines; only the Yellow River has a rank and a basin."""
    frame = _read(source / "water.gpkg", "rivers_ne10m")
    yellow = frame["ne_row"] == YELLOW_RIVER_ROW
    return gpd.GeoDataFrame(
        {
            "BSM": "ne-" + frame["ne_row"].astype(str),
            "HLMC": frame["name_scout"],
            "HLDJ": yellow.map({True: "干流", False: None}),
            "LYMC": yellow.map({True: "黄河流域", False: None}),
        },
        geometry=frame.geometry,
    )


def plants(source: Path) -> gpd.GeoDataFrame:
    """Return the plants as a project list; what WRI does not tell stays blank."""
    frame = _read(source / "power_plants_wri.gpkg", "power_plants_wri")
    kinds = frame["Fuel"].map(PLANTS)
    return gpd.GeoDataFrame(
        {
            "项目编号": frame["Power Plant ID"].astype(str),
            "项目名称": frame["Name"],
            "行业代码": kinds.str[0],
            "项目类型": kinds.str[1],
        },
        geometry=frame.geometry,
    )


def _read(path: Path, layer: str) -> gpd.GeoDataFrame:
    """Read a layer as it is; WGS 84 stays WGS 84, the toolkit records the equation."""
    frame: gpd.GeoDataFrame = pyogrio.read_dataframe(path, layer=layer)
    return frame


def _write(frame: gpd.GeoDataFrame, path: Path) -> None:
    kinds = frame.geom_type.unique()
    kind = str(kinds[0]) if len(kinds) == 1 else "Unknown"
    pyogrio.write_dataframe(frame, path, driver="GPKG", geometry_type=kind)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
