"""DXF drawings."""

from __future__ import annotations

import format_files as make
from broken_cases.entry import aside, refused, told

SQUARE = [(107, 40), (108, 40), (108, 41), (107, 41)]
HERE = {"crs": "EPSG:4490"}


def drawing(build, version="R2010"):
    def made(folder):
        doc = make.drawing(version)
        build(doc, doc.modelspace())
        return make.saved(doc, folder)

    return made


def outline(space, *, close=True, points=SQUARE, **attributes):
    space.add_lwpolyline(points, close=close, dxfattribs=attributes)


def open_line(_, space):
    outline(space)
    outline(space, close=False)


def point(_, space):
    outline(space)
    space.add_point((107, 40))


def words(_, space):
    outline(space)
    space.add_text("生态保护红线")


def curve(_, space):
    space.add_circle((107, 40), 0.1)


def far(_, space):
    outline(space)
    outline(space, points=[(x * 1000, y * 1000) for x, y in SQUARE])
    outline(space)


def bow_tie(_, space):
    outline(space)
    outline(space, points=[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]])


def elsewhere(doc, space):
    outline(space)
    doc.add_xref_def("other.dwg", "OTHER")
    space.add_blockref("OTHER", (0, 0))


def text(content):
    def build(folder):
        path = folder / "plan.dxf"
        path.write_bytes(content)
        return path

    return build


def edited(old, new, count=1):
    """A drawing of one outline, some of whose text was replaced."""

    def build(folder):
        path = drawing(lambda _, space: outline(space))(folder)
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, count))
        return path

    return build


CASES = [
    refused("half a drawing", make.cut_dxf, "EOF at the end", "cut"),
    refused("cut, with an end put behind", make.dxf_cut_but_ended, "ENDSEC"),
    refused("two layers", make.dxf_of_two_layers, "2 layers: 红线, 道路"),
    refused("words alone", make.dxf_of_texts, "0 layers"),
    refused("blocks without end", make.dxf_block_bomb, "more than 200000 parts"),
    refused("an array without end", make.dxf_array_bomb, "more than 200000 parts"),
    refused("no reference system", make.dxf_without_crs, "got none", "--crs"),
    refused("a DWG", make.dwg, "save it as DXF"),
    refused("a DWG called .dxf", make.dwg_as_dxf, "AC1027"),
    refused(
        "half a binary drawing",
        text(b"AutoCAD Binary DXF\r\n\x1a\0" + b"\0" * 8),
        "DXF",
        stated=HERE,
    ),
    refused(
        "a vertex short",
        edited(b" 90\n4\n", b" 90\n5\n"),
        "vertices",
        stated=HERE,
    ),
    refused("sections alone", text(b"  0\nSECTION\n  2\nHEADER\n"), "EOF"),
    aside(
        "an outline left open",
        drawing(open_line),
        "geometry_wrong_type",
        (1,),
        "LineString",
        stated=HERE,
    ),
    aside(
        "a point among outlines",
        drawing(point),
        "geometry_wrong_type",
        (1,),
        "Point",
        stated=HERE,
    ),
    aside(
        "an outline far away",
        drawing(far),
        "geometry_outside_range",
        (1,),
        "与坐标系不符",
        stated=HERE,
    ),
    aside(
        "an outline that crosses itself",
        drawing(bow_tie),
        "geometry_doubtful",
        (1,),
        "无法可靠修复",
        stated=HERE,
    ),
    told("words", drawing(words), "content_not_read", "TEXT", stated=HERE),
    told("a circle", drawing(curve), "curves_flattened", "1 条圆弧", stated=HERE),
    told(
        "another drawing",
        drawing(elsewhere),
        "linked_data_not_read",
        "1 处指向外部数据",
        stated=HERE,
    ),
]
