"""Boundary-point files made by code: a square of 100 m in zone 36, and its defects."""

from __future__ import annotations

EAST, NORTH = 36_500_000.0, 4_400_000.0
HEADER = {
    "格式版本号": "1.01",
    "数据产生单位": "某某旗自然资源局",
    "数据产生日期": "2026-01-01",
    "坐标系": "2000国家大地坐标系",
    "几度分带": "3",
    "投影类型": "高斯克吕格",
    "计量单位": "米",
    "带号": "36",
    "精度": "0.01",
    "转换参数": "0,0,0,0,0,0,0",
}
OUTER = ((0, 0), (0, 100), (100, 100), (100, 0), (0, 0))
HOLE = ((20, 20), (40, 20), (40, 40), (20, 40), (20, 20))


def header(**changes):
    """The header as text; a value of None leaves the key out."""
    said = {**HEADER, **changes}
    lines = [f"{key}={value}" for key, value in said.items() if value is not None]
    return "\n".join(["[属性描述]", *lines])


def rows(ring, number=1, *, east=EAST, north=NORTH, first=1, swap=False):
    """Vertex rows of a ring given as (east, north) offsets."""
    made = []
    for at, (x, y) in enumerate(ring):
        a, b = north + y, east + x
        if swap:
            a, b = b, a
        made.append(f"J{first + at},{number},{a:.3f},{b:.3f}")
    return made


def parcel_line(*, count=5, area="1.0000", number="A-1", shape="面", **more):
    name = more.get("name", "一号地块")
    rest = more.get("rest", "J49E001001,工业用地,0601")
    return f"{count},{area},{number},{name},{shape},{rest},@"


def parcel(ring=OUTER, line=None, **how):
    return [line if line is not None else parcel_line(), *rows(ring, **how)]


def text(*parcels, head=None):
    lines = [header() if head is None else head, "[地块坐标]"]
    for one in parcels or (parcel(),):
        lines += one
    return "\n".join(line for line in lines if line) + "\n"


def write(folder, content, encoding="utf-8", name="dk.txt"):
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path
