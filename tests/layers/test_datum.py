"""GCJ-02 and BD-09: two other programs, own inverse, and what a read makes of them."""

import geocoordinates_ffi as rust
import geopandas as gpd
import numpy as np
import prcoords
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.crs import settle
from layers.datum import (
    METRES_PER_DEGREE,
    bd09_to_gcj02,
    bd09_to_wgs84,
    declared,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    measured_round_trip_m,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from layers.errors import CrsError

RNG = np.random.default_rng(20261121)
CHINA = RNG.uniform([73.5, 18.0], [134.8, 53.5], (20_000, 2))
CENTRE = np.array([[107.0, 40.0]])


def worst_m(one, other):
    return np.abs(np.asarray(one) - np.asarray(other)).max() * METRES_PER_DEGREE


@pytest.mark.parametrize(
    ("there", "back"),
    [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)],
)
def test_20000_points_come_back_within_a_micrometre(there, back):
    shifted = there(CHINA, region="everywhere")
    assert worst_m(back(shifted, region="everywhere"), CHINA) <= 1e-6
    assert worst_m(shifted, CHINA) > 300


def test_bd09_alone_comes_back_within_a_micrometre():
    assert worst_m(bd09_to_gcj02(gcj02_to_bd09(CHINA)), CHINA) <= 1e-6


def test_the_kink_at_105_degrees_has_an_inverse():
    near = [105.0 + d for d in (0.0, 1e-13, -1e-13, 5e-13, 1e-12, -1e-12, 1e-9, 1e-4)]
    points = np.array([[lon, lat] for lon in near for lat in (20.0, 35.0, 50.0)])
    assert worst_m(gcj02_to_wgs84(wgs84_to_gcj02(points)), points) <= 1e-6


def test_prcoords_shifts_every_point_to_the_same_place():
    ours = wgs84_to_gcj02(CHINA, region="everywhere")
    theirs = [prcoords.wgs_gcj((lat, lon))[::-1] for lon, lat in CHINA]
    assert worst_m(ours, theirs) <= 1e-8
    ours_bd = gcj02_to_bd09(ours)
    theirs_bd = [prcoords.gcj_bd((lat, lon))[::-1] for lon, lat in ours]
    assert worst_m(ours_bd, theirs_bd) <= 1e-8
    # Its inverse stops at 1e-5 degrees before the last step: millimetres.
    few = ours[:2_000]
    undone = [prcoords.gcj_wgs_bored((lat, lon))[::-1] for lon, lat in few]
    assert worst_m(undone, gcj02_to_wgs84(few, region="everywhere")) < 0.01


def test_geocoordinates_shifts_and_undoes_every_point_to_the_same_place():
    points = CHINA[:3_000]
    ours = wgs84_to_gcj02(points, region="everywhere")
    there = [rust.wgs84_to_gcj02(rust.Wgs84(lat=lat, lon=lon)) for lon, lat in points]
    assert worst_m(ours, [(one.lon, one.lat) for one in there]) <= 1e-8
    back = [rust.gcj02_to_wgs84_refined(one) for one in there]
    undone = gcj02_to_wgs84(ours, region="everywhere")
    assert worst_m(undone, [(one.lon, one.lat) for one in back]) <= 1e-5
    baidu = [rust.gcj02_to_bd09(one) for one in there]
    assert worst_m(gcj02_to_bd09(ours), [(o.lon, o.lat) for o in baidu]) <= 1e-8


@settings(max_examples=200, deadline=None)
@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.floats(allow_nan=True, allow_infinity=True),
)
def test_any_number_comes_back_or_has_no_answer(lon, lat):
    undone = gcj02_to_wgs84(np.array([[lon, lat]]), region="everywhere")
    if np.isnan(undone).any():
        assert np.isnan(undone).all()
    else:
        there = wgs84_to_gcj02(undone, region="everywhere")
        assert worst_m(there, [[lon, lat]]) <= 1e-6


@pytest.mark.parametrize("lonlat", [(2.35, 48.85), (139.7, 35.7), (70.0, 40.0)])
def test_outside_the_rectangle_there_is_no_answer_instead_of_an_unshifted_point(lonlat):
    point = np.array([lonlat])
    assert np.isnan(wgs84_to_gcj02(point, region="everywhere")).all()
    assert np.isnan(gcj02_to_wgs84(point, region="everywhere")).all()


@pytest.mark.parametrize(
    "lonlat",
    [(114.17, 22.30), (113.55, 22.19), (121.5, 25.05), (119.57, 23.57), (118.4, 24.45)],
)
def test_hong_kong_macau_and_taiwan_need_a_decision(lonlat):
    point = np.array([lonlat])
    assert np.isnan(gcj02_to_wgs84(point)).all()
    assert 100 < worst_m(gcj02_to_wgs84(point, region="everywhere"), point) < 1000
    with pytest.raises(ValueError, match="no such region decision: 'taiwan'"):
        gcj02_to_wgs84(point, region="taiwan")


@pytest.mark.parametrize("lonlat", [(113.26, 23.13), (119.30, 26.08), (118.09, 24.48)])
def test_guangzhou_fuzhou_and_xiamen_need_none(lonlat):
    assert np.isfinite(gcj02_to_wgs84(np.array([lonlat]))).all()


def test_the_words_for_a_datum_are_an_exact_table():
    assert {declared(w) for w in ("GCJ-02", "gcj02", "火星坐标", "高德", "腾讯")} == {
        "GCJ-02"
    }
    assert {declared(w) for w in ("BD-09", "bd09", " 百 度 ", "BD-09 ".lower())} == {
        "BD-09"
    }
    assert {declared(w) for w in ("gcj", "bd09mc", "百度墨卡托", 4490, None)} == {None}
    with pytest.raises(CrsError, match=r"got 'bd09mc'.*GCJ-02, BD-09"):
        settle("bd09mc", source="x", evidence="test")


# -- reading ----------------------------------------------------------------


def sites(geometries, crs=None):
    ids = [f"P-{i}" for i in range(len(geometries))]
    return gpd.GeoDataFrame({"项目编号": ids}, geometry=geometries, crs=crs)


def moved(geometry, function):
    return shapely.transform(geometry, lambda xy: function(xy, region="everywhere"))


@pytest.mark.parametrize(
    ("word", "there", "name"),
    [("高德", wgs84_to_gcj02, "GCJ-02"), ("bd09", wgs84_to_bd09, "BD-09")],
)
def test_a_read_undoes_the_declared_datum_and_says_so(word, there, name):
    true = shapely.box(107.0, 40.0, 107.001, 40.001)
    layer = layers.from_frame(
        sites([moved(true, there), moved(shapely.Point(107, 40), there)]),
        kind="project_site",
        crs=word,
    )
    box, point = layer.frame.geometry
    assert worst_m([point.x, point.y], [107, 40]) <= 1e-6
    # Edges straight in the datum are no longer straight: they got vertices.
    assert shapely.get_num_coordinates(box) > 5
    assert box.hausdorff_distance(true) * METRES_PER_DEGREE < 0.2
    said = layer.provenance
    assert (said.crs, said.crs_evidence) == (name, "given by the user")
    assert f"{name} undone: fixed point" in said.operation
    assert f"{measured_round_trip_m(name):.0e} m" in said.operation
    assert "region mainland" in said.operation
    assert layer.frame.crs.to_epsg() == 4490
    (note,) = [one for one in layer.issues if one.code == "datum_shifted"]
    assert note.severity == "note"
    expected = worst_m(there(CENTRE), CENTRE)
    assert note.facts["shift_m"] == pytest.approx(expected, rel=0.5)


@pytest.mark.parametrize(
    ("name", "there", "lon", "at_most_m"),
    [
        ("GCJ-02", wgs84_to_gcj02, 104.94, 0.001),
        ("GCJ-02", wgs84_to_gcj02, 121.50, 0.001),
        ("GCJ-02", wgs84_to_gcj02, 104.98, 0.004),  # across the kink of the formula
        ("BD-09", wgs84_to_bd09, 104.94, 0.001),
        ("BD-09", wgs84_to_bd09, 116.30, 0.001),
    ],
)
def test_no_edge_moves_by_more_than_is_said(name, there, lon, at_most_m):
    line = shapely.LineString([(lon, 30.0), (lon + 0.04, 30.01)])
    layer = layers.from_frame(sites([line]), kind="project_site", crs=name)
    degrees = shapely.get_coordinates(layer.frame.geometry.iloc[0])
    fine = np.concatenate(
        [degrees[:-1] + (degrees[1:] - degrees[:-1]) * part for part in (0.3, 0.5, 0.8)]
    )
    back = shapely.points(there(fine))
    assert shapely.distance(back, line).max() * METRES_PER_DEGREE <= at_most_m


def test_neighbours_that_share_a_border_still_do():
    south = shapely.box(107, 40, 107.01, 40.01)
    north = shapely.Polygon(
        [(107, 40.01), (107.004, 40.01), (107.01, 40.01), (107.01, 40.02), (107, 40.02)]
    )
    frame = sites([south, north])
    layer = layers.from_frame(frame, kind="project_site", crs="GCJ-02")
    one, other = layer.frame.geometry
    square_m = one.intersection(other).area * METRES_PER_DEGREE**2
    assert square_m < 0.05


def test_a_file_cannot_state_gcj02_so_wgs84_does_not_contradict_it():
    point = sites([shapely.Point(107, 40)], crs=4326)
    assert len(layers.from_frame(point, kind="project_site", crs="GCJ-02")) == 1
    for crs in (4548, 3857, 4610):
        with pytest.raises(CrsError, match=r"expected GCJ-02, got .*leave crs out"):
            layers.from_frame(
                point.to_crs(crs)
                if crs != 4610
                else point.set_crs(crs, allow_override=True),
                kind="project_site",
                crs="GCJ-02",
            )


def test_rows_where_the_shift_is_not_defined_are_set_aside():
    places = [(107, 40), (108, 40), (114.17, 22.30), (139.7, 35.7)]
    frame = sites([shapely.Point(one) for one in places])
    layer = layers.from_frame(frame, kind="project_site", crs="GCJ-02")
    assert [(o.row, o.reason, o.bounds) for o in layer.quarantine] == [
        (2, "geometry_outside_range", None),
        (3, "geometry_outside_range", None),
    ]
    everywhere = layers.from_frame(
        frame, kind="project_site", crs="GCJ-02", datum_region="everywhere"
    )
    assert [one.row for one in everywhere.quarantine] == [3]
    assert "are taken as shifted too" in everywhere.provenance.operation


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((114.17, 22.30), r"datum_region='everywhere' if they are"),
        ((2.35, 48.85), r"longitude 2.35, latitude 48.85; the shift is defined inside"),
        ((40, 107), r"swapped they lie in China"),
        ((36500000, 4400000), r"which are metres.*EPSG:4524"),
    ],
)
def test_a_layer_where_the_shift_is_not_defined_is_refused(place, words):
    frame = sites([shapely.Point(place)])
    with pytest.raises(CrsError, match=words):
        layers.from_frame(frame, kind="project_site", crs="GCJ-02")


def test_a_region_decision_without_such_a_datum_is_refused():
    frame = sites([shapely.Point(107, 40)], crs=4490)
    with pytest.raises(CrsError, match="no datum_region for EPSG:4490"):
        layers.from_frame(frame, kind="project_site", datum_region="everywhere")
