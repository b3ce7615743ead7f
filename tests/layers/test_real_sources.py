"""Sources as they are met: a GeoPackage that is being written, real layers."""

import sqlite3
from contextlib import closing
from pathlib import Path

import broken_files as make
import pyogrio
import pytest

import layers

DATA = Path(__file__).parents[3] / "shared" / "data" / "inner_mongolia"


def test_rows_that_are_still_in_the_log_of_a_geopackage_are_read(tmp_path):
    path = tmp_path / "busy.gpkg"
    pyogrio.write_dataframe(make.zones(3), path, layer="z")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("DELETE FROM gpkg_extensions")  # its triggers need GDAL
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.fetchall():
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute(
            "INSERT INTO z (geom, \"红线编码\") SELECT geom, 'HX-9' FROM z LIMIT 1"
        )
        db.commit()
        before = sorted(one.name for one in tmp_path.iterdir())
        layer = layers.read(path, kind="ecological_redline")
        assert sorted(one.name for one in tmp_path.iterdir()) == before
    assert layer.frame["feature_id"].tolist() == ["HX-0", "HX-1", "HX-2", "HX-9"]


@pytest.mark.shared
@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/inner_mongolia is absent")
@pytest.mark.parametrize(
    ("name", "kind", "layer", "rows"),
    [
        ("admin_cnmaps.gpkg", "admin_unit", "county", 103),
        ("power_plants_wri.csv", "project_site", None, 296),
        ("zones_derived.gpkg", "control_unit", None, 226),
        ("water.gpkg", "river_shoreline", "rivers_wdbii_full", 165),
    ],
)
def test_real_layers_are_read_without_loss(name, kind, layer, rows):
    read = layers.read(DATA / name, kind=kind, layer=layer)
    assert (len(read), read.quarantine) == (rows, ())
    assert read.provenance.rows_in_file == rows
