"""Fine borders inside the page: cut without a trace, packed as numbers, told honestly.

Squared paper of most tests: a window of one degree, two sheets by two, whose lines of
cells lie 1/16 of a degree apart.

    41 ┌─────┬─────┐
       │ 0,1 │ 1,1 │        column, row of a sheet
  40.5 ├─────┼─────┤
       │ 0,0 │ 1,0 │
    40 └─────┴─────┘
      107  107.5  108
"""

from __future__ import annotations

import base64
import dataclasses
import math
import re
import zlib

import numpy as np
import pytest
import sample_content
import shapely
from hypothesis import given
from hypothesis import strategies as st
from sample_province import TOOTHED, province, zigzag

from spatial.report import drawing as drawing_module
from spatial.report import tiles as tiles_module
from spatial.report.drawing import drawing
from spatial.report.html import report_html
from spatial.report.page_map import map_data, map_notes
from spatial.report.tile_code import encoded
from spatial.report.tile_cut import paths, pieces
from spatial.report.tile_grid import TileGrid
from spatial.report.tiles import tiles

GRID = TileGrid((107.0, 40.0, 108.0, 41.0), 2)
STEPS = 2**16
STEP = 0.5 / STEPS  # degrees


def array(*shapes):
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def box(west, south, east, north):
    """A box in sixteenths of a degree: lines of cells are whole numbers."""
    west, east = 107 + west / 16, 107 + east / 16
    return shapely.box(west, 40 + south / 16, east, 40 + north / 16)


def numbers(text):
    """Read the bytes of a sheet, as tiles.js does."""
    value = shift = 0
    for byte in zlib.decompress(base64.b64decode(text, validate=True)):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def decoded(texts, grid=GRID, steps=STEPS):
    """Return (sheet, zone, form, points in degrees, cuts) of each path."""
    found = []
    low = np.array(grid.window[:2])
    sheet = (np.array(grid.window[2:]) - low) / grid.side
    for place, text in texts.items():
        rest, zone = numbers(text), 0
        for moved in rest:
            zone += moved
            count, form = divmod(next(rest), 4)
            cuts = np.cumsum([next(rest) for _ in range(next(rest))]).tolist()
            moves = np.array([next(rest) for _ in range(2 * count)]).reshape(-1, 2)
            moves = np.where(moves % 2, -(moves + 1) // 2, moves // 2)
            points = low + (np.array(place) + moves.cumsum(axis=0) / steps) * sheet
            found.append((place, zone, form, points, cuts))
    return found


def drawn(shapes, cells=None, grid=GRID, steps=STEPS):
    """Return what a page would draw of shapes, read back."""
    cells = grid.every() if cells is None else cells
    made = paths(pieces(shapes, grid, cells), shapes, grid, steps)
    return decoded(encoded(made), grid, steps)


def filled(found, zone=0):
    """Return the area that is filled, by the rule of even and odd."""
    area = shapely.Polygon()
    for _, of, form, points, _ in found:
        if (of, form) == (zone, 1):
            area = area.symmetric_difference(shapely.Polygon(points))
    return area


def stroked(found, zone=0):
    """Return the lines that are drawn along the border."""
    lines = []
    for _, of, form, points, cuts in found:
        if of == zone and form == 0:
            lines.append(shapely.LineString(points))
        if of == zone and form == 1:
            ends = np.roll(points, -1, axis=0)
            edges = shapely.linestrings(np.stack([points, ends], axis=1))
            lines.extend(np.delete(edges, cuts))
    return shapely.union_all(lines)


# -- cutting -------------------------------------------------------------------


def test_a_square_over_four_sheets_has_one_border_and_no_seam():
    square = box(4, 4, 12, 12)  # a quarter of it in each sheet
    found = drawn(array(square))
    assert [place for place, *_ in found] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert [len(points) for *_, points, _ in found] == [4, 4, 4, 4]
    assert [len(cuts) for *_, cuts in found] == [2, 2, 2, 2]
    assert filled(found).equals(square)
    assert stroked(found).equals(square.boundary)


def test_a_border_along_the_edge_of_a_sheet_is_drawn():
    """The zone ends at 107.5, where sheets meet: that is a border and no cut."""
    west, east = box(2, 2, 8, 12), box(8, 2, 12, 12)
    found = drawn(array(west, east))
    assert stroked(found, 0).equals(west.boundary)
    assert stroked(found, 1).equals(east.boundary)


def test_a_border_that_runs_along_the_edge_for_a_part_of_it_is_drawn_for_that_part():
    r"""The cut from 6 to 10 is none, the border from 2 to 6 is one.

    12     ┌──────┐
    10  ┌──┘......│     . cut at 8
     6  └──┐......│
     2     └──────┘
        4  8      12
    """
    ring = [(8, 2), (12, 2), (12, 12), (8, 12), (8, 10), (4, 10), (4, 6), (8, 6)]
    shape = shapely.Polygon([(107 + x / 16, 40 + y / 16) for x, y in ring])
    found = drawn(array(shape))
    assert stroked(found).equals(shape.boundary)
    assert filled(found).equals(shape)


def test_a_sheet_that_a_zone_fills_has_no_line_at_all():
    found = drawn(array(box(-4, -4, 20, 20)))
    assert len(found) == 4
    assert all(sorted(cuts) == [0, 1, 2, 3] for *_, cuts in found)


def test_holes_lines_and_points_keep_their_form():
    ring = box(2, 2, 14, 14).difference(box(6, 6, 10, 10))
    river = shapely.LineString([(107.1, 40.1), (107.9, 40.3), (107.9, 40.9)])
    wells = shapely.MultiPoint([(107.1, 40.2), (107.9, 40.2)])
    found = drawn(array(ring, river, wells))
    assert filled(found, 0).equals(ring)
    assert stroked(found, 0).equals(ring.boundary)
    assert stroked(found, 1).hausdorff_distance(river) < STEP
    at = [
        points.tolist() for _, zone, form, points, _ in found if (zone, form) == (2, 2)
    ]
    assert np.allclose(at, [[(107.1, 40.2)], [(107.9, 40.2)]], atol=STEP)


def test_what_only_touches_a_sheet_is_not_in_it():
    found = drawn(array(box(2, 2, 8, 6)))  # its edge lies on 107.5
    assert {place for place, *_ in found} == {(0, 0)}


def test_only_the_wanted_cells_are_told():
    """Two cells of the sheet in the south-west, one beside the other."""
    cells = np.zeros((16, 16), dtype=bool)
    cells[3, 4:6] = True
    zone = box(0, 0, 12, 12)
    found = drawn(array(zone), cells)
    assert filled(found).equals(box(4, 3, 6, 4))
    assert stroked(found).is_empty
    assert drawn(array(box(8, 8, 12, 12)), cells) == []


def test_a_zone_smaller_than_a_step_does_not_vanish():
    dot = shapely.Point(107.2, 40.3).buffer(STEP / 10)
    (path,) = drawn(array(dot))
    assert len({tuple(point) for point in path[3].tolist()}) == 2


def test_nothing_gives_nothing():
    assert drawn(array(box(20, 20, 24, 24))) == []


@st.composite
def stars(draw):
    """A star about the middle of the window: any outline, maybe over its edge."""
    radii = draw(st.lists(st.floats(0.02, 0.6), min_size=3, max_size=30))
    turns = np.arange(len(radii)) / len(radii) * 2 * math.pi
    x, y = draw(st.floats(0.3, 0.7)), draw(st.floats(0.3, 0.7))
    xy = np.stack([np.cos(turns), np.sin(turns)], axis=1) * np.array(radii)[:, None]
    return shapely.Polygon(xy + np.array([107 + x, 40 + y]))


@given(stars())
def test_the_pieces_of_a_zone_are_the_zone_and_the_strokes_its_border(star):
    window = shapely.box(*GRID.window)
    inside = star.intersection(window)
    border = star.boundary.intersection(window)
    found = drawn(array(star))
    off = 2 * STEP
    wrong = filled(found).symmetric_difference(inside)
    assert wrong.area <= off * (inside.length + 8)
    # no line where there is no border, no border without its line
    assert border.buffer(off).covers(stroked(found))
    assert stroked(found).buffer(off).covers(border)


# -- which cells, which tolerance -----------------------------------------------


def test_the_cells_around_a_site_hold_what_is_seen_of_it():
    """0.0199 degrees north and south, 0.0478 east and west at the equator."""
    grid = TileGrid((0.0, -0.5, 1.0, 0.5), 4)  # cells of 1/32
    near = grid.near(np.array([[0.5, 0.0, 0.5, 0.0]]), 0.0)
    rows, columns = np.nonzero(near)
    assert (rows.min(), rows.max()) == (15, 16)
    assert (columns.min(), columns.max()) == (14, 17)
    assert near.sum() == 2 * 4


def test_a_point_or_a_box_in_a_cell_is_found_there():
    cells = np.zeros((16, 16), dtype=bool)
    cells[2, 5] = True
    at = np.array([[5.5, 2.5], [4.5, 2.5], [-9, 2.5], [5.5, 99]]) / 16 + [107, 40]
    assert GRID.inside(at, cells).tolist() == [True, False, False, False]
    boxes = shapely.bounds(
        [box(1, 1, 9, 9), box(0, 0, 4.5, 9), box(5.5, 2.5, 5.6, 2.6)]
    )
    assert GRID.meet(boxes, cells).tolist() == [True, False, True]


def of(content):
    return tiles(content, drawing(content, "zh"))


def texts(found):
    return {(column, row): text for column, row, _, text in found.sheets if text}


def test_a_province_has_fine_borders_and_a_county_needs_none():
    content = province()
    found = of(content)
    assert drawing(content, "zh").tolerance_m > 12
    assert (found.reach, found.used) == ("all", ((), ()))
    assert 1.0 < found.tolerance_m < 2.0
    read = decoded(texts(found), found.grid, found.steps)
    metre = 1 / 111_320
    assert stroked(read).hausdorff_distance(TOOTHED.boundary) < 2 * metre
    assert of(sample_content.sample()) is None


def test_two_runs_give_the_same_sheets():
    assert of(province()) == of(province())
    assert report_html(province()) == report_html(province())


def test_where_all_does_not_fit_the_land_around_sites_has_it(monkeypatch):
    far = zigzag(108.0, 41.0, 108.4, 41.4, teeth=2_000)
    assert of(province(more=(far,))).reach == "all"
    monkeypatch.setattr(tiles_module, "MOST_BYTES", 5_000)
    found = of(province(more=(far,)))
    assert found.reach == "near"
    read = decoded(texts(found), found.grid, found.steps)
    assert {zone for _, zone, *_ in read} == {1, 2}  # the far one is the largest, 0
    assert {len(mask) for _, _, mask, _ in found.sheets} <= {0, 16}
    monkeypatch.setattr(tiles_module, "MOST_BYTES", 1_000)
    assert of(province(more=(far,))) is None


def test_the_mask_of_a_sheet_tells_which_cells_are_covered(monkeypatch):
    monkeypatch.setattr(tiles_module, "SITE_PIXEL_M", 0.5)  # not everywhere
    monkeypatch.setattr(tiles_module, "WORTH_M", 12.0)
    content = province()
    found = of(content)
    assert found.reach == "near"
    placed = [one.geometry for one in content.sites if one.geometry is not None]
    latitude = drawing_module.middle_latitude(drawing(content, "zh").bounds)
    wanted = found.grid.near(shapely.bounds(placed), latitude)
    told = np.zeros_like(wanted)
    for column, row, mask, _ in found.sheets:
        for down in range(8):
            byte = int(mask[2 * down : 2 * down + 2] or "ff", 16)
            for along in range(8):
                told[8 * row + down, 8 * column + along] = byte >> along & 1
    assert (told == wanted).all()


def test_a_zone_without_room_on_the_overview_is_in_the_sheets(monkeypatch):
    monkeypatch.setattr(drawing_module, "MOST_VERTICES", 7)
    content = province("大", more=(zigzag(107.03, 40.06, 107.04, 40.07, teeth=10),))
    seen = drawing(content, "zh")
    found = tiles(content, seen)
    assert [len(kind.left_out) for kind in seen.kinds] == [1, 1]
    assert found.used == ((0,), (0,))
    data = map_data(seen, found, "zh")
    listed = [[zone[2] is None for zone in kind["zones"]] for kind in data["kinds"]]
    assert listed == [[False, True], [True]]
    read = decoded(texts(found), found.grid, found.steps)
    assert {zone for _, zone, *_ in read} == {0, 1, 2}


def test_sites_without_a_place_and_layers_without_a_zone_have_no_sheets():
    content = province()
    lost = [dataclasses.replace(one, geometry=None) for one in content.sites]
    assert of(dataclasses.replace(content, sites=tuple(lost))) is None
    assert of(dataclasses.replace(content, layers=())) is None


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("容差约 36.2 米", "容差约 1.4 米")),
        ("en", ("about 36.2 m", "by about 1.4 m")),
    ],
)
def test_the_notes_say_what_is_drawn_how_exactly_and_where(lang, words):
    content = province()
    seen = drawing(content, lang)
    notes = map_notes(seen, tiles(content, seen), lang, based=False)
    assert [word in note for word, note in zip(words, notes, strict=True)] == [True] * 2
    assert len(map_notes(seen, None, lang, based=False)) == 1


def test_sheets_hold_numbers_and_no_text_of_anybody():
    text = report_html(province(sample_content.SCRIPT))
    (held,) = re.findall(r'id="map-sheets">(.*?)</script>', text, re.DOTALL)
    assert re.fullmatch(r'[\[\],0-9"A-Za-z+/=]+', held)
    assert text.count("<script") == 5  # two of data, three of ours
    assert (
        "map-sheets" not in report_html(sample_content.sample()).partition("<script")[0]
    )
