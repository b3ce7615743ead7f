"""Boundary-point TXT."""

from __future__ import annotations

import boundary_files as txt
from broken_cases.entry import aside, refused, told

SITE = {"kind": "project_site"}
UNREADABLE = ("geometry_unreadable",)
OPEN = txt.OUTER[:-1]
SECOND = txt.parcel(
    txt.OUTER, txt.parcel_line(number="B-1", name="二号地块"), north=4_400_500.0
)


def boundary(*parcels, head=None, encoding="utf-8"):
    return lambda folder: txt.write(folder, txt.text(*parcels, head=head), encoding)


CASES = [
    told(
        "a wrong area",
        boundary(txt.parcel(line=txt.parcel_line(area="2.5"))),
        "declared_area_differs",
        "申报面积 2.5",
        **SITE,
    ),
    told(
        "an area in mu",
        boundary(txt.parcel(line=txt.parcel_line(area="15.0"))),
        "declared_area_unit",
        "15",
        **SITE,
    ),
    told(
        "a wrong number of points",
        boundary(txt.parcel(line=txt.parcel_line(count=9))),
        "declared_points_differ",
        "申报 9 个",
        **SITE,
    ),
    told(
        "no zone in the header",
        boundary(head=txt.header(带号=None)),
        "zone_decided",
        "36 带",
        **SITE,
    ),
    told(
        "X and Y swapped",
        boundary(txt.parcel(swap=True)),
        "axes_swapped",
        "横坐标",
        **SITE,
    ),
    told(
        "no mark at the end",
        boundary([txt.parcel_line()[:-2], *txt.rows(txt.OUTER)]),
        "parcel_line_odd",
        "缺少 @",
        **SITE,
    ),
    told(
        "no shape",
        boundary(txt.parcel(line=txt.parcel_line(shape=""))),
        "parcel_shape_decided",
        "按面读取",
        **SITE,
    ),
    told(
        "a ring left open, points as declared",
        boundary(txt.parcel(OPEN, line=txt.parcel_line(count=4))),
        "ring_closed",
        "已闭合",
        **SITE,
    ),
    told(
        "rings numbered 1, 3",
        boundary(
            [
                txt.parcel_line(count=10, area="0.96"),
                *txt.rows(txt.OUTER),
                *txt.rows(txt.HOLE, 3, first=6),
            ]
        ),
        "ring_numbers_odd",
        "1, 3",
        **SITE,
    ),
    aside(
        "a ring left open, a point short",
        boundary(SECOND, txt.parcel(OPEN[:3], line=txt.parcel_line(count=5))),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "a row of words",
        boundary(
            SECOND,
            [
                txt.parcel_line(),
                *txt.rows(txt.OUTER)[:2],
                "J3,1,甲,乙",
                *txt.rows(txt.OUTER)[3:],
            ],
        ),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "a hole outside",
        boundary(
            SECOND,
            [
                txt.parcel_line(count=10),
                *txt.rows(txt.OUTER),
                *txt.rows([(x + 900, y) for x, y in txt.HOLE], 2, first=6),
            ],
        ),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    aside(
        "zones mixed in a parcel",
        boundary(
            SECOND,
            [
                txt.parcel_line(),
                *txt.rows(txt.OUTER)[:2],
                *txt.rows(txt.OUTER, east=37_500_000.0)[2:],
            ],
        ),
        *UNREADABLE,
        (1,),
        "无法读取",
        **SITE,
    ),
    refused(
        "no section of parcels",
        lambda folder: txt.write(folder, txt.header()),
        "地块坐标",
        **SITE,
    ),
    refused(
        "a zone that contradicts the eastings",
        boundary(head=txt.header(带号="37")),
        "36",
        "37",
        **SITE,
    ),
    refused(
        "Xian 1980",
        boundary(head=txt.header(坐标系="1980西安坐标系")),
        "Xian 1980",
        **SITE,
    ),
    refused(
        "Beijing 1954",
        boundary(head=txt.header(坐标系="1954年北京坐标系")),
        "Beijing 1954",
        **SITE,
    ),
    refused(
        "two zones in a file",
        boundary(
            txt.parcel(),
            txt.parcel(line=txt.parcel_line(number="B-1"), east=37_500_000.0),
        ),
        "36",
        "37",
        **SITE,
    ),
    refused(
        "no point can be read",
        boundary([txt.parcel_line(), "甲,乙"]),
        "points can be read",
        **SITE,
    ),
]
