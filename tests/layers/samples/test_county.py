"""The made-up county: valid by construction, the same every time, honest truth."""

import datetime as dt
import hashlib

import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers import document, spec
from layers.errors import DocumentError
from layers.samples import county, layout, shapes, sites, zones
from spatial.policy.choice import spelled_out
from spatial.policy.load import load_rulebook
from spatial.policy.territory import is_under

GEOD = pyproj.Geod(a=6378137.0, rf=298.257222101)


@pytest.fixture(scope="module")
def sheets():
    return {sheet.kind: sheet for sheet in zones.sheets()}


@pytest.fixture(scope="module")
def projects():
    return {one.site_id: one for one in county.truth()}


def named(projects, name):
    return next(one for one in projects.values() if one.name == name)


def hashes(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_write_the_same_bytes(tmp_path):
    one = county.write_county(tmp_path / "one")
    two = county.write_county(tmp_path / "two")
    assert hashes(one) == hashes(two)
    assert "workspace.yaml" in hashes(one)


def test_writing_again_replaces_its_own_files_and_leaves_others_alone(tmp_path):
    folder = county.write_county(tmp_path / "office")
    before = hashes(folder)
    (folder / "workspace.yaml").write_text("broken")
    (folder / "note.txt").write_text("mine")
    county.write_county(folder)
    after = hashes(folder)
    assert (folder / "note.txt").read_text() == "mine"
    assert {name: one for name, one in after.items() if name != "note.txt"} == before
    assert [path.name for path in tmp_path.iterdir()] == ["office"]


def test_the_files_are_small(tmp_path):
    folder = county.write_county(tmp_path / "office")
    assert sum(path.stat().st_size for path in folder.rglob("*")) < 3_000_000


def test_gdal_keeps_its_own_clock_afterwards(tmp_path):
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    county.write_county(tmp_path / "office")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before


def stated_to_be_none():
    plan = document.load(county.WORKSPACE).need("layers")
    return {one.need("kind").text() for one in plan if one.get("none_exists")}


def test_every_kind_that_its_rules_ask_for_is_there_or_stated_to_be_none(sheets):
    none = stated_to_be_none()
    assert not none & set(sheets)
    asked = {
        provision.where.kind
        for named in document.load(county.WORKSPACE).need("rulebooks").texts()
        for name in spelled_out(named)
        for rule in load_rulebook(name).rules
        # of another territory, which asks nothing here
        if not rule.territory or is_under(layout.ADCODE, rule.territory)
        for edition in rule.editions
        for provision in edition.provisions
    }
    assert asked - {None} <= none | set(sheets)
    assert none | set(sheets) <= set(spec.kinds()) - {"project_site"}


def test_every_geometry_is_valid_and_of_its_kind(sheets):
    kinds = {"Polygon": "polygon", "MultiPolygon": "polygon", "LineString": "line"}
    for kind, sheet in sheets.items():
        geometry = sheet.frame.geometry
        assert geometry.is_valid.all(), kind
        assert {kinds[one] for one in geometry.geom_type} <= set(
            spec.spec(kind).geometry
        )


def test_there_are_holes_and_multipolygons(sheets):
    shapes_ = np.concatenate(
        [sheet.frame.geometry.to_numpy() for sheet in sheets.values()]
    )
    parts = shapely.get_parts(shapes_)
    assert shapely.get_num_interior_rings(parts).max() >= 1
    assert (shapely.get_type_id(shapes_) == 6).sum() >= 2


def test_control_units_tile_the_county_exactly(sheets):
    units = sheets["control_unit"].frame.geometry.to_numpy()
    outline = sheets["admin_unit"].frame.geometry.iloc[0]
    assert shapely.coverage_is_valid(units)
    assert shapely.coverage_union_all(units).equals(outline)


@pytest.mark.parametrize("kind", ["nature_reserve", "water_source_protection"])
def test_nested_zones_share_their_border_and_nothing_else(sheets, kind):
    assert shapely.coverage_is_valid(sheets[kind].frame.geometry.to_numpy())


def test_unit_codes_agree_with_their_category_and_county(sheets):
    units = sheets["control_unit"].frame
    codes = units["HJZHGKDYBM"]
    assert codes.str.fullmatch(r"ZH150624[123]\d{4}").all()
    assert codes.is_unique
    assert (codes.str[8] == units["ZHGKDYFL"]).all()


def test_every_required_field_has_exactly_one_heading(sheets):
    for kind, sheet in sheets.items():
        headings = {spec.fold(name) for name in sheet.frame.columns}
        for field in spec.spec(kind).fields:
            aliases = {spec.fold(name) for name in (field.name, *field.aliases)}
            found = len(aliases & headings)
            assert found == 1 if field.required else found <= 1, (kind, field.name)


def test_every_word_written_for_a_domain_is_in_the_domain(sheets):
    for kind, sheet in sheets.items():
        for field in spec.spec(kind).fields:
            aliases = {spec.fold(name) for name in (field.name, *field.aliases)}
            column = [one for one in sheet.frame.columns if spec.fold(one) in aliases]
            if field.domain and column:
                words = sheet.frame[column[0]].dropna().unique()
                assert all(field.spelled(word) for word in words), (kind, field.name)


@given(
    inner=st.floats(0.1, 3.0),
    extra=st.floats(0.0, 3.0),
    name=st.text(max_size=5),
)
def test_a_blob_lies_between_its_two_circles(inner, extra, name):
    blob = shapes.Blob(name, (20.0, 20.0), inner, inner + extra)
    ring = shapely.Polygon(blob.ring())
    center = shapely.Point(blob.center)
    assert ring.is_valid
    assert shapely.distance(ring.exterior, center) >= inner - 1e-9
    farthest = np.hypot(*(blob.ring() - blob.center).T).max()
    # only the corners' circle is stretched, by the sag of a chord
    assert farthest <= (inner + extra) / np.cos(np.pi / 384) + 1e-9


def test_bending_the_grid_never_folds_it():
    x, y = np.meshgrid(np.linspace(-2, 46, 200), np.linspace(-4, 48, 200))
    points, step = np.column_stack([x.ravel(), y.ravel()]), 1e-4
    aside, up = np.array([step, 0.0]), np.array([0.0, step])
    east = shapes.warp(points + aside) - shapes.warp(points - aside)
    north = shapes.warp(points + up) - shapes.warp(points - up)
    folded = (east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]) / (2 * step) ** 2
    assert folded.min() > 0.3


def test_nothing_is_bent_along_the_trunk_river():
    points = np.array([[4.0, 0.0], [5.8, 22.0], [8.2, 44.0]])
    assert np.array_equal(shapes.warp(points), points)


def test_site_ids_are_unique_and_every_site_has_a_reason(projects):
    assert len(projects) == len(county.truth()) >= 60
    assert all(one.why and one.name for one in projects.values())


def test_an_outcome_is_known_on_the_planted_days_only():
    one = county.truth()[0]
    assert one.outcome_on(dt.date(2025, 10, 31)) == "clear"
    assert one.outcome_on(dt.date(2025, 11, 1)) is None


def test_at_least_fifteen_sites_are_clear_on_both_days(projects):
    clear = [
        one
        for one in projects.values()
        if all(said.outcome == "clear" for said in one.expected.values())
    ]
    assert len(clear) >= 15


def test_polygons_lines_and_points_are_among_the_sites(projects):
    kinds = {one.geometry.geom_type for one in projects.values()}
    assert kinds == {"Polygon", "LineString", "Point"}
    assert all(one.geometry.is_valid for one in projects.values())


@pytest.mark.parametrize("distance_m", [990, 1010])
def test_a_planted_distance_from_the_bank_is_exact(sheets, projects, distance_m):
    site = named(projects, f"距岸线{distance_m}米的化工园区").geometry
    lines = sheets["river_shoreline"].frame
    bank = lines.loc[lines["AXBM"] == "AX-1R", "geometry"].iloc[0]
    # brute force: every corner and cut of the site against every cut of the bank
    near = shapely.clip_by_rect(bank, *(site.buffer(0.02).bounds))
    bank_points = shapely.get_coordinates(shapely.segmentize(near, 2e-5))
    site_points = shapely.get_coordinates(shapely.segmentize(site.exterior, 5e-4))
    a, b = np.meshgrid(np.arange(len(site_points)), np.arange(len(bank_points)))
    _, _, metres = GEOD.inv(*site_points[a.ravel()].T, *bank_points[b.ravel()].T)
    assert metres.min() == pytest.approx(distance_m, abs=0.01)


def test_the_touching_site_shares_a_border_and_no_area(projects):
    site = named(projects, "红线边界外护林站").geometry
    zone = layout.shape("redline patch")
    assert site.touches(zone)
    assert site.intersection(zone).area == 0.0
    assert site.intersection(zone).length > 0.0


def test_the_eastern_chemical_park_lies_inside_but_near_the_border(sheets, projects):
    site = named(projects, "东部化工园区").geometry
    outline = sheets["admin_unit"].frame.geometry.iloc[0]
    assert outline.contains(site)
    here, there = shapely.get_coordinates(shapely.shortest_line(site, outline.exterior))
    assert 50 < GEOD.inv(*here, *there)[2] < 950


def test_the_project_list_is_written_in_the_offices_words(tmp_path):
    folder = county.write_county(tmp_path / "office")
    written = pyogrio.read_dataframe(
        folder / county.PROJECTS, layer=county.PROJECTS_LAYER
    )
    assert len(written) == len(county.truth())
    assert set(written["两高"].dropna()) == {"是", "否"}
    assert "化工园区" in set(written["项目类型"])
    blank = written.set_index("项目名称").loc["行业不明的工厂", "行业代码"]
    assert pd.isna(blank)


def test_truth_csv_tells_both_days(tmp_path):
    folder = county.write_county(tmp_path / "office")
    table = pd.read_csv(folder / "truth.csv", encoding="utf-8-sig", dtype=str)
    assert [f"outcome_{day}" for day in sites.DAYS] == [
        name for name in table if name.startswith("outcome")
    ]
    assert list(table["site_id"]) == [one.site_id for one in county.truth()]


def test_an_attribute_that_nobody_knows_is_refused():
    entry = document.loads("colour: red", path="sites.yaml")
    with pytest.raises(DocumentError, match=r"sites\.yaml:1: colour: expected a canon"):
        sites._values(entry)


def test_farmland_lies_in_projected_metres_and_comes_back(tmp_path, sheets):
    folder = county.write_county(tmp_path / "office")
    path = folder / sheets["permanent_basic_farmland"].file
    written = pyogrio.read_dataframe(path)
    assert written.crs.to_epsg() == 4524
    assert written.total_bounds[0] > 36_000_000  # the zone stands before the easting
    back = shapely.get_coordinates(written.geometry.to_crs("EPSG:4490").to_numpy())
    drawn = shapely.get_coordinates(
        sheets["permanent_basic_farmland"].frame.geometry.to_numpy()
    )
    assert np.abs(back - drawn).max() < 1e-10


def test_the_shapefile_holds_gbk_bytes_and_says_so(tmp_path, sheets):
    folder = county.write_county(tmp_path / "office")
    path = folder / sheets["control_unit"].file
    assert path.with_suffix(".cpg").read_text() == "GBK"
    assert "重点管控单元".encode("gbk") in path.with_suffix(".dbf").read_bytes()
