"""The file is a GeoPackage that other programs open."""

from __future__ import annotations

import sqlite3
from xml.etree import ElementTree as ET

import fiona
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from ledger_life import BOSS, Clock, live, monitored
from shapely import box
from shapely.geometry import Point

from spatial.ledger import create_ledger, open_ledger
from spatial.ledger.chain import canonical, wkb
from spatial.ledger.geometry_type import from_blob, is_empty, to_blob


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("gpkg") / "台账.gpkg"
    live(create_ledger(path, actor=BOSS, clock=Clock()))
    return path


def test_gdal_lists_the_layers_and_not_the_reporters(path):
    listed = pyogrio.list_layers(path)
    assert [*listed[:, 0]] == [
        *("cases", "grounds", "sightings", "events", "evidence", "links"),
        *("conflicts", "runs", "layer_styles"),
    ]


def test_two_readers_see_the_cases_as_the_ledger_does(path):
    ledger = open_ledger(path, actor=BOSS)
    known = ledger.case("2026-150624-000001")
    by_pyogrio = pyogrio.read_dataframe(path, layer="cases").set_index("case_id")
    row = by_pyogrio.loc["2026-150624-000001"]
    assert row.geometry.equals_exact(known.geometry, 0)
    assert (row["state"], row["due_on"].date()) == ("reopened", known.fields["due_on"])
    assert row["area_m2"] == known.fields["area_m2"]  # all 64 bits of it
    assert by_pyogrio.crs.to_epsg() == 4490
    with fiona.open(path, layer="cases") as layer:
        assert len(layer) == 6
        assert [one["properties"]["case_id"] for one in layer] == [*by_pyogrio.index]


def test_the_layer_says_where_it_lies(path):
    info = pyogrio.read_info(path, layer="grounds")
    assert info["fid_column"] == "fid"
    extent = sqlite3.connect(path).execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name='cases'"
    )
    assert extent.fetchone() == (110.0, 40.0, 110.5, 40.5)


def test_a_box_is_asked_through_the_index(path):
    found = pyogrio.read_dataframe(path, layer="cases", bbox=(110.4, 40.4, 111, 41))
    assert [*found["source"]] == ["report_12369"]


def test_the_file_says_what_it_is(path):
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    assert db.execute("PRAGMA user_version").fetchone() == (10300,)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    (style,) = db.execute("SELECT styleQML FROM layer_styles").fetchone()
    assert "已销号" in style
    # points and lines are seen too: each sort of shape has its own symbols
    (renderer,) = ET.fromstring(style).iter("renderer-v2")  # noqa: S314 (our own)
    assert renderer.get("attr") == "\"state\" || ' ' || geometry_type($geometry)"
    kinds = {one.get("type") for one in renderer.iter("symbol")}
    assert kinds == {"fill", "line", "marker"}
    db.close()


def test_one_file_and_nothing_beside_it(path):
    assert [*path.parent.iterdir()] == [path]


def test_an_edit_in_gdal_is_let_in_and_found(path, tmp_path):
    """Another program may write to a layer, and keeps the index; the check tells."""
    copy = tmp_path / "edited.gpkg"
    copy.write_bytes(path.read_bytes())
    with fiona.open(copy, layer="cases") as layer:
        one = next(iter(layer)).__geo_interface__
    one = {**one, "id": "99"}
    one["properties"] = {**one["properties"], "case_id": "2026-150624-000099"}
    with fiona.open(copy, "a", layer="cases") as layer:
        layer.write(one)
    found = open_ledger(copy, actor=BOSS).verify()
    assert any("no event speaks of" in one.what for one in found.faults)


# -- shapes as bytes -----------------------------------------------------------


@pytest.mark.parametrize(
    "shape", [box(0, 0, 1, 1), Point(1, 2), shapely.MultiPoint([(0, 0), (1, 1)])]
)
def test_a_shape_comes_back_to_the_byte(place, shape):
    ledger = create_ledger(place, actor=BOSS, clock=Clock())
    with ledger.transaction() as writing:
        one = writing.open_case(monitored(geometry=shape))
    assert wkb(ledger.case(one).geometry) == wkb(shape)
    assert from_blob(to_blob(wkb(shape))) == wkb(shape)


degrees = st.floats(-80, 80, allow_nan=False)


@given(degrees, degrees)
def test_a_blob_is_read_by_gdal_as_it_was_written(lon, lat):
    blob = to_blob(wkb(Point(lon, lat)))
    assert not is_empty(blob)
    assert shapely.from_wkb(from_blob(blob)) == Point(lon, lat)


@pytest.mark.parametrize(
    "blob",
    [b"", b"GP", b"xx" + b"\0" * 60, b"GP\0\x0f" + b"\0" * 9],
    ids=["nothing", "short", "magic", "envelope"],
)
def test_what_is_no_shape_is_refused(blob):
    with pytest.raises(ValueError, match="expected"):
        from_blob(blob)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    max_leaves=8,
)


@given(json_values)
def test_canonical_text_is_the_same_after_a_round(value):
    import json

    once = canonical(value)
    assert canonical(json.loads(once)) == once


@pytest.mark.parametrize("value", [float("nan"), {"a": [float("inf")]}])
def test_what_json_does_not_have_is_refused(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(value)


def test_two_spellings_of_a_word_are_one():
    assert canonical("e\u0301") == canonical("\u00e9")
