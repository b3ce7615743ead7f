"""A map of very many shapes: all of them, escaped, no base map, honest of its need."""

from __future__ import annotations

import subprocess
import sys

import geopandas as gpd
import numpy as np
import pytest
import sample_content
import shapely
from card_html import texts_of

import layers
import spatial
from layers.errors import ExtraMissingError
from layers.layer import Unavailable, Workspace
from layers.spec import spec
from layers.unseen import visible
from spatial.report import large_map, shown

lonboard = pytest.importorskip("lonboard", reason="needs the extra lonboard")


def squares(count, kind="ecological_redline", name="甲"):
    """A row of squares of 0.0001 degrees, each with a corner cut off."""
    west = 107 + np.arange(count) * 2e-4
    ring = np.array([(0, 0), (1, 0), (1, 0.5), (0.5, 1), (0, 1), (0, 0)]) * 1e-4
    rings = ring[None] + np.stack([west, np.full(count, 40.0)], axis=1)[:, None]
    shapes = shapely.polygons(rings)
    frame = gpd.GeoDataFrame({"name": [name] * count}, geometry=shapes, crs=4490)
    return layers.from_frame(frame, kind=kind, notice=sample_content.NOTICE)


def words(box):
    """The texts of the head of a map, which holds texts and squares of colour only."""
    page = box.children[0].value.replace("&nbsp; ", "").replace("<br>", "")
    return texts_of(page.replace("<span", "<b").replace("</span>", "</b>"))


def test_every_shape_is_there_as_it_is():
    box = spatial.explore_large(squares(3_000))
    (drawn,) = box.children[1].layers
    assert isinstance(drawn, lonboard.PolygonLayer)
    assert len(drawn.table) == 3_000
    assert drawn.table.schema.names == ["id", "name", "geometry"]
    assert box.children[1].basemap is None


def test_points_lines_and_areas_are_layers_of_their_own():
    mixed = sample_content.layer(
        "projects",
        "project_site",
        [sample_content.SITE_A, sample_content.SITE_C, sample_content.SITE_E],
        ["a", "b", "c"],
    )
    drawn = spatial.explore_large(mixed).children[1].layers
    assert [type(one).__name__ for one in drawn] == [
        "PolygonLayer",
        "PathLayer",
        "ScatterplotLayer",
    ]
    assert [len(one.table) for one in drawn] == [1, 1, 1]


@pytest.mark.parametrize(
    "hostile", sample_content.HOSTILE, ids=range(len(sample_content.HOSTILE))
)
def test_notices_and_names_are_texts(hostile):
    name = hostile.replace("\ud800", "")  # no table can hold half a character
    red = sample_content.layer(
        "redline", "ecological_redline", [sample_content.RED], [name]
    )
    lost = {"w": Unavailable(hostile, spec("wetland"), hostile)}
    box = spatial.explore_large(
        Workspace("示范（虚构）", None, {"redline": red}, lost, notice=hostile)
    )
    shown_texts = "".join(words(box))
    assert visible(hostile) in shown_texts
    assert f"图层 {visible(hostile)} 未能读取" in shown_texts
    (drawn,) = box.children[1].layers
    assert drawn.table["name"].to_pylist() == [visible(name)]


@pytest.mark.parametrize(
    ("lang", "word"), [("zh", "不能离线"), ("en", "is not offline")]
)
def test_it_says_that_it_needs_the_network_and_what_is_made_up(lang, word):
    head = "".join(words(spatial.explore_large(squares(2), lang)))
    assert word in head
    assert sample_content.NOTICE in head


def test_nothing_to_show_is_an_empty_map_with_its_notices():
    nothing = layers.none_exists("wetland", source="示范（虚构）")
    box = spatial.explore_large(nothing)
    assert len(box.children[1].layers) == 0
    assert "不能离线" in "".join(words(box))


def test_without_lonboard_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(large_map, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissingError, match=r"ecoredline\[lonboard\]"):
        spatial.explore_large(squares(1))


def test_the_offline_map_of_many_shapes_simplifies_and_names_the_other(monkeypatch):
    assert shown.MANY == 100_000
    monkeypatch.setattr(shown, "MANY", 5)
    few, many = squares(5), squares(6)
    said = shown.shown_layers(few, "zh").notices
    assert not any("explore_large" in one for one in said)
    said = shown.shown_layers(many, "zh").notices
    assert any("共 6 个图形" in one and "explore_large" in one for one in said)
    page = spatial.explore(many).get_root().render()
    assert "explore_large" in page


def test_nobody_loads_lonboard_who_did_not_ask():
    program = (
        "import sys, spatial, layers\n"
        "from shapely.geometry import box\n"
        "import geopandas as gpd\n"
        "frame = gpd.GeoDataFrame(geometry=[box(107, 40, 108, 41)], crs=4490)\n"
        "spatial.explore(layers.from_frame(frame, kind='wetland'))\n"
        "assert 'lonboard' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
