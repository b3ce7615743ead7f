"""Sites and zones for comparing engines, and what plain shapely says of them.

Coordinates are degrees; a family makes polygons about a corner (110, latitude) that
touch, nest, cross and coincide. Everything is valid; nothing is mended after the fact
except by leaving out what is not.
"""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import settings
from hypothesis import strategies as st

from spatial.index import ZoneIndex
from spatial.index.grid import Grid, _by_cell, _covers, _walks
from spatial.index.rings import rings_of
from spatial.measure import area_m2, outline
from spatial.overlap.areas import areas
from spatial.overlap.crossing import cross
from spatial.overlap.overlays import of_dimension
from spatial.overlap.states import APART, INSIDE, PARTIAL, TOUCH

LON = 110.0
STEP = 0.001
RELATIVE, ABSOLUTE_M2 = 1e-9, 1e-3


def examples(count):
    """Return settings for `count` examples, ten times as many in the nightly run."""
    return settings(
        max_examples=count * max(settings().max_examples // 100, 1), deadline=None
    )


# -- two engines and the plain truth -------------------------------------------


def plain(sites, zones):
    """Return state and area of every pair that meets: shapely, whole and untouched.

    Where borders cross, part is inside and part is not, however little: GEOS, which
    rounds crossings, misses about one such corner in a thousand (`test_crossing`).
    """
    site, zone = (one.ravel() for one in np.indices((len(sites), len(zones))))
    a, b = sites[site], zones[zone]
    shared = of_dimension(shapely.intersection(a, b), np.full(len(a), 2))
    area = area_m2(shared)
    cuts = cross(outline(b), outline(a))
    state = np.select(
        [
            shapely.covers(b, a) & ~cuts,
            shapely.relate_pattern(a, b, "2********") | cuts,
            shapely.intersects(a, b),
        ],
        [INSIDE, PARTIAL, TOUCH],
        APART,
    )
    area[state == TOUCH] = 0.0
    met = state != APART
    return site[met], zone[met], area[met], state[met]


def by_engine(sites, zones, engine, grid=None):
    """Return what `areas` finds; with a grid of one's own where given."""
    index = ZoneIndex(zones)
    if grid is not None:
        index.__dict__["grid"] = grid(rings_of(zones))
    found = areas(
        index, sites, area_m2(sites), engine=engine, name=lambda s, z: f"{s} x {z}"
    )
    return found.site, found.zone, found.area_m2, found.state


def assert_same(found, truth):
    """Assert that pairs and states are equal and areas equal within the bound."""
    assert list(zip(found[0], found[1], found[3], strict=True)) == list(
        zip(truth[0], truth[1], truth[3], strict=True)
    )
    allowed = np.maximum(RELATIVE * np.maximum(found[2], truth[2]), ABSOLUTE_M2)
    worst = np.abs(found[2] - truth[2]) - allowed
    assert worst.max(initial=-1.0) <= 0, (found[2], truth[2])


def assert_engines_agree(sites, zones, grid=None):
    """Assert that both engines say what plain shapely says."""
    truth = plain(sites, zones)
    assert_same(by_engine(sites, zones, "kernel", grid), truth)
    assert_same(by_engine(sites, zones, "geometry"), truth)


def grid_with(rings, frame):
    """Return a grid on chosen lines: west, south, width, height, columns, rows.

    Every vertex must lie within the frame and not on its rim, as `Grid.over` sees to.
    """
    walks = _walks(rings, frame, threads=2)
    columns, rows = frame[4:]
    by_cell = _by_cell(walks, columns * rows)
    crossings = np.concatenate([one[2] for one in walks])
    covers = _covers(crossings, rings.owner, columns, rows)
    return Grid(rings, *frame, *by_cell, *covers)


def on_paper_lines(rings, squares, latitude):
    """Return a grid whose lines are those of the paper, `squares` squares a cell."""
    side = STEP * squares
    west, south = LON - 2 * side, latitude - 2 * side
    high = rings.xy.max(axis=0) if len(rings.xy) else (LON, latitude)
    columns, rows = int((high[0] - west) / side) + 3, int((high[1] - south) / side) + 3
    return grid_with(rings, (west, south, side, side, columns, rows))


# -- families ------------------------------------------------------------------


def valid(shapes):
    """Return those that are valid polygons with an area, as an array."""
    some = [one for one in shapes if one.geom_type in ("Polygon", "MultiPolygon")]
    array = np.empty(len(some), dtype=object)
    array[:] = some
    return array[shapely.is_valid(array) & ~shapely.is_empty(array)]


def square(x, y, x1, y1, latitude):  # noqa: PLR0917  as a box
    """Return a box of squared paper; equal numbers are equal to the last bit."""
    return shapely.box(
        LON + x * STEP, latitude + y * STEP, LON + x1 * STEP, latitude + y1 * STEP
    )


def ring_about(rng, centre, vertices, *, reach, rough):
    """Return the corners of a polygon that its centre sees: always simple."""
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    far = np.ones(vertices)
    octave = 1
    while octave < vertices / 2:
        far += rough / octave**0.7 * np.sin(octave * turn + rng.uniform(0, 7))
        octave *= 2
    spikes = min(0.15, 15 / vertices)  # no longer than a few edges
    far *= reach / far.max() * rng.uniform(1 - spikes, 1.0, vertices)
    far = np.maximum(far, 0.05 * reach)
    return centre + far[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])


def fractal(rng, latitude, vertices, *, spread=0.004, holes=True):
    """Return a rough polygon, with a rough hole about its centre half of the time."""
    centre = np.array([LON, latitude]) + rng.uniform(0, 0.01, 2)
    reach = spread * rng.uniform(0.3, 1.0)
    shell = ring_about(rng, centre, vertices, reach=reach, rough=0.3)
    inner = [
        ring_about(rng, centre, max(vertices // 4, 4), reach=0.04 * reach, rough=0.2)
    ]
    return shapely.Polygon(shell, inner if holes and rng.random() < 0.5 else None)


def sliver(rng, latitude, thin):
    """Return a long triangle or quadrilateral, `thin` degrees across."""
    start = np.array([LON, latitude]) + rng.uniform(0, 0.01, 2)
    turn = rng.choice([0.0, np.pi / 2, rng.uniform(0, np.pi)])
    along = np.array([np.cos(turn), np.sin(turn)])
    across = np.array([-along[1], along[0]]) * thin
    length = rng.uniform(0.0005, 0.008)
    end = start + along * length
    if rng.random() < 0.5:
        return shapely.Polygon([start, end, (start + end) / 2 + across])
    return shapely.Polygon([start, end, end + across, start + across])


def relatives(rng, zone):
    """Return sites that share vertices, edges or nearly all with a zone."""
    xy = shapely.get_coordinates(zone.exterior)[:-1]
    west, south, east, north = zone.bounds
    room = (east - west) * 0.3
    around = shapely.box(west - room, south - room, east + room, north + room)
    first = rng.integers(len(xy))
    some = np.roll(xy, -first, axis=0)[: rng.integers(3, 8)]
    middle = shapely.box(
        *((xy.min(0) + xy.mean(0)) / 2), *((xy.max(0) + xy.mean(0)) / 2)
    )
    shrunk = shapely.affinity.scale(zone, 1 - 1e-9, 1 - 1e-9)
    return [
        zone,
        zone.reverse(),
        shapely.Polygon(some),
        shapely.difference(around, zone),
        shapely.intersection(middle, zone),
        shapely.difference(middle, zone),
        shapely.convex_hull(zone),
        shapely.Polygon(zone.exterior),
        shrunk,
        shapely.affinity.translate(zone, 1e-12, 0),
        around,
    ]


cells = st.tuples(
    st.integers(0, 9), st.integers(0, 9), st.integers(1, 5), st.integers(1, 5)
)
latitudes = st.one_of(st.sampled_from([20.0, 35.0, 53.0]), st.floats(20, 53))
seeds = st.integers(0, 2**32 - 1)
densities = st.sampled_from([0.01, 0.1, 0.5, 1.0, 3.0, 10.0, 100.0])


@st.composite
def paper(draw, latitude, most=4):
    """Return polygons of whole squares: holes, steps, many parts, shared edges."""
    shapes = []
    for _ in range(draw(st.integers(1, most))):
        shape = shapely.union_all(
            [
                square(x, y, x + w, y + h, latitude)
                for x, y, w, h in draw(st.lists(cells, min_size=1, max_size=3))
            ]
        )
        if draw(st.booleans()):
            x, y, w, h = draw(cells)
            less = shape - square(x, y, x + w, y + h, latitude)
            shape = shape if less.is_empty else less
        shapes.append(shape)
    return valid(shapes)
