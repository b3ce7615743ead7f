"""Drawings: what closes is a polygon, blocks are exploded, arcs keep their distance."""

import math
import re

import format_files as make
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.formats import open_raw
from layers.formats.dxfcurves import outline
from layers.formats.dxftext import count_entities

WORDS = ["生态保护红线", "乌兰布和", "鄂托克旗棋盘井镇", "东湖①号地块"]
SPACE = make.drawing().modelspace()
SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


def raw_of(doc, folder, **asked):
    return open_raw(make.saved(doc, folder), **asked)


def test_outlines_lines_and_points(tmp_path):
    doc = make.drawing()
    space = doc.modelspace()
    space.add_lwpolyline(SQUARE, close=True)
    space.add_lwpolyline([*SQUARE, SQUARE[0]])
    space.add_lwpolyline(SQUARE)
    space.add_polyline2d(SQUARE, close=True)
    space.add_polyline3d([(x, y, 5) for x, y in SQUARE], close=True)
    space.add_line((0, 0), (3, 4))
    space.add_point((1, 2, 3))
    space.add_text("x")
    space.add_hatch()
    raw = raw_of(doc, tmp_path)
    assert [one.geom_type for one in raw.geometry] == [
        "Polygon",
        "Polygon",
        "LineString",
        "Polygon",
        "Polygon",
        "LineString",
        "Point",
    ]
    assert shapely.area(raw.geometry).tolist() == [100, 100, 0, 100, 100, 0, 0]
    assert raw.geometry[5].length == 5
    assert raw.found == (("content_not_read", {"what": "TEXT: 1, HATCH: 1"}),)
    assert raw.crs is None


@pytest.mark.parametrize("at", [0.0, 36_500_000.0])
def test_a_circle_is_round_to_the_stated_distance_however_it_is_drawn(at, tmp_path):
    radius = 1000.0
    doc = make.drawing()
    space = doc.modelspace()
    space.add_circle((at, 0), radius)
    space.add_ellipse((at, 0), (radius, 0), 1.0)
    ends = [(at - radius, 0, 1), (at + radius, 0, 1)]
    space.add_lwpolyline(ends, format="xyb", close=True)
    space.add_lwpolyline([(x, y, -b) for x, y, b in ends], format="xyb", close=True)
    space.add_polyline2d(ends, format="xyb", close=True)
    raw = raw_of(doc, tmp_path)
    (code, facts), *_ = raw.found
    assert (code, facts["count"]) == ("curves_flattened", 5)
    assert facts["tolerance"] <= 0.001
    for one in raw.geometry:
        ring = shapely.get_coordinates(one)
        x, y = np.concatenate([ring, (ring[1:] + ring[:-1]) / 2]).T
        off = np.abs(np.hypot(x - at, y) - radius)
        assert off.max() <= 0.0011
        assert one.area == pytest.approx(math.pi * radius**2, rel=3e-6)


@settings(max_examples=25)
@given(
    st.floats(-3, 3).filter(lambda one: abs(one) > 1e-3),
    st.floats(1, 200),
)
def test_a_bulge_is_the_arc_that_ezdxf_draws(bulge, chord):
    line = SPACE.add_lwpolyline([(1000, 0, bulge), (1000 + chord, 0, 0)], format="xyb")
    (arc,) = line.virtual_entities()
    ours = shapely.LineString(outline(line).vertices)
    theirs = shapely.LineString([(p.x, p.y) for p in arc.flattening(0.001)])
    assert shapely.hausdorff_distance(ours, theirs) < 0.003 + 0.001 * chord / 100


def test_blocks_are_exploded_with_their_attributes(tmp_path):
    doc = make.drawing()
    plot = doc.blocks.new("地块")
    plot.add_lwpolyline(SQUARE, close=True)
    plot.add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "内线"})
    outer = doc.blocks.new("总图")
    outer.add_blockref("地块", (100, 0), dxfattribs={"layer": "红线"})
    space = doc.modelspace()
    one = space.add_blockref("地块", (50, 0), dxfattribs={"layer": "红线", "xscale": 2})
    one.add_attrib("编号", "D-7")
    space.add_blockref("总图", (0, 100))
    space.add_blockref(
        "地块",
        (0, 500),
        dxfattribs={"layer": "红线", "column_count": 3, "column_spacing": 20},
    )
    raw = raw_of(doc, tmp_path, layer="红线")
    assert shapely.bounds(raw.geometry).tolist() == [
        [50, 0, 70, 10],
        [100, 100, 110, 110],
        [0, 500, 10, 510],
        [20, 500, 30, 510],
        [40, 500, 50, 510],
    ]
    assert raw.attributes["编号"].tolist()[0] == "D-7"
    assert raw.attributes["block"].tolist() == ["地块", "总图", *["地块"] * 3]
    path = tmp_path / "plan.dxf"
    assert {one.name: one.rows for one in layers.inspect(path).layers} == {
        "内线": 5,
        "红线": 5,
    }


def test_texts_that_a_program_attached_are_kept(tmp_path):
    doc = make.drawing()
    doc.appids.add("SOUTH")
    line = doc.modelspace().add_lwpolyline(SQUARE, close=True)
    line.set_xdata("SOUTH", [(1000, "300000"), (1000, "D-7")])
    raw = raw_of(doc, tmp_path)
    assert raw.attributes["xdata SOUTH"].tolist() == ["300000; D-7"]


@pytest.mark.parametrize("version", ["R12", "R2000", "R2010"])
@pytest.mark.parametrize("stated", ["ANSI_936", "ANSI_1252"])
@pytest.mark.parametrize("written", ["gb18030", "utf-8"])
def test_layer_names_are_right_whatever_the_header_says(
    version, stated, written, tmp_path
):
    doc = make.drawing(version)
    for word in WORDS:
        doc.modelspace().add_polyline2d(SQUARE, close=True, dxfattribs={"layer": word})
    path = tmp_path / "plan.dxf"
    doc.encoding = "utf-8"
    with path.open("w", encoding=written, newline="\r\n") as stream:
        doc.write(stream)
    page = re.compile(rb"(DWGCODEPAGE\s+3\s+)\w+")
    text, found = page.subn(rb"\1" + stated.encode(), path.read_bytes())
    assert found == 1
    path.write_bytes(text)
    told = layers.inspect(path).layers
    assert sorted(one.name for one in told) == sorted(WORDS)
    right = {"R2010": "utf-8"}.get(version, "gb18030" if stated == "ANSI_936" else None)
    codes = {one.key for glance in told for one in glance.problems}
    assert ("issue.encoding_decided" in codes) is (written != right)


def test_every_entity_is_counted_from_the_tags_too(tmp_path):
    for version in ("R12", "R2000", "R2018"):
        doc = make.drawing(version)
        space = doc.modelspace()
        space.add_polyline2d(SQUARE, close=True)
        space.add_line((0, 0), (1, 1))
        doc.blocks.new("B").add_point((0, 0))
        space.add_blockref("B", (0, 0)).add_attrib("A", "1")
        text = make.saved(doc, tmp_path).read_text(encoding="utf-8")
        assert count_entities(text) == len(space) == 3


def test_a_drawing_becomes_a_layer_when_its_system_is_said(tmp_path):
    doc = make.drawing()
    ring = [(36_500_000 + x, 4_430_000 + y) for x, y in SQUARE]
    doc.modelspace().add_lwpolyline(ring, close=True)
    doc.modelspace().add_line((36_500_000, 4_430_000), (36_500_010, 4_430_000))
    layer = layers.read(make.saved(doc, tmp_path), kind="ecological_redline", crs=4524)
    assert layer.frame.index.tolist() == [0]
    assert [one.reason for one in layer.quarantine] == ["geometry_wrong_type"]
    assert layer.provenance.rows_in_file == 2


def test_a_binary_drawing_is_read_too(tmp_path):
    doc = make.drawing()
    doc.modelspace().add_lwpolyline(SQUARE, close=True, dxfattribs={"layer": "红线"})
    path = tmp_path / "plan.dxf"
    doc.saveas(path, fmt="bin")
    raw = open_raw(path)
    assert (raw.source_layer, raw.rows_in_file) == ("红线", 1)
