"""Reference systems, and the way into the one frame."""

import math

import broken_files as make
import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from layers.crs import same, settle
from layers.errors import CrsError
from layers.geometry import mend, to_degrees

GK117 = pyproj.Transformer.from_crs(4490, 4548, always_xy=True)


def of(crs):
    return settle(crs, source="x", evidence="test")


@pytest.mark.parametrize(
    ("crs", "issue"),
    [
        (4490, None),
        ("EPSG:4490", None),
        (4548, None),
        (4524, None),
        (4491, None),
        (4326, "crs_equated"),
        ("OGC:CRS84", "crs_equated"),
        (32649, "crs_equated"),
        (3857, "crs_equated"),
        (pyproj.CRS(4548).to_wkt("WKT1_ESRI"), None),
        (pyproj.CRS(4490).to_wkt("WKT1_GDAL"), None),
    ],
)
def test_cgcs2000_and_wgs84_are_accepted(crs, issue):
    assert of(crs).issue == issue


@pytest.mark.parametrize("crs", [4610, 4214, 2362, 2436, 4267, 4978, 5773])
def test_every_other_datum_is_refused(crs):
    with pytest.raises(CrsError, match=r"this datum needs|geographic or projected"):
        of(crs)


def test_what_is_no_reference_system_is_refused():
    with pytest.raises(CrsError, match="write it like EPSG:4490"):
        of("Beijing, probably")


def test_the_same_system_through_esri_is_the_same():
    assert same(4548, pyproj.CRS(4548).to_wkt("WKT1_ESRI"))
    assert not same(4548, 4549)


def shared_edge_parcels():
    """Two parcels on both sides of a long edge; the southern one cuts it in the middle
    of nowhere, with its vertices in the other direction."""
    (x0, x1), (y0, y1) = GK117.transform([116.9, 117.3], [40.0, 40.0])
    north = shapely.Polygon([(x0, y0), (x1, y1), (x1, y1 + 900), (x0, y0 + 900)])
    south = shapely.Polygon([(x1, y1), (x0, y0), (x0, y0 - 900), (x1, y1 - 900)])
    return gpd.GeoDataFrame({"项目编号": ["N", "S"]}, geometry=[north, south], crs=4548)


def square_metres(geometry):
    """Area by pyproj's geodesic, on the densified outline."""
    geod = pyproj.Geod(ellps="GRS80")
    return abs(geod.geometry_area_perimeter(geometry)[0])


def test_two_parcels_that_share_an_edge_do_not_overlap_after_reading():
    layer = layers.from_frame(shared_edge_parcels(), kind="project_site")
    one, other = layer.frame.geometry
    assert square_metres(shapely.intersection(one, other)) < 0.01
    assert shapely.intersection(one, other).length == pytest.approx(0.4, abs=1e-3)


def test_a_vertex_that_only_one_neighbour_has_opens_no_sliver():
    """A border of 900 m has a vertex in its middle on one side alone. With the corners
    transformed alone, the two outlines differ by square metres."""
    (x0, x1), (y0, y1) = GK117.transform([117.9, 117.9106], [40.0, 40.0])
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    borders = [
        shapely.LineString([(x0, y0), (x1, y1)]),
        shapely.LineString([(x1, y1), middle, (x0, y0)]),
    ]
    corners = [
        shapely.transform(
            one, lambda xy: np.column_stack(GK117.transform(*xy.T, direction="INVERSE"))
        )
        for one in borders
    ]
    frame = gpd.GeoDataFrame(geometry=borders, crs=4548)
    read = layers.from_frame(frame, kind="project_site").frame.geometry
    assert between_m2(*corners) == pytest.approx(6, rel=0.1)
    assert between_m2(*read) < 0.01


def between_m2(forth, back):
    """Area between two lines that run against each other, edges straight in degrees."""
    ring = np.concatenate([shapely.get_coordinates(one) for one in (forth, back)])
    pieces = shapely.make_valid(shapely.Polygon(ring - ring[0]))
    scale = 111_032 * 85_394  # metres in a degree of latitude and longitude at 40 N
    return pieces.area * scale


@settings(max_examples=25, deadline=None)
@given(
    lon=st.floats(115.5, 118.5),
    lat=st.floats(20, 50),
    length=st.floats(100, 60_000),
    bearing=st.floats(0, 360),
)
def test_no_edge_moves_by_more_than_a_millimetre(lon, lat, length, bearing):
    x, y = GK117.transform(lon, lat)
    end = (
        x + length * math.sin(math.radians(bearing)),
        y + length * math.cos(math.radians(bearing)),
    )
    line = shapely.LineString([(x, y), end])
    settled = of(4548)
    moved = to_degrees(np.array([line], dtype=object), settled.transformer)[0]
    back = to_degrees(
        np.array([shapely.LineString([end, (x, y)])], dtype=object), settled.transformer
    )[0]
    assert np.array_equal(
        shapely.get_coordinates(moved), shapely.get_coordinates(back)[::-1]
    )
    # Independent: points on the lon/lat chords, taken back to the projection.
    degrees = shapely.get_coordinates(moved)
    fine = np.concatenate(
        [degrees[:-1] + (degrees[1:] - degrees[:-1]) * part for part in (0.3, 0.5, 0.8)]
    )
    metres = np.column_stack(GK117.transform(fine[:, 0], fine[:, 1]))
    assert shapely.distance(shapely.points(metres), line).max() <= 0.001


def test_a_spike_is_mended_and_a_bow_tie_is_not():
    spike = shapely.Polygon(
        [
            (107, 40),
            (107.1, 40),
            (107.1, 40.1),
            (107.1, 40.2),
            (107.1, 40.1),
            (107, 40.1),
        ]
    )
    done = mend(spike)
    assert done.geometry is not None
    assert done.geometry.is_valid
    assert done.facts["area_before_m2"] == pytest.approx(
        done.facts["area_after_m2"], abs=1
    )
    tie = mend(shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))
    assert (tie.geometry, tie.why) == (None, "area_changes")
    assert (tie.lon, tie.lat) == (0.5, 0.5)


def test_a_hostile_outline_is_given_up_in_time():
    rng = np.random.default_rng(1)
    done = mend(shapely.Polygon(rng.uniform(100, 101, (400, 2))))
    assert (done.geometry, done.why) == (None, "too_many_crossings")


def test_a_collection_keeps_its_areas():
    mixed = shapely.GeometryCollection(
        [shapely.box(107, 40, 108, 41), shapely.Point(109, 40)]
    )
    frame = gpd.GeoDataFrame(geometry=[mixed], crs=4490)
    layer = layers.from_frame(frame, kind="wetland")
    assert layer.frame.geometry.iloc[0].area == pytest.approx(1.0)
    assert "dimension_dropped" in {one.code for one in layer.issues}


def test_a_closed_line_stays_a_line():
    ring = shapely.LineString([(107, 40), (108, 40), (108, 41), (107, 40)])
    frame = gpd.GeoDataFrame(geometry=[ring], crs=4490)
    assert layers.from_frame(
        frame, kind="river_shoreline"
    ).frame.geom_type.tolist() == ["LineString"]
    aside = layers.from_frame(frame, kind="wetland").quarantine
    assert [one.reason for one in aside] == ["geometry_wrong_type"]
    assert aside[0].bounds == (107.0, 40.0, 108.0, 41.0)


@pytest.mark.parametrize(
    "crs",
    [
        "+init=epsg:4490",
        "INIT = secret.txt:1",
        "+proj=longlat +ellps=GRS80 +nadgrids=secret.txt +type=crs",
        "+proj=longlat +ellps=GRS80 +nadgrids=@null,secret.txt +type=crs",
        "+proj=longlat +ellps=GRS80 +geoidgrids=secret.gtx +type=crs",
    ],
)
def test_a_system_that_names_a_file_is_refused_wherever_it_is_read(crs, tmp_path):
    """PROJ would open that file; a file of another opens none in this process."""
    with pytest.raises(CrsError, match=r"one that names a file \("):
        of(crs)
    named = {"type": "name", "properties": {"name": crs}}
    path = make.write_geojson(tmp_path / "a.geojson", [make.GOOD], crs=named)
    for in_process in (True, False):
        with pytest.raises(CrsError, match=r"one that names a file \(") as caught:
            layers.read(path, kind="wetland", in_process=in_process)
        assert str(caught.value).startswith(f"{path}: ")
    with pytest.raises(CrsError, match="names a file"):
        layers.read(path, kind="wetland", in_process=True, crs=4490)


def test_web_mercator_as_gdal_writes_it_names_no_file():
    written = pyproj.CRS(3857).to_wkt("WKT1_GDAL")
    assert "nadgrids=@null" in written
    assert of(written).issue == "crs_equated"
