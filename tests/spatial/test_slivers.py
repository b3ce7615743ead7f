"""The cause of a sliver, on drawings: metres about 107 east, 40 north."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from paper import ON, box, layer, line, office, rulebook, sites

import spatial
from layers.provenance import Tolerance
from spatial.measure import sliver_width_m
from spatial.report.result import result
from spatial.slivers import cause_of

EAST, NORTH = 670_000.0, 4_430_000.0


def degrees(*shapes):
    """Shapes in metres of a plane, taken to longitude and latitude vertex by vertex."""
    frame = gpd.GeoSeries(
        list(shapes), crs="+proj=tmerc +lon_0=105 +ellps=GRS80 +x_0=500000"
    )
    return frame.to_crs("EPSG:4490").to_numpy()


def ring(*points):
    return shapely.Polygon([(EAST + x, NORTH + y) for x, y in points])


def told(site, zone, accuracy_m=None):
    shared = shapely.intersection(site, zone)
    parts = shapely.get_parts(shared)
    shared = shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
    assert shared.area > 0
    return cause_of(shared, site, zone, accuracy_m=accuracy_m)


def test_a_straight_edge_that_one_side_densified_is_a_chord():
    """A common edge of 2 km: drawn with two vertices, and with twenty in the plane."""
    site = ring((0, 0), (2000, 0), (2000, 500), (0, 500))
    south = ring(*((x, 0) for x in range(0, 2001, 100)), (2000, -500), (0, -500))
    a, b = degrees(site, south)
    assert told(a, b, accuracy_m=1.0) == "projection_chord"
    width = sliver_width_m(np.array([a.intersection(b)], dtype=object))[0]
    assert 0.03 < width < 0.08


def test_a_border_with_one_more_vertex_is_a_mismatch():
    """30 cm off in its middle: far more than an edge of 200 m bends."""
    site = ring((0, 0), (200, 0), (200, 100), (0, 100))
    zone = ring((0, 0), (100, 0.3), (200, 0), (200, -100), (0, -100))
    a, b = degrees(site, zone)
    assert told(a, b) == "vertex_mismatch"
    assert told(b, a) == "vertex_mismatch"


def test_two_lines_side_by_side_are_digitising_within_the_accuracy():
    site = ring((0, 0), (200, 0), (200, 100), (0, 100))
    zone = ring((-50, 0.4), (250, 0.3), (250, -100), (-50, -100))
    a, b = degrees(site, zone)
    assert told(a, b, accuracy_m=0.5) == "digitising"


def test_wider_than_both_accuracies_is_real():
    site = ring((0, 0), (200, 0), (200, 100), (0, 100))
    zone = ring((-50, 0.4), (250, 0.3), (250, -100), (-50, -100))
    a, b = degrees(site, zone)
    assert told(a, b, accuracy_m=0.1) == "real"


def test_without_a_stated_accuracy_nothing_is_told():
    site = ring((0, 0), (200, 0), (200, 100), (0, 100))
    zone = ring((-50, 0.4), (250, 0.3), (250, -100), (-50, -100))
    a, b = degrees(site, zone)
    assert told(a, b) == "not_told"


@pytest.mark.parametrize("metres", [50, 500])
def test_a_corner_that_pokes_into_a_zone_is_no_mismatch_of_vertices(metres):
    """Two outlines that cross share no corner: the accuracy alone can tell."""
    site = ring((0, -0.2), (metres, 3), (metres, 100), (0, 100))
    zone = ring((-50, 0), (metres + 50, 0), (metres + 50, -100), (-50, -100))
    a, b = degrees(site, zone)
    assert told(a, b, accuracy_m=0.01) == "real"


def test_the_end_of_a_road_that_pokes_in_is_told_by_its_length():
    road = shapely.LineString([(107, 40), (107.001, 40)])
    zone = shapely.box(107.00099, 39.99, 107.01, 40.01)
    shared = shapely.intersection(road, zone)
    assert cause_of(shared, road, zone, accuracy_m=1.0) == "digitising"
    assert cause_of(shared, road, zone, accuracy_m=0.1) == "real"


def test_a_review_tells_the_cause_of_each_sliver_and_judges_none(tmp_path):
    """30 cm into the red line, whose tolerance is 50 cm; both accurate to 1 m."""
    book = rulebook(
        tmp_path, R=("relation: intersects, kind: ecological_redline", "prohibited")
    )
    red = layer(
        "ecological_redline",
        box(0, -200, 400, 200),
        tolerance=Tolerance(width_m=0.5, source="made up"),
    )
    area, road, apart = (
        box(-100, 0, 0.3, 50),
        line((-100, 90), (0.3, 90)),
        box(-9, 0, -5, 4),
    )
    found = spatial.review(sites(area, road, apart), office(book, red), on=ON)
    told_of = {one["site_id"]: one for one in result(found.content, "en")["sites"]}
    assert {one["outcome"] for one in told_of.values()} == {"clear"}
    causes = {
        site: [pair["sliver_cause"] for pair in one["overlaps"]]
        for site, one in told_of.items()
    }
    assert causes == {"S-0": ["digitising"], "S-1": ["digitising"], "S-2": []}
    assert told_of["S-0"]["stability"]["flips_m"] == 0
