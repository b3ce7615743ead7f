"""Land for a project: the same answers as a review of points, and areas that add up."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import settings
from paper import ON as PAPER_ON
from paper import box, layer, rulebook
from paper import office as paper_office

import layers
import spatial
from layers.errors import DocumentError, InputRefusedError
from layers.layer import FRAME
from layers.samples import county
from layers.spec import spec
from spatial.cli import main
from spatial.feasible.land import CLASS_OF, CLASSES, classed
from spatial.feasible.project import project_of, read_project
from spatial.feasible.write import FILES, write_land
from spatial.measure import GEOD, area_m2, distance_m

ON = "2025-10-31"
# Ten thousand points each in the nightly run.
POINTS = 2_000 if settings().max_examples <= 100 else 10_000
STATED = {
    "is_urban_concentrated": False,
    "is_high_risk_polluting": False,
    "discharges_pollutant": True,
    "is_water_supply_related": False,
    "is_severe_water_polluter": False,
    "is_two_high": False,
    "is_new_capacity": False,
    "is_three_high": False,
    "adds_discharge": True,
    "existing_enterprise": False,
}
PROJECTS = {
    "mine": {"project_type": "mine", "industry": "0610", **STATED},
    "chemical": {"project_type": "chemical_project", "industry": "2614", **STATED},
    "park": {"project_type": "chemical_park", "industry": "2614", **STATED},
    "unstated": {"project_type": "solar_farm", "industry": "4416"},
    "tailings": {"project_type": "tailings_pond", "industry": "0810", **STATED},
}
FIELDS = {one.name for one in spec("project_site").fields}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = county.write_county(tmp_path_factory.mktemp("county") / "office")
    return layers.open_workspace(folder)


NIGHTLY = POINTS > 2_000
TRIED = sorted(PROJECTS) if NIGHTLY else ["park", "tailings", "unstated"]


@pytest.fixture(scope="module", params=TRIED)
def land(request, office):
    attributes = {"construction": "new", **PROJECTS[request.param]}
    return classed(project_of(attributes), office, on=ON)


def reviewed(land, points):
    """Outcome of point sites with the attributes of the land's project."""
    frame = land.project.frame.reset_index(drop=True)
    many = gpd.GeoDataFrame(
        frame.drop(columns=["geometry", "feature_id"]).iloc[[0] * len(points)],
        geometry=list(points),
        crs=FRAME,
    ).assign(site_id=[f"P-{at}" for at in range(len(points))])
    found = spatial.review(many, land.office, on=land.on).outcomes["outcome"]
    return [CLASS_OF[found[f"P-{at}"]] for at in range(len(points))]


def random_points(land, count, seed):
    """Points of the region, equally likely everywhere in degrees."""
    region = shapely.union_all([one.geometry for one in land.pieces])
    shapely.prepare(region)
    rng = np.random.default_rng(seed)
    west, south, east, north = region.bounds
    found = np.zeros(0, dtype=object)
    while len(found) < count:
        xy = rng.uniform((west, south), (east, north), (2 * count, 2))
        some = shapely.points(xy)
        found = np.concatenate([found, some[shapely.contains_properly(region, some)]])
    return found[:count]


def borders(land):
    return shapely.union_all([shapely.boundary(one.geometry) for one in land.pieces])


def test_a_point_has_the_answer_of_a_review_or_lies_on_a_border(land, record_property):
    points = random_points(land, POINTS, seed=20261122)
    looked_up = [one.land_class for one in land.at(points)]
    said = reviewed(land, points)
    differ = [at for at in range(len(points)) if looked_up[at] != said[at]]
    near = distance_m(points[differ], np.full(len(differ), borders(land), dtype=object))
    record_property("points", POINTS)
    record_property("points within 1 cm of a border that differ", len(differ))
    assert (near < 0.01).all()
    assert len(differ) <= POINTS // 1000


def test_either_side_of_a_border_agrees_with_a_review(land):
    """2 cm to the left and to the right of 400 places on the borders."""
    rng = np.random.default_rng(7)
    lines = shapely.get_parts(shapely.line_merge(borders(land)))
    length = shapely.length(lines)
    line = rng.choice(len(lines), 400, p=length / length.sum())
    at = rng.uniform(0, length[line])
    here, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(lines[line], part))
        for part in (at, at - 1e-7)
    )
    azimuth, _, _ = GEOD.inv(*here.T, *ahead.T)
    sides = []
    for turn in (90.0, -90.0):
        lon, lat, _ = GEOD.fwd(*here.T, azimuth + turn, np.full(len(here), 0.02))
        sides.append(shapely.points(lon, lat))
    points = np.concatenate(sides)
    pieces = land.at(points)
    inside = [k for k, piece in enumerate(pieces) if piece is not None]
    points = points[inside]
    said = reviewed(land, points)
    differ = [
        k
        for k, piece in enumerate(pieces[k] for k in inside)
        if piece.land_class != said[k]
    ]
    # At a corner another border can be nearer than 2 cm.
    near = distance_m(points[differ], np.full(len(differ), borders(land), dtype=object))
    assert len(inside) > 400
    assert (near < 0.01).all()


def test_the_pieces_tile_the_region_and_areas_add_up_exactly(land):
    unit = land.office.of_kind("admin_unit")[0].frame.geometry.iloc[0]
    whole = area_m2(unit)
    (only,) = land.counties
    by_class = [land.area_m2(only, one) for one in CLASSES]
    assert round(sum(by_class), 2) == round(whole, 2)
    shapes = np.array([one.geometry for one in land.pieces], dtype=object)
    assert abs(area_m2(shapes).sum() - whole) < 0.01
    assert abs(area_m2(shapely.union_all(shapes)) - whole) < 0.01
    assert shapely.is_valid(shapes).all()


def test_a_polygon_within_feasible_land_is_clear(office):
    """Feasible for points is feasible for whatever lies within, on every piece."""
    sites = layers.read(Path(office.path) / "projects.gpkg", kind="project_site").frame
    clear = sites.set_index("site_id").loc["SF-002"].drop(["geometry", "name"])
    attributes = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in clear.items()
        if name in FIELDS and (isinstance(value, tuple) or not pd.isna(value))
    }
    land = classed(project_of(attributes), office, on=ON)
    feasible = [one.geometry for one in land.pieces if one.land_class == "feasible"]
    parts = [p for one in feasible for p in shapely.get_parts(one)]
    assert parts
    inner = [shapely.buffer(one, -1e-4) for one in parts]
    inner = [one for one in inner if one.geom_type == "Polygon" and not one.is_empty]
    assert set(reviewed(land, inner)) == {"feasible"}


# -- on squared paper ----------------------------------------------------------


REDLINE = ("relation: intersects, kind: ecological_redline", "prohibited")
PARK = ("relation: outside, kind: industrial_park", "restricted")
COUNTIES = {"150624": box(0, 0, 1000, 1000), "150625": box(1000, 0, 2000, 1000)}


def paper(tmp_path, *more, **rules):
    """Two counties of a square kilometre each, side by side."""
    shapes = list(COUNTIES.values())
    units = layer("admin_unit", *shapes, name="made up")
    units.frame["code"] = list(COUNTIES)
    units.frame["name"] = ["West", "East"]
    book = rulebook(tmp_path, **rules)
    return paper_office(book, units, *more, region="150600")


def square_km(land):
    return {
        unit.name: [round(land.area_m2(unit, one) / 1e6, 3) for one in CLASSES]
        for unit in land.counties
    }


def test_land_is_told_apart_by_county_and_adds_up(tmp_path):
    """The red line takes the middle: half a square kilometre of both counties."""
    red = layer("ecological_redline", box(500, 0, 1500, 1000))
    land = classed(project_of({}), paper(tmp_path, red, R=REDLINE), on=PAPER_ON)
    assert square_km(land) == {"West": [0.5, 0, 0, 0.5], "East": [0.5, 0, 0, 0.5]}
    for unit in land.counties:
        total = sum(land.area_m2(unit, one) for one in CLASSES)
        assert round(total, 2) == round(area_m2(COUNTIES[unit.code]), 2)


def test_a_layer_that_is_missing_makes_land_unknown_never_feasible(tmp_path):
    where = paper(tmp_path, R=REDLINE)
    land = classed(project_of({}), where, on=PAPER_ON)
    assert square_km(land) == {"West": [0, 1, 0, 0], "East": [0, 1, 0, 0]}
    (reason,) = {one.kind for piece in land.pieces for one in piece.unknowns}
    assert reason == "layer_missing"


def test_where_coverage_ends_feasible_land_ends(tmp_path):
    """The layer is complete up to x = 1500 only."""
    red = layer("ecological_redline", box(0, 0, 200, 1000))
    edge = shapely.get_coordinates(box(1500, 0, 1501, 1))[0][0]
    area = shapely.box(106.9, 39.9, edge, 40.1)
    red = replace(red, coverage=replace(red.coverage, area=area))
    land = classed(project_of({}), paper(tmp_path, red, R=REDLINE), on=PAPER_ON)
    assert square_km(land) == {"West": [0.2, 0, 0, 0.8], "East": [0, 0.5, 0, 0.5]}


def test_a_rule_that_asks_for_a_zone_is_turned_round(tmp_path):
    park = layer("industrial_park", box(500, 500, 1500, 1000))
    land = classed(project_of({}), paper(tmp_path, park, P=PARK), on=PAPER_ON)
    assert square_km(land) == {"West": [0, 0, 0.75, 0.25], "East": [0, 0, 0.75, 0.25]}


def test_a_rule_without_a_place_takes_all_land(tmp_path):
    book = paper(tmp_path, A=("relation: anywhere", "prohibited"))
    land = classed(project_of({}), book, on=PAPER_ON)
    assert square_km(land) == {"West": [1, 0, 0, 0], "East": [1, 0, 0, 0]}


def test_a_zone_that_no_rule_speaks_of_needs_a_person(tmp_path):
    red = layer("ecological_redline", box(0, 0, 200, 1000))
    wet = layer("wetland", box(400, 0, 500, 1000))
    land = classed(project_of({}), paper(tmp_path, red, wet, R=REDLINE), on=PAPER_ON)
    assert square_km(land)["West"] == [0.2, 0.1, 0, 0.7]


def test_rows_set_aside_make_their_surroundings_unknown(tmp_path):
    broken = gpd.GeoDataFrame(
        geometry=[box(0, 0, 200, 1000), shapely.box(107.005, 40, np.inf, 41)], crs=FRAME
    )
    red = layer("ecological_redline", *broken.geometry)
    assert len(red.quarantine) == 1
    land = classed(project_of({}), paper(tmp_path, red, R=REDLINE), on=PAPER_ON)
    assert square_km(land)["West"][3] == 0


def test_points_are_looked_up_on_the_severe_side_of_a_border(tmp_path):
    red = layer("ecological_redline", box(500, 0, 1500, 1000))
    land = classed(project_of({}), paper(tmp_path, red, R=REDLINE), on=PAPER_ON)
    west = box(500, 0, 1500, 1000).exterior.coords[0]
    corner, inside, off = land.at(
        shapely.points([west, (107.001, 40.001), (100.0, 40.0)])
    )
    assert corner.land_class == "prohibited"
    assert inside.land_class == "feasible"
    assert off is None


def test_a_region_without_units_is_refused(tmp_path):
    red = layer("ecological_redline", box(500, 0, 1500, 1000))
    where = replace(paper(tmp_path, red, R=REDLINE), region="410000")
    with pytest.raises(InputRefusedError, match=r"admin_unit .* region 410000"):
        classed(project_of({}), where, on=PAPER_ON)


def test_units_that_are_not_in_force_are_no_region(tmp_path):
    where = paper(tmp_path, R=REDLINE)
    with pytest.raises(InputRefusedError, match="no such unit in force"):
        classed(project_of({}), where, on="1999-12-31")


# -- the project and the files -------------------------------------------------


def test_a_misspelt_attribute_is_refused_with_its_line(tmp_path):
    path = tmp_path / "project.yaml"
    path.write_text("project_type: mine\nis_two_hihg: false\n", encoding="utf-8")
    with pytest.raises(
        DocumentError, match=r"project.yaml:2: is_two_hihg: expected an"
    ):
        read_project(path)


def test_names_and_values_may_be_chinese(tmp_path):
    path = tmp_path / "project.yaml"
    path.write_text("项目类型: 矿山\n建设性质: 新建\n", encoding="utf-8")
    row = read_project(path).frame.iloc[0]
    assert (row["project_type"], row["construction"]) == ("mine", "new")


def test_two_writes_are_the_same_bytes(land, tmp_path):
    first, second = (write_land(land, tmp_path / name) for name in "ab")
    digests = [
        [hashlib.sha256(one.read_bytes()).hexdigest() for one in files]
        for files in (first, second)
    ]
    assert digests[0] == digests[1]
    names = [*FILES, "manifest.json"]
    assert [one.name for one in first] == names


def test_the_geopackage_holds_the_pieces(land, tmp_path):
    write_land(land, tmp_path, lang="en")
    frame = pyogrio.read_dataframe(tmp_path / "feasible.gpkg", layer="land")
    assert frame["class_code"].tolist() == [one.land_class for one in land.pieces]
    assert frame["area_m2"].tolist() == [one.area_m2 for one in land.pieces]
    assert abs(area_m2(frame.geometry.to_numpy()) - frame["area_m2"]).max() < 0.01


def test_every_piece_that_is_decided_names_its_clause(land, tmp_path):
    write_land(land, tmp_path, lang="en")
    told = json.loads((tmp_path / "feasible.json").read_text(encoding="utf-8"))
    assert told["is_approval"] is False
    for piece in told["pieces"]:
        decided = piece["class"] in ("prohibited", "restricted")
        assert bool(piece["rules"]) >= decided
        assert set(piece["rules"]) <= set(told["clauses"])
        assert bool(piece["unknowns"]) >= (
            piece["class"] == "unknown" and not piece["rules"]
        )


def test_the_command_prints_areas_that_add_up_and_says_it_is_no_approval(tmp_path):
    folder = county.write_county(tmp_path / "office")
    project = tmp_path / "project.yaml"
    project.write_text("项目类型: 矿山\n建设性质: 新建\n", encoding="utf-8")
    out = tmp_path / "out"
    words = ["feasible", "-w", str(folder), "--project", str(project), "--on", ON]
    done = CliRunner().invoke(main, [*words, "-o", str(out), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "the areas of each county add up to the county" in done.output
    page = (out / "feasible.html").read_text(encoding="utf-8")
    assert "no approval" in page
    assert "demo data, not statutory boundaries" in page
    assert "default-src &#39;none&#39;" in page
