"""Maps and pictures for notebooks: offline, escaped, and what is left out is told."""

from __future__ import annotations

import dataclasses
import re
import warnings

import numpy as np
import pytest
import sample_content
import shapely

import layers
import spatial
from layers.layer import Unavailable, Workspace
from layers.samples.county import write_county
from layers.spec import spec
from spatial.feasible.land import classed
from spatial.feasible.project import project_of
from spatial.feasible.shown import shown_land
from spatial.report import drawing
from spatial.report.map import folium_map
from spatial.report.plot import Picture, plot
from spatial.report.shown import shown_layers, shown_review, shown_zones
from spatial.siting import Review

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    office = layers.open_workspace(write_county(tmp_path_factory.mktemp("shown") / "o"))
    mine = project_of({"project_type": "mine", "construction": "new"})
    return classed(mine, office, on="2025-10-31")


def layer(name="redline"):
    red, site = sample_content.RED, sample_content.SITE_D
    return sample_content.layer(
        name, "ecological_redline", [red, site], [sample_content.IMAGE, "甲"]
    )


def page_of(found):
    return found.get_root().render()


def need_offline(page):
    references = re.findall(r"(?:src|href)=\"([^\"]{0,12})", page)
    assert references
    assert all(one.startswith("data:text/") for one in references)
    assert "://" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)


def drawn_quietly(shown, title=""):
    """Return the picture; a machine without a Chinese font warns of signs."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        return plot(shown, title)


def test_a_layer_on_a_map_is_offline_escaped_and_marked_as_made_up():
    page = page_of(spatial.explore(layer()))
    need_offline(page)
    assert sample_content.IMAGE not in page
    assert sample_content.NOTICE in page
    assert page == page_of(spatial.explore(layer()))


def test_a_map_of_an_office_names_the_layer_that_could_not_be_read():
    lost = Unavailable("wet", spec("wetland"), "broken")
    office = Workspace("示范（虚构）", None, {"redline": layer()}, {"wet": lost})
    shown = shown_layers(office, "en")
    assert "Layer wet could not be read and is not on the map." in shown.notices
    assert "Layer wet could not be read" in page_of(spatial.explore(office, "en"))


def test_a_layer_without_features_makes_an_empty_map():
    empty = dataclasses.replace(layer(), frame=layer().frame.iloc[:0])
    assert shown_layers(empty, "zh").groups == ()
    assert "geo_json" not in page_of(spatial.explore(empty))


def test_shapes_that_are_left_out_are_counted(monkeypatch):
    monkeypatch.setattr(drawing, "MOST_VERTICES", 12)
    boxes = [shapely.box(at, 0, at + 1 - at / 9, 1) for at in range(4)]
    rows = [("wetland", (one, (str(at), ""))) for at, one in enumerate(boxes)]
    shown = shown_zones(rows, "en")
    drawn = sum(len(one.shapes) for one in shown.groups)
    assert drawn == 2
    assert shown.notices == (
        "2 more shapes are not drawn: the page would grow too large.",
    )


def test_small_zones_lie_upon_large_ones():
    rows = [
        ("wetland", (shapely.box(1, 1, 2, 2), ("small", ""))),
        ("wetland", (shapely.box(0, 0, 9, 9), ("large", ""))),
    ]
    (group,) = shown_zones(rows, "zh").groups
    assert [one.texts[0] for one in group.shapes] == ["large", "small"]


def test_the_map_of_a_review_draws_the_gravest_sites_on_top():
    shown = shown_review(sample_content.sample(), "zh")
    assert shown.groups[-1].title == "✕ 禁止"
    assert all(
        len(one.texts) == len(g.titles) for g in shown.groups for one in g.shapes
    )


def test_land_shows_each_piece_once_under_its_class(land):
    shown = shown_land(land, "zh")
    ids = [one.texts[0] for group in shown.groups for one in group.shapes]
    assert sorted(ids) == sorted(one.id for one in land.pieces)
    assert land.office.notice in shown.notices
    need_offline(page_of(folium_map(shown)))


def test_a_picture_is_the_same_twice_and_leaves_the_settings_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    shown = shown_review(sample_content.sample(), "en")
    first = drawn_quietly(shown, "A $title$ that is no formula: \\frac")
    assert first.png.startswith(PNG)
    assert first == drawn_quietly(shown, "A $title$ that is no formula: \\frac")
    assert dict(mpl.rcParams) == before


def test_a_picture_shows_areas_with_holes_lines_and_points(tmp_path):
    from PIL import Image

    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    rows = [("wetland", (ring, ("a", "")))]
    shown = shown_zones(rows, "en")
    path = drawn_quietly(shown).write(tmp_path / "a.png")
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    tinted = (pixels.max(axis=2) - pixels.min(axis=2)) > 10
    columns = np.flatnonzero(tinted.any(axis=0))
    rows_ = np.flatnonzero(tinted[:, columns[0] + 10])
    middle_y = (rows_[0] + rows_[-1]) // 2
    width = rows_[-1] - rows_[0]
    middle_x = columns[0] + width // 2
    assert not tinted[middle_y, middle_x]
    assert tinted[middle_y, columns[0] + width // 6]


@pytest.mark.parametrize(
    "shape", [sample_content.SITE_C, sample_content.SITE_E], ids=["point", "line"]
)
def test_a_group_of_points_or_lines_is_drawn(shape):
    shown = shown_zones([("wetland", (shape, ("a", "")))], "en")
    hidden = dataclasses.replace(shown, groups=())
    assert drawn_quietly(shown) != drawn_quietly(hidden)


def test_a_review_without_sites_still_has_a_picture():
    content = dataclasses.replace(sample_content.sample(), sites=())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        found = Review(content, "en").plot()
    assert isinstance(found, Picture)
    assert found._repr_png_().startswith(PNG)


def test_a_bar_goes_to_the_end_and_closes(capsys):
    with spatial.progress_bar("审查") as step:
        step(3, 10)
        step(10, 10)
    assert "10/10" in capsys.readouterr().err
