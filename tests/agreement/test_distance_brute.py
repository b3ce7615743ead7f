"""Distances against a search that knows no plane: points in space, ever denser."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from spatial.measure import distance_m

GEOD = Geod(a=6378137.0, rf=298.257222101)


def in_space(lonlat):
    """Return earth-centred x, y, z in metres."""
    e2 = (2 - 1 / 298.257222101) / 298.257222101
    lon, lat = np.radians(lonlat).T
    normal = 6378137.0 / np.sqrt(1 - e2 * np.sin(lat) ** 2)
    flat = normal * np.cos(lat)
    return np.column_stack(
        [flat * np.cos(lon), flat * np.sin(lon), normal * (1 - e2) * np.sin(lat)]
    )


def edges_of(shape):
    """Return starts and vectors of the edges; a point is an edge without length."""
    xy = shapely.get_coordinates(shape)
    return (xy, 0 * xy) if len(xy) == 1 else (xy[:-1], np.diff(xy, axis=0))


def refined_m(edge, t, other, *, u, width):
    """Return the distance of two edges, searched ever closer about t and u."""
    grid = np.linspace(-1, 1, 9)[:, None]
    for _ in range(80):
        here, there = np.clip(t + width * grid, 0, 1), np.clip(u + width * grid, 0, 1)
        a, b = in_space(edge[0] + here * edge[1]), in_space(other[0] + there * other[1])
        i, j = np.unravel_index(((a[:, None] - b) ** 2).sum(-1).argmin(), (9, 9))
        t, u = here[i], there[j]
        width *= 1.0 if {i, j} & {0, 8} else 0.6  # a valley is followed first
    return GEOD.inv(*(edge[0] + t * edge[1]), *(other[0] + u * other[1]))[2]


def brute_m(a, b, pieces=100):
    """Return the shortest distance: all edges sampled, the best starts refined."""
    (p, dp), (q, dq) = edges_of(a), edges_of(b)
    t = (np.arange(pieces) + 0.5) / pieces
    here = in_space((p[:, None] + t[:, None] * dp[:, None]).reshape(-1, 2))
    there = in_space((q[:, None] + t[:, None] * dq[:, None]).reshape(-1, 2))
    squares = ((here[:, None] - there) ** 2).sum(-1)
    by_edges = squares.reshape(len(p), pieces, len(q), pieces).min(axis=(1, 3))
    found = []
    for pair in np.argsort(by_edges, axis=None)[:4]:
        i, j = np.unravel_index(pair, by_edges.shape)
        rows, columns = (
            slice(i * pieces, (i + 1) * pieces),
            slice(j * pieces, (j + 1) * pieces),
        )
        k, m = np.unravel_index(squares[rows, columns].argmin(), (pieces, pieces))
        found.append(
            refined_m((p[i], dp[i]), t[k], (q[j], dq[j]), u=t[m], width=2 / pieces)
        )
    return min(found)


def blob(rng, lon, lat, radius_m):
    """Return a star of eight corners about a centre."""
    azimuth = np.sort(rng.uniform(0, 360, 8))
    reach = radius_m * rng.uniform(0.4, 1.0, 8)
    x, y, _ = GEOD.fwd(np.full(8, lon), np.full(8, lat), azimuth, reach)
    return shapely.Polygon(np.column_stack([x, y]))


def river(rng, lon, lat, *, away_m, azimuth):
    """Return a line of long edges that passes at about `away_m`."""
    x, y, _ = GEOD.fwd(lon, lat, azimuth, away_m)
    side = np.linspace(-1.5, 1.5, 7) * away_m
    out = away_m * rng.uniform(-0.2, 0.2, 7)
    along_x, along_y, _ = GEOD.fwd(
        np.full(7, x), np.full(7, y), np.full(7, azimuth + 90), side
    )
    x, y, _ = GEOD.fwd(along_x, along_y, np.full(7, azimuth), out)
    return shapely.LineString(np.column_stack([x, y]))


def worst_error_m(latitude, away_m, cases):
    """Return the largest difference to the search in space."""
    rng = np.random.default_rng([latitude, int(away_m), cases])
    worst = 0.0
    for _ in range(cases):
        site = blob(rng, 110.0, latitude, min(0.2 * away_m, 500.0))
        zone = river(rng, 110.0, latitude, away_m=away_m, azimuth=rng.uniform(0, 360))
        if not site.intersects(zone):
            worst = max(worst, abs(distance_m(site, zone) - brute_m(site, zone)))
    return worst


@pytest.mark.parametrize("latitude", [30, 40, 50])
@pytest.mark.parametrize(
    ("away_m", "limit_m"), [(300, 5e-4), (3000, 5e-4), (15000, 2e-3)]
)
def test_agrees_with_the_search_in_space(latitude, away_m, limit_m):
    assert worst_error_m(latitude, away_m, 8) < limit_m


@pytest.mark.parametrize("latitude", [30, 40, 50])
def test_takes_the_nearer_of_two_in_different_quarters(latitude):
    """One plane with one scale takes the wrong one: east-west shrinks to the north."""
    for near_m, far_m in ((3000.0, 3000.1), (3000.1, 3000.0)):
        ends = [
            GEOD.fwd(110.0, latitude, az, m)[:2]
            for az, m in ((45, near_m), (135, far_m))
        ]
        found = distance_m(shapely.Point(110.0, latitude), shapely.MultiPoint(ends))
        assert found == pytest.approx(3000.0, abs=1e-6)
