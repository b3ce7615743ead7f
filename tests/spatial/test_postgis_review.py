"""What a review may conclude from a layer that was read by a box."""

import datetime as dt

import geopandas as gpd
import pytest
import shapely
from postgis_server import BOX, UNIT, Base, running

import layers
from layers.provenance import Coverage, Period
from spatial.silence import doubts

pytestmark = pytest.mark.postgis


@pytest.fixture(scope="module")
def redline():
    with running() as host:
        base = Base(host, "postgres")
        base.zones(UNIT)
        yield base.read(
            coverage=Coverage(shapely.box(100, 30, 120, 50), "province"),
            valid=Period(dt.date(2023, 6, 1)),
        )
        base.db.close()


@pytest.mark.parametrize(
    ("lon", "within_m", "kinds"),
    [
        (107.5, 0, []),  # inside the box: silence counts
        (108.5, 0, ["layer_does_not_cover"]),  # nobody looked there
        (107.995, 0, ["layer_covers_partly"]),  # partly beyond it
        (107.9, 20_000, ["layer_covers_partly"]),  # as far as the rule looks
    ],
)
def test_beyond_the_box_silence_is_not_believed(redline, lon, within_m, kinds):
    site = shapely.box(lon, 40.6, lon + 0.01, 40.61)
    sites = gpd.GeoDataFrame(geometry=[site], crs=4490)
    office = layers.Workspace("示范", None, {"redline": redline})
    found = doubts(
        sites,
        office,
        kind="ecological_redline",
        on=dt.date(2025, 1, 1),
        within_m=within_m,
    )
    assert [one.kind for one in found] == kinds
    assert BOX[2] == 108.0
