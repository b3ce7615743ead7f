"""Xian 1980 and Beijing 1954 with the user's parameters or grid, and without."""

import struct

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

import layers
from layers.errors import CrsError, SourceNotFoundError

INVENTED = {
    "dx_m": -12.3,
    "dy_m": 118.4,
    "dz_m": 47.9,
    "rx_arcsec": 0.82,
    "ry_arcsec": -1.31,
    "rz_arcsec": 2.07,
    "scale_ppm": -3.4,
    "source": "made up for this test",
}
ELLIPSOIDS = {4610: (6_378_140.0, 298.257), 4214: (6_378_245.0, 298.3)}
CGCS2000 = (6_378_137.0, 298.257222101)
POINTS = np.array([[107.0, 40.0], [107.02, 40.0], [107.02, 40.03], [100.5, 25.25]])


def parameters(convention="position_vector", **other):
    return layers.SevenParameters(**{**INVENTED, "convention": convention, **other})


def to_earth(lonlat, ellipsoid):
    """Degrees at height 0 to geocentric metres, by the textbook."""
    a, rf = ellipsoid
    e2 = (2 - 1 / rf) / rf
    lon, lat = np.radians(lonlat).T
    n = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    return np.column_stack(
        [
            n * np.cos(lat) * np.cos(lon),
            n * np.cos(lat) * np.sin(lon),
            n * (1 - e2) * np.sin(lat),
        ]
    )


def to_lonlat(xyz, ellipsoid):
    """Geocentric metres to degrees, by iteration."""
    a, rf = ellipsoid
    e2 = (2 - 1 / rf) / rf
    x, y, z = xyz.T
    p = np.hypot(x, y)
    lat = np.arctan2(z, p * (1 - e2))
    for _ in range(20):
        n = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
        lat = np.arctan2(z + e2 * n * np.sin(lat), p)
    return np.degrees(np.column_stack([np.arctan2(y, x), lat]))


def helmert(xyz, sign):
    """The invented parameters; `sign` 1 turns the position, -1 the frame."""
    rx, ry, rz = (
        sign * np.radians(INVENTED[name] / 3600)
        for name in ("rx_arcsec", "ry_arcsec", "rz_arcsec")
    )
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    move = np.array([INVENTED[name] for name in ("dx_m", "dy_m", "dz_m")])
    return move + (1 + INVENTED["scale_ppm"] * 1e-6) * xyz @ turn.T


def read(points, own_crs, **stated):
    ids = [f"P-{i}" for i in range(len(points))]
    frame = gpd.GeoDataFrame(
        {"项目编号": ids}, geometry=shapely.points(points), crs=own_crs
    )
    return layers.from_frame(frame, kind="project_site", **stated)


def coordinates(layer):
    return shapely.get_coordinates(layer.frame.geometry.array)


@pytest.mark.parametrize("crs", [4610, 4214])
@pytest.mark.parametrize(
    ("convention", "sign"), [("position_vector", 1), ("coordinate_frame", -1)]
)
def test_seven_parameters_do_what_the_textbook_does(crs, convention, sign):
    layer = read(POINTS, crs, datum_shift=parameters(convention))
    expected = to_lonlat(helmert(to_earth(POINTS, ELLIPSOIDS[crs]), sign), CGCS2000)
    assert np.abs(coordinates(layer) - expected).max() * 111_320 < 1e-6
    assert np.abs(expected - POINTS).max() * 111_320 > 50


def test_the_wrong_convention_would_be_off_by_metres():
    one, other = (
        coordinates(read(POINTS, 4610, datum_shift=parameters(name)))
        for name in ("position_vector", "coordinate_frame")
    )
    assert np.abs(one - other).max() * 111_320 > 10


@pytest.mark.parametrize(("crs", "geographic"), [(2360, 4610), (2412, 4214)])
def test_projected_coordinates_go_the_same_way(crs, geographic):
    points = POINTS[:3]
    forward = pyproj.Transformer.from_crs(geographic, crs, always_xy=True)
    metres = np.column_stack(forward.transform(*points.T))
    layer = read(metres, crs, datum_shift=parameters(accuracy_m=0.5))
    plain = read(points, geographic, datum_shift=parameters())
    assert np.abs(coordinates(layer) - coordinates(plain)).max() * 111_320 < 1e-6
    said = layer.provenance
    assert said.crs.startswith(f"EPSG:{crs} ")
    assert "Gauss-Kruger" in said.operation
    assert "seven parameters (position_vector): dx -12.3 m" in said.operation
    assert 'rz 2.07", scale -3.4 ppm, heights taken as 0' in said.operation
    assert "given by made up for this test, stated accuracy 0.5 m" in said.operation
    (note,) = [one for one in layer.issues if one.code == "datum_shifted"]
    assert 50 < note.facts["shift_m"] < 200


def test_edges_of_a_shifted_projection_get_vertices_and_stay_within_a_millimetre():
    forward = pyproj.Transformer.from_crs(4610, 2360, always_xy=True)
    corners = np.column_stack(forward.transform(*POINTS[:3].T))
    frame = gpd.GeoDataFrame(geometry=[shapely.Polygon(corners)], crs=2360)
    layer = layers.from_frame(frame, kind="project_site", datum_shift=parameters())
    assert shapely.get_num_coordinates(layer.frame.geometry.iloc[0]) > 20
    assert not layer.quarantine


def test_without_parameters_it_is_refused_and_with_needless_ones_too():
    with pytest.raises(CrsError, match=r"Xian 1980; .*pass them as datum_shift="):
        read(POINTS, 4610)
    for crs in (4490, 4326, 4548):
        with pytest.raises(CrsError, match=r"no datum_shift for EPSG.*leave datum_sh"):
            read(POINTS, crs, datum_shift=parameters())
    with pytest.raises(CrsError, match=r"no datum_shift for GCJ-02"):
        read(POINTS, None, crs="GCJ-02", datum_shift=parameters())
    with pytest.raises(CrsError, match=r"expected degrees from Greenwich"):
        read(POINTS, 4902, datum_shift=parameters())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"dx_m": 12_300.0}, r"dx_m within 2000, got 12300.0; check its unit"),
        ({"rz_arcsec": float("nan")}, r"rz_arcsec within 60, got nan"),
        ({"scale_ppm": -3400.0}, r"scale_ppm within 200"),
        ({"convention": "bursa"}, r"position_vector or coordinate_frame, got 'bursa'"),
        ({"source": " "}, r"who gave it, got nothing; state source="),
    ],
)
def test_parameters_that_cannot_be_right_are_refused(wrong, words):
    with pytest.raises(CrsError, match=words):
        parameters(**wrong)


def write_ntv2(path, *, north_arcsec, east_arcsec):
    """A grid over 106-108 E, 39-41 N with one shift everywhere, by the standard."""

    def text(key, value):
        return key.ljust(8).encode() + value.ljust(8).encode()

    def whole(key, value):
        return key.ljust(8).encode() + struct.pack("<i4x", value)

    def real(key, value):
        return key.ljust(8).encode() + struct.pack("<d", value)

    node = struct.pack("<4f", north_arcsec, -east_arcsec, 0.0, 0.0)
    records = [
        whole("NUM_OREC", 11),
        whole("NUM_SREC", 11),
        whole("NUM_FILE", 1),
        text("GS_TYPE", "SECONDS"),
        text("VERSION", "TEST"),
        text("SYSTEM_F", "XIAN80"),
        text("SYSTEM_T", "CGCS2000"),
        real("MAJOR_F", 6_378_140.0),
        real("MINOR_F", 6_356_755.288),
        real("MAJOR_T", 6_378_137.0),
        real("MINOR_T", 6_356_752.314),
        text("SUB_NAME", "TEST"),
        text("PARENT", "NONE"),
        text("CREATED", "20261121"),
        text("UPDATED", "20261121"),
        real("S_LAT", 39 * 3600.0),
        real("N_LAT", 41 * 3600.0),
        real("E_LONG", -108 * 3600.0),
        real("W_LONG", -106 * 3600.0),
        real("LAT_INC", 3600.0),
        real("LONG_INC", 3600.0),
        whole("GS_COUNT", 9),
        node * 9,
        text("END", ""),
    ]
    path.write_bytes(b"".join(records))
    return path


def test_a_grid_shifts_what_lies_in_it_and_sets_aside_what_does_not(tmp_path):
    folder = tmp_path / "格网 1"
    folder.mkdir()
    grid = write_ntv2(folder / "shift.gsb", north_arcsec=1.5, east_arcsec=-2.25)
    shift = layers.GridShift.of(grid, source="made up", accuracy_m=0.1)
    layer = read(POINTS, 4610, datum_shift=shift)
    expected = POINTS[:3] + np.array([-2.25, 1.5]) / 3600
    assert np.abs(coordinates(layer) - expected).max() * 111_320 < 1e-4
    assert [one.row for one in layer.quarantine] == [3]
    assert f"grid shift.gsb (SHA-256 {shift.sha256})" in layer.provenance.operation
    assert layer.provenance.files == (("datum_grid", shift.sha256),)


def test_a_grid_that_is_none_is_refused(tmp_path):
    with pytest.raises(SourceNotFoundError, match="check the path of the grid"):
        layers.GridShift.of(tmp_path / "absent.gsb", source="nobody")
    bad = tmp_path / "bad.gsb"
    bad.write_bytes(b"no grid at all" * 100)
    with pytest.raises(CrsError, match=r"grid that PROJ can read.*NTv2"):
        layers.GridShift.of(bad, source="nobody")
    comma = tmp_path / "a,b.gsb"
    comma.write_bytes(b"")
    with pytest.raises(CrsError, match="without quotes and commas"):
        layers.GridShift.of(comma, source="nobody")
