"""What numbers without a reference system can be, and what a refusal proposes."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.errors import CrsError
from layers.evidence import readings
from layers.systems import zone_prefix

OTOG = (106.6, 38.2, 108.9, 40.2)
"""About the box of 鄂托克旗."""


def at(*xy):
    return readings(np.array(xy, dtype=float))


def possible(found):
    return [(one.crs, one.is_swapped) for one in found if one.is_possible]


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("zone", [*range(13, 24), *range(25, 46)])
def test_a_zone_prefix_leaves_one_reading_of_gauss_kruger(zone, swapped):
    code = 4478 + zone if zone < 24 else 4488 + zone
    meridian = 6 * zone - 3 if zone < 24 else 3 * zone
    there = pyproj.Transformer.from_crs(4490, code, always_xy=True)
    x, y = there.transform(meridian + 0.5, 39.0)
    assert x // 1_000_000 == zone
    found = at((y, x) if swapped else (x, y))
    gauss = [one for one in found if one.crs != "EPSG:3857"]
    assert [(one.crs, one.is_swapped) for one in gauss] == [(f"EPSG:{code}", swapped)]
    assert gauss[0].box == pytest.approx((meridian + 0.5, 39.0) * 2, abs=1e-6)


def test_zone_13_and_web_mercator_are_two_readings_and_a_region_decides():
    points = np.array([[13_500_000.0, 4_400_000.0]])
    assert possible(readings(points)) == [("EPSG:3857", False), ("EPSG:4491", False)]
    kashgar, shandong = (70.0, 35.0, 78.0, 42.0), (114.0, 34.0, 123.0, 39.0)
    assert possible(readings(points, region_box=kashgar)) == [("EPSG:4491", False)]
    assert possible(readings(points, region_box=shandong)) == [("EPSG:3857", False)]


def test_degrees_have_one_reading_and_it_knows_the_order():
    (straight,) = at((107, 40), (107.2, 40.1))
    assert (straight.crs, straight.is_swapped) == ("EPSG:4490", False)
    turned, as_is = at((38.0, 76.0), (38.1, 76.1))
    assert (turned.is_possible, turned.is_swapped) == (True, True)
    assert as_is.where.endswith("far west of China")
    assert [one.where for one in at((160.0, 30.0))] == [
        "longitude 160, latitude 30, in or around the Pacific"
    ]


def test_eastings_without_a_prefix_fit_every_meridian_until_a_region_is_known():
    points = np.array([[500_000.0, 4_300_000.0], [500_100.0, 4_300_100.0]])
    assert len(possible(readings(points))) == 21 + 11
    here = readings(points, region_box=OTOG)
    assert possible(here) == [("EPSG:4545", False)]
    assert here[0].where.endswith("in the stated region")
    assert here[1].where.endswith("in China, outside the stated region")


def test_utm_counts_where_its_meridian_does():
    points = np.array([[300_000.0, 4_300_000.0]])
    ordos = (108.0, 38.0, 109.0, 40.0)
    crs = {code for code, _ in possible(readings(points, region_box=ordos))}
    assert crs == {"EPSG:4546", "EPSG:32649"}


@pytest.mark.parametrize(
    "xy", [(0.5e9, 4.4e6), (5_000.0, 7_000.0), (24_500_000.0, 4.4e6), (np.nan, 1.0)]
)
def test_numbers_that_fit_nothing_have_no_reading(xy):
    assert at(xy) == ()


def test_one_wrong_row_does_not_hide_the_others():
    rows = [(36_500_000.0 + i, 4_400_000.0) for i in range(99)] + [(1e12, 1e12)]
    assert possible(at(*rows)) == [("EPSG:4524", False)]


@settings(max_examples=60, deadline=None)
@given(
    lon=st.floats(74, 134.9),
    lat=st.floats(16, 53),
    wide=st.booleans(),
    swapped=st.booleans(),
)
def test_the_true_system_is_always_among_the_readings(lon, lat, wide, swapped):
    zone = round((lon + 3) / 6) if wide else round(lon / 3)
    code = (4478 if wide else 4488) + zone
    there = pyproj.Transformer.from_crs(4490, code, always_xy=True)
    x, y = there.transform(lon, lat)
    found = at((y, x) if swapped else (x, y))
    assert (f"EPSG:{code}", swapped) in possible(found)


# -- in the messages of a read ----------------------------------------------


def refusal(*xy, **stated):
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(one) for one in xy])
    with pytest.raises(CrsError, match="expected a coordinate reference system") as it:
        layers.from_frame(frame, kind="project_site", **stated)
    return str(it.value)


def test_one_reading_is_proposed_by_name_and_still_refused():
    said = refusal((36_500_000, 4_400_000))
    assert "got none; the numbers have one possible reading" in said
    assert "if the source confirms it, pass crs='EPSG:4524'" in said
    assert "longitude 108, latitude 39.734, in China" in said
    assert "Xian 1980 and Beijing 1954 look the same" in said
    assert "find out which one it is and pass it" in said


def test_swapped_metres_are_proposed_with_the_swap():
    said = refusal((4_400_000, 36_500_000))
    assert "exchange x and y, then pass with x and y swapped, crs='EPSG:4524'" in said


def test_swapped_degrees_are_told_from_where_they_would_lie():
    said = refusal((40, 107), (40.1, 107.1))
    assert "one possible reading: if the source confirms it, exchange x and y" in said
    assert "WGS 84, GCJ-02 and BD-09 look the same" in said


def test_two_readings_are_both_named():
    said = refusal((13_500_000, 4_400_000))
    assert "2 readings are possible: crs='EPSG:3857'" in said
    assert "; or crs='EPSG:4491' (CGCS2000 / Gauss-Kruger zone 13)" in said
    assert "so ask the source" in said


def test_the_coverage_that_is_stated_narrows_the_readings():
    many = refusal((500_000, 4_300_000))
    assert "32 readings are possible" in many
    assert "and 28 more, the central meridian decides" in many
    coverage = layers.Coverage(shapely.box(*OTOG), "鄂托克旗")
    one = refusal((500_000, 4_300_000), coverage=coverage)
    assert "pass crs='EPSG:4545'" in one
    assert "in the stated region" in one
    far = layers.Coverage(shapely.box(100, 50, 101, 51), "elsewhere")
    none = refusal((36_500_000, 4_400_000), coverage=far)
    assert "no reading puts the points where they can lie (crs='EPSG:4524'" in none


def test_a_file_without_numbers_that_speak_is_refused_as_before():
    assert refusal((5_000, 7_000)).endswith(
        "got none; find out which one it is and pass it: crs='EPSG:4490' (--crs)"
    )


@pytest.mark.parametrize("lat", [18.0, 30.0, 39.0, 52.0])
@pytest.mark.parametrize(("zone", "stated"), [(34, 35), (34, 33), (17, 18)])
def test_eastings_of_the_zone_beside_are_refused_wherever_they_lie(zone, stated, lat):
    # South of 40 degrees a zone too far is within ten degrees of the area of use.
    first = 4488 if zone > 24 else 4478
    meridian = 3 * zone if zone > 24 else 6 * zone - 3
    site = shapely.box(meridian + 0.3, lat, meridian + 0.31, lat + 0.01)
    right = gpd.GeoDataFrame(geometry=[site], crs=4490).to_crs(first + zone)
    wrong = right.set_crs(first + stated, allow_override=True)
    assert len(layers.from_frame(right, kind="project_site").frame) == 1
    with pytest.raises(CrsError, match=f"EPSG:{first + zone}"):
        layers.from_frame(wrong, kind="project_site")


def test_a_layer_may_reach_into_the_zone_beside_its_own():
    # Zone 34 ends at 103.5; of a province in one zone some lies 6 degrees east of it.
    sites = [shapely.box(lon, 36, lon + 0.01, 36.01) for lon in (102, 104, 109)]
    frame = gpd.GeoDataFrame(geometry=sites, crs=4490).to_crs(4522)
    assert len(layers.from_frame(frame, kind="project_site").frame) == 3


@pytest.mark.parametrize("crs", [3035, 4545, 3857, 32648])
def test_eastings_without_a_zone_have_no_prefix(crs):
    assert zone_prefix(pyproj.CRS(crs)) is None
