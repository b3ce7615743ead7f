"""What the parts of a geometry say of the land that is meant.

  0   1   2   3        the works (0,0)-(1,1), its road from (1,1) to (3,1), a sign
1 ┌───┐───────┄        at (0.5,0.5) within the works, another at (2,0) outside
  │ . │       .
0 └───┘
"""

import geopandas as gpd
import pytest
import shapely

import layers
from layers.geometry.parts import are_left_over, shows_its_extent

WORKS = shapely.box(107, 40, 107.1, 40.1)
ROAD = shapely.LineString([(107.1, 40.1), (107.3, 40.1)])
OUTLINE = shapely.LineString([(107.2, 40), (107.3, 40), (107.3, 40.1), (107.2, 40)])
SIGN, OTHER_SIGN = shapely.Point(107.05, 40.05), shapely.Point(107.2, 40)
EVERY = ("polygon", "line", "point")


def collection(*parts):
    return shapely.GeometryCollection(list(parts))


def read(shape, kind):
    frame = gpd.GeoDataFrame(geometry=[shape, WORKS], crs=4490)
    return layers.from_frame(frame, kind=kind)


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        (None, True),
        (WORKS, True),
        (OUTLINE, True),
        (SIGN, False),
        (ROAD, False),
        (shapely.MultiPoint([SIGN, OTHER_SIGN]), False),
        (shapely.MultiLineString([OUTLINE, ROAD]), False),
        (collection(WORKS, OUTLINE), True),
        (collection(collection(SIGN)), False),
    ],
)
def test_points_and_open_lines_do_not_show_how_far_a_zone_reaches(shape, shown):
    assert shows_its_extent(shape, ("polygon",)) is shown


def test_a_line_shows_its_extent_to_a_kind_of_lines():
    assert shows_its_extent(collection(ROAD), ("line",))
    assert not shows_its_extent(collection(ROAD, SIGN), ("line",))


@pytest.mark.parametrize("shape", [SIGN, ROAD, collection(ROAD, OUTLINE)])
def test_a_zone_given_as_a_point_or_a_side_may_lie_anywhere(shape):
    (aside,) = read(shape, "nature_reserve").quarantine
    assert (aside.reason, aside.bounds) == ("geometry_wrong_type", None)


def test_a_zone_given_as_a_closed_line_lies_within_it():
    (aside,) = read(OUTLINE, "nature_reserve").quarantine
    assert aside.bounds == pytest.approx((107.2, 40, 107.3, 40.1))


@pytest.mark.parametrize(
    ("parts", "kind_takes", "left_over"),
    [
        ((WORKS, SIGN), EVERY, True),
        ((WORKS, shapely.LineString([SIGN, (107.1, 40.1)])), EVERY, True),
        ((WORKS, ROAD), EVERY, False),
        ((WORKS, OTHER_SIGN), EVERY, False),
        ((WORKS, ROAD), ("polygon",), True),
        ((WORKS, OTHER_SIGN), ("polygon",), True),
        ((WORKS, OUTLINE), ("polygon",), False),
        ((WORKS, WORKS.exterior), ("polygon",), True),
        ((WORKS, shapely.box(107.1, 40, 107.2, 40.1), SIGN), EVERY, True),
        ((shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), SIGN), EVERY, False),
    ],
)
def test_what_lies_in_the_polygons_is_left_over(parts, kind_takes, left_over):
    assert are_left_over(collection(*parts), kind_takes) is left_over


@pytest.mark.parametrize("more", [ROAD, OTHER_SIGN])
def test_a_site_of_an_area_and_a_road_is_not_cut_down_to_the_area(more):
    site = read(collection(WORKS, more), "project_site")
    assert [one.reason for one in site.quarantine] == ["geometry_wrong_type"]


def test_a_site_of_an_area_with_its_sign_within_is_the_area():
    site = read(collection(WORKS, SIGN), "project_site")
    assert len(site.quarantine) == 0
    assert site.frame.geometry.iloc[0].area == pytest.approx(WORKS.area)
    assert "dimension_dropped" in {one.code for one in site.issues}
