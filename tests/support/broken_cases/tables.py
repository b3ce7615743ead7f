"""CSV and Excel workbooks."""

from __future__ import annotations

import datetime as dt

import boundary_files as txt
import openpyxl
import table_files as make
from broken_cases.entry import aside, refused, told

HEAD = ["项目编号", "项目名称", "经度", "纬度"]
GOOD = ["A", "甲", 107.5, 40.25]
VERTICES = ["项目编号", "界址点号", "圈号", "X", "Y"]


def csv(*lines, encoding="utf-8"):
    def build(folder):
        path = folder / "sites.csv"
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return build


def sheet(*rows, **how):
    return lambda folder: make.as_xlsx(folder, [list(row) for row in rows], **how)


def xls(*rows, **how):
    return lambda folder: make.as_xls(folder, [list(row) for row in rows], **how)


def formula(folder):
    path = sheet(HEAD, ["A", "甲", "=106+1.5", 40.25])(folder)
    assert openpyxl.load_workbook(path).active["C2"].value == "=106+1.5"
    return path


def cut(build, share=0.6):
    def made(folder):
        path = build(folder)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        return path

    return made


def parcels_of(*rows):
    body = [
        [key, f"J{n}", ring, 4400000 + x, 36500000 + y] for key, n, ring, x, y in rows
    ]
    return sheet(VERTICES, *body)


SITE = {"kind": "project_site"}
METRES = {**SITE, "stated": {"crs": "EPSG:4524"}}
UNREADABLE = ("geometry_unreadable",)
LINE = "项目编号,项目名称,经度,纬度"

CSV = [
    refused(
        "no coordinates", csv("编号,名称", "A,甲"), "经度 and 纬度", "编号", **SITE
    ),
    refused(
        "too many cells", csv(LINE, "A,甲,107,40,9"), "5 cells in data row 1", **SITE
    ),
    refused("a heading twice", csv("编号,经度,经度", "A,1,2"), "stands twice", **SITE),
    refused("a quote left open", csv(LINE, 'A,"甲,107,40'), "cannot be parsed", **SITE),
    refused(
        "metres without a system",
        csv("编号,x,y", "A,36500000,4400000"),
        "got none",
        **SITE,
    ),
    refused(
        "bytes of no encoding",
        lambda folder: _bytes(folder, b"\xff\xff,\xfe"),
        "neither",
        **SITE,
    ),
    refused(
        "latitude and longitude swapped",
        csv(LINE, "A,甲,40.2,107.5"),
        "swapped",
        **SITE,
    ),
    refused(
        "a list of points without rings",
        csv("点号,经度,纬度", "1,107,40", "2,108,40"),
        "圈号",
        **SITE,
    ),
    refused("packed degrees", csv(LINE, "A,甲,1073000,401500"), "two ways", **SITE),
    told(
        "GBK",
        csv(LINE, "A,甲,107.5,40.2", encoding="gb18030"),
        "encoding_decided",
        "GB18030",
        **SITE,
    ),
    told("no datum", csv(LINE, "A,甲,107.5,40.2"), "datum_assumed", "CGCS2000", **SITE),
    aside(
        "minutes of 60",
        csv(LINE, "A,甲,107.5,40.2", "B,乙,107°60′,40"),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "seconds of 60",
        csv(LINE, "A,甲,107.5,40.2", "B,乙,107°30′60″,40"),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "a latitude of 91",
        csv(LINE, "A,甲,107.5,40.2", "B,乙,107.5,91"),
        "geometry_outside_range",
        (1,),
        "与坐标系不符",
        **SITE,
    ),
    aside(
        "a sign and a hemisphere",
        csv(LINE, "A,甲,107.5,40.2", "B,乙,E-107.5,40"),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "words for a number",
        csv(LINE, "A,甲,107.5,40.2", "B,乙,不详,40"),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "a row short",
        csv(LINE, "A,甲,107.5,40.2", "B,乙"),
        "geometry_null",
        (1,),
        "没有图形",
        **SITE,
    ),
    aside(
        "half a coordinate",
        csv(LINE, "A,甲,107.5,40.2", "B,乙,107.5,"),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "zones with and without prefix",
        csv(
            "编号,横坐标,纵坐标",
            "A,36500000,4400000",
            "B,36500100,4400100",
            "C,500000,4400000",
        ),
        "geometry_outside_range",
        (2,),
        "与坐标系不符",
        **METRES,
    ),
    aside(
        "WKT that is cut",
        csv("编号,wkt", "A,POINT (107 40)", "B,POINT (107"),
        *UNREADABLE,
        (1,),
        "无法读取",
        stated={"crs": 4490},
        **SITE,
    ),
]
EXCEL = [
    refused(
        "a formula without its value", formula, "a formula without its value", **SITE
    ),
    refused(
        "two sheets",
        sheet(HEAD, GOOD, sheets=[("另一张", [HEAD, GOOD])]),
        "2 layers",
        **SITE,
    ),
    refused(
        "a heading twice in a sheet",
        sheet(["编号", "经度", "经度", "纬度"], GOOD),
        "stands twice",
        **SITE,
    ),
    refused(
        "data above the heading",
        sheet(["甲", 1, 2, 3], HEAD, GOOD),
        "above the heading",
        **SITE,
    ),
    refused("a column without heading", sheet(HEAD, [*GOOD, 5]), "no heading", **SITE),
    refused("half a workbook", cut(sheet(HEAD, GOOD)), "workbook", **SITE),
    refused("half an old workbook", cut(xls(HEAD, GOOD), 0.3), "workbook", **SITE),
    refused(
        "a sheet without coordinates",
        sheet(["编号", "名称"], ["A", "甲"]),
        "经度",
        **SITE,
    ),
    told(
        "a title",
        sheet(["某旗项目表"], HEAD, GOOD),
        "title_rows_skipped",
        "某旗项目表",
        **SITE,
    ),
    told(
        "cells merged downwards",
        sheet(HEAD, GOOD, [None, "乙", 107.6, 40.3], merge=["A2:A3"]),
        "merged_cells_filled",
        "1 个合并单元格",
        **SITE,
    ),
    told(
        "an error in a cell",
        sheet(HEAD, ["A", "#N/A", 107.5, 40.2]),
        "cell_errors",
        "#N/A",
        **SITE,
    ),
    told(
        "a date for a ratio",
        sheet([*HEAD, "产能置换比例"], [*GOOD, dt.date(2026, 1, 1)]),
        "value_not_readable",
        "产能置换比例",
        **SITE,
    ),
    aside(
        "a parcel of two points",
        parcels_of(
            *[("P", n, 1, x, y) for n, (x, y) in enumerate(txt.OUTER)],
            ("Q", 1, 1, 0, 300),
            ("Q", 2, 1, 0, 400),
        ),
        *UNREADABLE,
        (1,),
        "无法读取",
        **METRES,
    ),
    aside(
        "a parcel in two pieces",
        parcels_of(
            ("P", 1, 1, 0, 0),
            ("P", 2, 1, 0, 100),
            ("P", 3, 1, 100, 100),
            ("Q", 1, 1, 0, 500),
            ("Q", 2, 1, 0, 600),
            ("Q", 3, 1, 100, 600),
            ("P", 4, 1, 100, 0),
        ),
        *UNREADABLE,
        (0,),
        "无法读取",
        **METRES,
    ),
    aside(
        "point numbers sorted as text",
        parcels_of(
            *[("Q", n, 1, x, y + 500) for n, (x, y) in enumerate(txt.OUTER)],
            ("P", 1, 1, 0, 0),
            ("P", 10, 1, 100, 0),
            ("P", 2, 1, 0, 100),
            ("P", 3, 1, 100, 100),
        ),
        *UNREADABLE,
        (1,),
        "无法读取",
        **METRES,
    ),
]


def _bytes(folder, content):
    path = folder / "sites.csv"
    path.write_bytes(content)
    return path


CASES = [*CSV, *EXCEL]
