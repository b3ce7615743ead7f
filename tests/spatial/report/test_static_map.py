"""Maps on paper: true to scale, told what they leave out, the same bytes each time."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pyproj
import pytest
import sample_content
import shapely
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from layers.errors import ExtraMissingError, UnknownKindError
from layers.spec import kinds
from spatial.report import map_face as face_module
from spatial.report.map_face import map_face, width_em, wrapped
from spatial.report.map_frame import (
    SHEETS,
    graticule,
    map_frame,
    projection,
    round_scale,
)
from spatial.report.map_marks import BAR_INK
from spatial.report.map_pen import path_of
from spatial.report.map_shapes import Atlas
from spatial.report.palette import TILES, zone_hatch
from spatial.report.pdf import FontMissingError
from spatial.report.static_map import MapMaker, review_figures
from spatial.text import LANGS

GEOD = pyproj.Geod(a=6378137.0, rf=298.257222101)
SIZE = {"width_mm": 100.0, "height_mm": 100.0}


def only(site_id, **more):
    """Return the sample cut down to a site, whose fields `more` replaces."""
    whole = sample_content.sample()
    (site,) = (one for one in whole.sites if one.site_id == site_id)
    return dataclasses.replace(whole, sites=(dataclasses.replace(site, **more),))


def drawn(content, **how):
    """Return the map of the first site."""
    return MapMaker(content, **how).of_site(content.sites[0])


def moved(lon, lat):
    """Return the sample's first site, a square of 400 m, somewhere else."""
    width = 400 / (111_320 * math.cos(math.radians(lat)))
    square = shapely.box(lon, lat, lon + width, lat + 400 / 111_000)
    return only("S-0", geometry=square, findings=(), overlaps=())


# -- what is drawn, and what is said of it ---------------------------------------------


def test_the_legend_says_what_is_drawn_and_nothing_else():
    made = drawn(sample_content.sample())
    assert made.legend == (
        "项目（禁止）",
        "重叠部分（禁止）",
        "生态保护红线",
        "河湖岸线（存疑）",
    )
    far = drawn(only("S-4"))  # 2 km east of the red line
    assert far.legend == ("项目（未能核查）",)


def test_a_map_without_zones_says_so_and_that_this_means_nothing():
    content = dataclasses.replace(only("S-0", overlaps=(), findings=()), layers=())
    made = drawn(content)
    assert made.legend == ("项目（禁止）",)
    assert "图幅内没有已载入图层的分区。" in made.notes
    assert "图上没有分区不等于没有冲突" in made.notes[0]


def test_layers_that_cannot_be_drawn_are_named_and_made_up_ones_too():
    notes = "".join(drawn(sample_content.sample()).notes)
    assert "未绘出的图层：生态环境管控单元（缺失）。" in notes
    assert sample_content.NOTICE in notes
    assert "生态保护红线、河湖岸线（版次 2023-06；覆盖 bbox" in notes
    assert "EPSG:4524" in notes


def test_a_layer_that_is_not_in_force_is_no_zone_of_the_map():
    whole = sample_content.sample()
    layers = tuple(
        dataclasses.replace(one, status="not_in_force") for one in whole.layers
    )
    made = drawn(dataclasses.replace(whole, layers=layers))
    assert not [one for one in made.legend if "生态保护红线" in one]
    assert "生态保护红线" in "".join(made.notes).partition("未绘出的图层")[2]


def test_units_that_tile_a_county_are_in_the_legend_where_their_border_is_seen():
    whole = only("S-0", overlaps=(), findings=())
    unit = sample_content.layer(
        "unit", "control_unit", [sample_content.square(-50, -50, 50, 50)], ["单元"]
    )
    record = dataclasses.replace(
        whole.layers[0],
        id="unit",
        kind="control_unit",
        title=unit.spec.title,
        layer=unit,
    )
    assert drawn(dataclasses.replace(whole, layers=(record,))).legend == (
        "项目（禁止）",
    )
    half = dataclasses.replace(
        unit,
        frame=gpd.GeoDataFrame(
            {"feature_id": ["Z-0"], "name": ["单元"]},
            geometry=[sample_content.square(-50, -50, 1.4, 50)],
            crs="EPSG:4490",
        ),
    )
    record = dataclasses.replace(record, layer=half)
    assert drawn(dataclasses.replace(whole, layers=(record,))).legend == (
        "项目（禁止）",
        "生态环境管控单元",
    )


def test_the_distance_of_a_rule_is_drawn_as_far_as_it_is():
    near = sample_content.finding(
        0, "restricted", relation="within_distance", distance_m=240.0, margin_m=-260.0
    )
    content = only(
        "S-0", findings=(sample_content.record(near, sample_content.LAW),), overlaps=()
    )
    assert "距项目 500 米（NR22-142）" in drawn(content).legend
    (ring,) = Atlas(content).of_site(content.sites[0], **SIZE).rings
    how = projection(content.sites[0].geometry.bounds)
    x, y = shapely.get_coordinates(ring.line).T
    lon, lat = how.lonlat(x, y)
    south = int(np.argmin(lat))
    foot = content.sites[0].geometry.bounds[1]
    assert GEOD.inv(lon[south], lat[south], lon[south], foot)[2] == pytest.approx(
        500.0, rel=1e-3
    )


def test_land_of_a_ban_is_not_marked_as_restricted_too():
    both = tuple(
        sample_content.record(
            sample_content.finding(0, outcome, rule=outcome), sample_content.LAW
        )
        for outcome in ("restricted", "prohibited")
    )
    content = only("S-0", findings=both)
    overlaps = Atlas(content).of_site(content.sites[0], **SIZE).overlaps
    assert list(overlaps) == ["prohibited"]


def test_the_map_of_all_counts_by_outcome_and_tells_what_has_no_place():
    made = MapMaker(sample_content.sample()).of_all()
    assert made.legend[:2] == ("禁止（1 个）", "需补充信息（1 个）")
    assert "另有 1 个项目没有可用图形，未绘出。" in made.notes


def test_zones_that_cannot_be_seen_are_counted():
    whole = sample_content.sample()
    tiny = shapely.box(107.02, 40.015, 107.02001, 40.01501)  # 1 m
    layer = sample_content.layer("tiny", "wetland", [tiny], ["小"])
    record = dataclasses.replace(
        whole.layers[0], id="tiny", kind="wetland", title=layer.spec.title, layer=layer
    )
    made = MapMaker(dataclasses.replace(whole, layers=(record,))).of_all()
    assert "图上小于 0.15 毫米的 1 个图形未绘出，均已参与判定。" in made.notes
    assert "湿地" not in made.legend


def test_where_no_site_has_a_geometry_there_is_no_map():
    content = only("S-5")
    assert drawn(content) is None
    assert MapMaker(content).of_all() is None
    assert review_figures(content) == {}


def test_a_report_on_many_sites_holds_the_map_of_all_alone():
    whole = sample_content.sample()
    assert list(review_figures(whole, most_sites=2)) == [""]
    few = dataclasses.replace(whole, sites=whole.sites[:2])
    ids = [one.site_id for one in few.sites]
    assert list(review_figures(few, most_sites=2)) == ["", *ids]
    assert list(review_figures(only("S-0"))) == ["S-0"]


@pytest.mark.parametrize("sheet", SHEETS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_has_its_size(sheet, lang):
    made = drawn(sample_content.sample(), sheet=sheet, lang=lang, vector=False)
    wide, high = (int.from_bytes(made.png[at : at + 4]) for at in (16, 20))
    size = SHEETS[sheet]
    assert wide == pytest.approx(size.width_mm / 25.4 * 200, abs=1)
    assert high == pytest.approx(size.height_mm / 25.4 * 200, abs=1)
    assert made.svg is None


def test_a_sheet_that_nobody_knows_is_refused():
    with pytest.raises(UnknownKindError, match="b5"):
        MapMaker(sample_content.sample(), sheet="b5")


# -- the same bytes --------------------------------------------------------------------

_HASHES = """
import hashlib, sample_content
from spatial.report.static_map import MapMaker
content = sample_content.sample()
maker = MapMaker(content)
for made in (maker.of_site(content.sites[0]), maker.of_all()):
    for part in (made.png, made.svg):
        print(hashlib.sha256(part).hexdigest())
"""


def test_the_same_review_gives_the_same_bytes_under_any_hash_seed():
    here = []
    for _ in range(2):
        maker = MapMaker(sample_content.sample())
        made = [maker.of_site(maker.content.sites[0]), maker.of_all()]
        here.append([part for one in made for part in (one.png, one.svg)])
    assert here[0] == here[1]
    support = Path(sample_content.__file__).parent
    paths = os.pathsep.join([str(support), *filter(None, sys.path)])
    told = subprocess.run(
        [sys.executable, "-c", _HASHES],
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert told == [hashlib.sha256(part).hexdigest() for part in here[0]]


def test_settings_of_the_caller_change_nothing_and_are_left_as_they_were():
    plain = drawn(sample_content.sample())
    with mpl.rc_context({"lines.linewidth": 9.0, "svg.hashsalt": "other"}):
        assert drawn(sample_content.sample()).svg == plain.svg
        assert mpl.rcParams["lines.linewidth"] == 9.0


def test_no_clock_and_no_program_stand_in_the_file():
    made = drawn(sample_content.sample())
    assert b"Software" not in made.png
    assert b"dc:date" not in made.svg
    # what is left are names of vocabularies, none of which is fetched
    hosts = set(re.findall(rb"https?://([\w.]+)", made.svg))
    assert hosts <= {b"www.w3.org", b"purl.org", b"creativecommons.org"}


def test_a_map_with_very_many_corners_is_a_picture_alone(monkeypatch):
    assert drawn(sample_content.sample()).svg is not None
    monkeypatch.setattr("spatial.report.static_map.MOST_POINTS", 3)
    made = drawn(sample_content.sample())
    assert made.svg is None
    assert made.png


# -- true to scale ---------------------------------------------------------------------


def bar_points(svg):
    """Return the length of the scale bar in points, found by its ink."""
    found = [
        [float(one) for one in re.findall(r"[ML] ([\d.]+) ", path)]
        for path, style in re.findall(
            r'<path d="([^"]+)"[^>]*?style="([^"]*)"', svg.decode(), re.DOTALL
        )
        if f"fill: {BAR_INK}" in style
    ]
    xs = max(found, key=lambda one: max(one) - min(one))
    return max(xs) - min(xs)


@pytest.mark.parametrize(
    ("lon", "lat"), [(107.0, 40.0), (119.4, 50.0), (100.5, 20.0), (108.0, 42.0)]
)
def test_the_scale_bar_is_as_long_as_it_says(lon, lat):
    content = moved(lon, lat)
    made = drawn(content)
    site = content.sites[0].geometry
    # its length on the paper, on the map, and on the ground in the middle of the map
    on_map = bar_points(made.svg) / 72 * 0.0254 * made.scale
    zone = math.floor(site.centroid.x / 3 + 0.5)
    plane = pyproj.Transformer.from_crs(4490, 4513 + zone - 25, always_xy=True)
    x, y = plane.transform(site.centroid.x, site.centroid.y)
    ends = plane.transform(
        [x - on_map / 2, x + on_map / 2], [y, y], direction="INVERSE"
    )
    ground = GEOD.inv(ends[0][0], ends[1][0], ends[0][1], ends[1][1])[2]
    frame = Atlas(content).of_site(content.sites[0], **SIZE).frame
    assert ground == pytest.approx(round(ground, -2), rel=0.005)
    assert frame.bar_m in {10**e * n for e in range(6) for n in (1, 2, 5)}
    assert frame.ground == pytest.approx(ground / on_map, rel=1e-4)


def test_the_word_beside_the_bar_is_its_length(monkeypatch):
    told = []
    monkeypatch.setattr(
        "spatial.report.map_marks.say",
        lambda key, lang, **facts: told.append((key, facts)) or "x",
    )
    made = drawn(moved(107.0, 40.0))
    (value,) = (facts["value"] for key, facts in told if key == "map_sheet.m")
    on_map = bar_points(made.svg) / 72 * 0.0254 * made.scale
    assert float(value) == pytest.approx(on_map, rel=0.005)


@given(st.floats(100, 1e8))
def test_a_scale_is_round_and_holds_what_it_has_to(least):
    scale = round_scale(least)
    assert least * (1 - 1e-6) <= scale <= least * 1.6
    digits = f"{scale:.6e}".partition("e")[0].rstrip("0").rstrip(".").replace(".", "")
    assert len(digits) <= 2


@given(st.floats(74, 134), st.floats(18, 53), st.floats(500, 200_000))
def test_the_frame_holds_what_was_wanted_and_north_is_north(lon, lat, half):
    how = projection((lon, lat, lon, lat))
    x, y = how.points(lon, lat)
    frame = map_frame(how, (x - half, y - half, x + half, y + half), **SIZE)
    assert frame.box[0] <= x - half * (1 - 1e-9)
    assert frame.box[3] >= y + half * (1 - 1e-9)
    turn = pyproj.Proj(how.crs).get_factors(lon, lat).meridian_convergence
    assert frame.north_deg == pytest.approx(-turn, abs=0.01)
    assert frame.ground == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("half", [150.0, 4_000.0, 90_000.0])
def test_a_graticule_has_a_line_each_way_and_few_of_them(half):
    how = projection((107.0, 40.0, 107.0, 40.0))
    x, y = how.points(107.0, 40.0)
    frame = map_frame(how, (x - half, y - half, x + half, y + half), **SIZE)
    lines = graticule(frame)
    for is_meridian in (True, False):
        some = [one for one in lines if one.is_meridian == is_meridian]
        assert 1 <= len(some) <= 6
    for one in lines:
        for px, py, _ in one.ends:
            degrees = how.lonlat(px, py)[0 if one.is_meridian else 1]
            assert degrees == pytest.approx(one.degrees, abs=frame.scale * 1e-9)


def test_a_wide_land_is_a_conic_and_no_zone():
    assert projection((97.0, 37.0, 126.0, 53.0)).is_conic
    assert projection((106.4, 39.3, 107.5, 40.1)).epsg == 4524
    assert projection((10.0, 50.0, 10.1, 50.1)).epsg is None  # outside of the zones


# -- ink -------------------------------------------------------------------------------


def test_a_hole_stays_a_hole_whichever_way_it_runs():
    outer, hole = shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 2)
    for ring in (hole.exterior, hole.exterior.reverse()):
        area = shapely.Polygon(outer.exterior, [ring])
        figure = Figure(figsize=(1, 1), dpi=60)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 3), ylim=(0, 3))
        axes.axis("off")
        axes.add_patch(PathPatch(path_of(np.array([area])), color="k", linewidth=0))
        canvas.draw()
        ink = np.asarray(canvas.buffer_rgba())[..., 0]
        assert ink[30, 30] == 255
        assert ink[10, 10] == 0


def test_kinds_differ_by_hatch_where_a_print_has_no_colours():
    some = [one for one in kinds() if one not in TILES]
    assert len({zone_hatch(one) for one in some}) == 16
    first = ("ecological_redline", "river_shoreline", "permanent_basic_farmland")
    first += ("nature_reserve", "water_source_protection", "industrial_park", "wetland")
    assert len({zone_hatch(one) for one in first}) == len(first)
    assert zone_hatch("control_unit") == ""


# -- words -----------------------------------------------------------------------------


def test_a_sign_that_the_typeface_lacks_is_told_and_no_box():
    made = drawn(only("S-0", name="甲\ue000\U0001f3ed厂"))
    assert made.lost == ("\ue000", "\U0001f3ed")
    assert "“〓”处的字字体未收录：U+E000 U+1F3ED。" in made.notes


def test_hostile_names_are_drawn_as_words():
    whole = sample_content.sample()
    for site in whole.sites:
        made = MapMaker(whole).of_site(site)
        if made is not None:
            assert b"<script" not in made.svg
            assert b"onerror" not in made.svg
    dollars = drawn(only("S-0", name="$\\frac{1}{0}$ $x"))  # no mathematics is read
    assert dollars.png


def test_a_folder_without_a_chinese_typeface_is_refused(tmp_path):
    with pytest.raises(FontMissingError, match=r"a map: expected .* got none in"):
        drawn(sample_content.sample(), fonts=tmp_path)
    latin = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    (tmp_path / "latin.ttf").write_bytes(latin.read_bytes())
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    map_face.cache_clear()
    with pytest.raises(FontMissingError, match="got none in"):
        drawn(sample_content.sample(), fonts=tmp_path)


def test_a_typeface_in_a_folder_is_used(tmp_path):
    of_machine = Path(str(map_face().file))
    (tmp_path / of_machine.name).write_bytes(of_machine.read_bytes())
    assert map_face(tmp_path).sha256 == map_face().sha256
    assert drawn(sample_content.sample(), fonts=tmp_path).lost == ()


def test_without_the_extra_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setattr(face_module, "find_spec", lambda _: None)
    map_face.cache_clear()
    with pytest.raises(ExtraMissingError, match=r"ecoredline\[report\]"):
        drawn(sample_content.sample())
    map_face.cache_clear()


@given(st.text(max_size=60), st.floats(2, 30))
def test_a_text_in_lines_loses_no_word_and_keeps_the_width(text, most):
    lines = wrapped(text, most)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        hanging = line.rstrip("，。；：、）”！？,.;:) ")
        assert width_em(hanging) <= max(most, 2.0) + 1e-9
