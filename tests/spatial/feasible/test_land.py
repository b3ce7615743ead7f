"""Land for a project: the same answers as a review of points, and areas that add up."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import settings

import layers
import spatial
from layers.errors import DocumentError, InputRefusedError
from layers.layer import FRAME
from layers.samples import county
from spatial.feasible.land import CLASS_OF, CLASSES, classed
from spatial.feasible.project import project_of, read_project
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


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = county.write_county(tmp_path_factory.mktemp("county") / "office")
    return layers.open_workspace(folder)


@pytest.fixture(scope="module", params=sorted(PROJECTS))
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


def test_a_point_has_the_answer_of_a_review_or_lies_on_a_border(land):
    points = random_points(land, POINTS, seed=20261122)
    looked_up = [one.land_class for one in land.at(points)]
    said = reviewed(land, points)
    differ = [at for at in range(len(points)) if looked_up[at] != said[at]]
    near = distance_m(points[differ], np.full(len(differ), borders(land), dtype=object))
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
    land = classed(
        project_of({"project_type": "mine", "construction": "new"} | STATED),
        office,
        on=ON,
    )
    feasible = [one.geometry for one in land.pieces if one.land_class == "feasible"]
    parts = [p for one in feasible for p in shapely.get_parts(one)]
    assert parts
    inner = [shapely.buffer(one, -1e-4) for one in parts]
    inner = [one for one in inner if one.geom_type == "Polygon" and not one.is_empty]
    assert set(reviewed(land, inner)) == {"feasible"}
