"""`frame.redline`: every row or an error, the numbers of the functions, no surprise."""

from __future__ import annotations

import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon, box

import layers
import spatial
from layers.errors import (
    CrsError,
    GeometryError,
    InputRefusedError,
    NoGeometryError,
)
from layers.samples.county import write_county
from spatial.accessor import SettledWarning
from spatial.measure import area_m2, length_m

# degrees: site A is [0, 2] x [0, 1], zone Z covers its right half, site B is apart
A, B = box(110, 40, 110.02, 40.01), box(111, 40, 111.01, 40.01)
Z = box(110.01, 39.9, 110.5, 40.5)
# A with a needle of no area: it is mended, and nothing is lost
NEEDLE = [(110, 40), (110.02, 40), (110.02, 40.01), (110.03, 40.01), (110.02, 40.01)]
NEEDLE = Polygon([*NEEDLE, (110, 40.01)])
# a bow tie: two readings, two areas, so it is set aside
BOW = Polygon([(110, 40), (110.02, 40.02), (110.02, 40), (110, 40.02)])


def frame(*shapes, crs=4490, index=None):
    return gpd.GeoDataFrame(
        {"项目编号": [f"P-{n}" for n in range(len(shapes))]},
        geometry=list(shapes),
        crs=crs,
        index=index,
    )


def test_areas_are_the_official_ones_in_the_order_of_the_frame():
    found = frame(B, A, index=["b", "a"]).redline.area_m2
    assert found.index.tolist() == ["b", "a"]
    assert found.name == "area_m2"
    assert found["a"] == area_m2(A)
    assert found["b"] == area_m2(B)


def test_what_has_no_area_or_length_has_no_number():
    line = LineString([(110, 40), (110.1, 40)])
    mixed = frame(A, line, Point(110, 40))
    assert mixed.redline.area_m2.isna().tolist() == [False, True, True]
    assert mixed.redline.length_m.isna().tolist() == [True, False, True]
    assert mixed.redline.length_m[1] == length_m(line)
    assert mixed.redline.length_m.name == "length_m"


def test_another_reference_system_is_brought_to_the_one_frame():
    # 3-degree Gauss-Kruger, central meridian 111: 800 ppm off where read as flat
    projected = frame(A).to_crs(4546)
    assert projected.redline.area_m2[0] == pytest.approx(area_m2(A), rel=1e-6)
    assert projected.crs.to_epsg() == 4546


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: one.redline.area_m2,
        lambda one: one.redline.length_m,
        lambda one: one.redline.overlap(frame(Z)),
        frame(A).redline.overlap,
        lambda one: one.redline.layer(),
        lambda one: one.redline.explore(),
    ],
)
def test_a_frame_without_a_reference_system_is_refused(ask):
    with pytest.raises(CrsError, match="coordinate reference system"):
        ask(frame(A, crs=None))


def test_overlaps_bear_the_labels_of_both_frames():
    sites = frame(B, A, index=["b", "a"])
    found = sites.redline.overlap(frame(Z, index=["z"]).to_crs(4546))
    assert found[["site", "zone"]].to_numpy().tolist() == [["a", "z"]]
    # the zone's long edge is straight on the plane, not in longitude/latitude
    assert found["share_of_site"][0] == pytest.approx(0.5, abs=1e-3)
    near = sites.redline.overlap(frame(Z), within_m=100_000, margins=True)
    assert near["site"].tolist() == ["b", "a"]
    assert near["margin_m"][0] > 0 > near["margin_m"][1]


def test_overlaps_with_a_layer_are_those_of_the_function(tmp_path):
    folder = write_county(tmp_path / "county")
    office = layers.open_workspace(folder)
    zones = office.of_kind("ecological_redline")[0]
    sites = layers.read(folder / "projects.gpkg", kind="project_site")
    wanted = spatial.overlap_table(sites.frame, zones.frame)
    assert len(wanted) > 0
    found = sites.frame.redline.overlap(zones)
    pd.testing.assert_frame_equal(found, wanted)


def test_a_review_is_that_of_the_function(tmp_path):
    folder = write_county(tmp_path / "county")
    office = layers.open_workspace(folder)
    some = layers.read(folder / "projects.gpkg", kind="project_site").frame[:5]
    found = some.redline.review(office, on="2025-10-31", lang="en")
    wanted = spatial.review(some, office, on="2025-10-31", lang="en")
    assert found.lang == "en"
    assert found.content.run_id == wanted.content.run_id
    pd.testing.assert_frame_equal(found.findings, wanted.findings)
    pd.testing.assert_frame_equal(found.unknowns, wanted.unknowns)


@pytest.mark.parametrize("shape", [None, Polygon(), shapely.MultiPolygon(), BOW])
def test_a_row_that_cannot_be_measured_stops_the_call(shape):
    sites = frame(A, shape, index=["a", "缺"])
    with pytest.raises(InputRefusedError, match=r"<frame>.*none in row '缺'"):
        _ = sites.redline.area_m2
    with pytest.raises(InputRefusedError, match=r"<sites>.*none in row '缺'"):
        sites.redline.overlap(frame(Z))
    with pytest.raises(InputRefusedError, match=r"<zones>.*none in row '缺'"):
        frame(A).redline.overlap(sites)
    assert [one.row for one in sites.redline.layer().quarantine] == [1]


def test_many_rows_that_cannot_be_measured_are_counted():
    wanted = r"row 1, 2, 3, 4, 5 and 3 more \(geometry_null: 8\)"
    with pytest.raises(InputRefusedError, match=wanted):
        _ = frame(A, *[None] * 8).redline.area_m2


def test_mending_is_told_where_the_caller_stands():
    with pytest.warns(SettledWarning, match="geometry_mended: 1, row 1") as told:
        found = frame(A, NEEDLE).redline.area_m2
    assert told[0].filename == __file__
    assert found[1] == pytest.approx(found[0], rel=1e-9)
    with pytest.warns(SettledWarning, match=r"<zones>") as told:
        frame(A).redline.overlap(frame(NEEDLE))
    assert told[0].filename == __file__


def test_a_layer_that_lost_rows_warns_before_nothing_is_found():
    zones = layers.from_frame(frame(B, None), kind="ecological_redline", id="r")
    with pytest.warns(SettledWarning, match="layer 'r' lost 1 of 2 rows") as told:
        found = frame(A).redline.overlap(zones)
    assert found.empty
    assert told[0].filename == __file__


def test_a_label_that_stands_twice_is_refused():
    with pytest.raises(GeometryError, match="index"):
        frame(A, B, index=["a", "a"]).redline.overlap(frame(Z))


def test_a_plain_table_has_no_such_attribute():
    table = pd.DataFrame({"a": [1]})
    assert not hasattr(table, "redline")
    with pytest.raises(NoGeometryError, match=r"\.redline: expected a GeoDataFrame"):
        _ = table.redline
    with pytest.raises(NoGeometryError, match="without a geometry column"):
        _ = gpd.GeoDataFrame({"a": [1]}).redline
    with pytest.raises(NoGeometryError, match="zones without geometry"):
        frame(A).redline.overlap(table)


def test_the_frame_stays_as_it_is_and_a_change_is_seen():
    sites = frame(A)
    before = sites.copy()
    accessor = sites.redline
    accessor.overlap(frame(Z))
    assert accessor.area_m2[0] == area_m2(A)
    pd.testing.assert_frame_equal(sites, before)
    sites.geometry = [B]
    assert sites.redline.area_m2[0] == area_m2(B)


def test_a_column_of_the_same_name_is_still_a_column():
    sites = frame(A).assign(redline="是")
    assert sites["redline"].tolist() == ["是"]
    assert np.isfinite(sites.redline.area_m2[0])


def test_pictures_and_maps_are_those_of_the_layer():
    assert frame(A).redline.plot().png == spatial.plot(frame(A).redline.layer()).png
    page = frame(A).redline.explore().get_root().render()
    assert "http" + "s://" not in page.split("leaflet")[0]
    assert page == spatial.explore(frame(A).redline.layer()).get_root().render()


def test_nobody_gets_the_attribute_or_pandas_who_did_not_ask():
    program = (
        "import sys, spatial, layers\n"
        "assert 'pandas' not in sys.modules\n"
        "spatial.review, spatial.overlap_table\n"
        "import pandas\n"
        "assert not hasattr(pandas.DataFrame, 'redline')\n"
        "import spatial.accessor\n"
        "assert hasattr(pandas.DataFrame, 'redline')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
