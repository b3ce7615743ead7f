"""Which rows of a table a box asks for: those that meet it, and those that might.

A row that nobody can place (no geometry, an empty one, a coordinate that is no number,
coordinates that cannot be where the reference system puts them) may lie anywhere. It is
taken wherever it seems to lie, and set aside with its reason like in a file: left in
the database it would be missing without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from psycopg import sql
from pyproj.enums import TransformDirection

from layers.misfit import misfits
from layers.postgis.catalogue import relation
from layers.read.extent import placed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import LiteralString

    from layers.crs import Settled
    from layers.evidence import Box
    from layers.postgis.catalogue import Described
    from layers.postgis.session import Connection
    from layers.postgis.table import PostgisTable

EDGE_POINTS = 101
SLACK_SHARE, SLACK_M = 1e-3, 1.0
"""What is added around a box that was projected: far more than its edges bend between
the points at which they are looked at. A row too many does no harm."""

_UNPLACED = """(
    {g} IS NULL OR ST_IsEmpty({g}) OR CASE
        WHEN ST_Dimension({g}) = 0 OR GeometryType({g}) = 'GEOMETRYCOLLECTION'
        THEN ST_AsText({g}) ~* 'nan|inf'
        ELSE ST_Perimeter({g}) + ST_Length({g}) IN ('NaN', 'Infinity') END)"""
# PostGIS forgets what it saw before a NaN when it makes the box of a geometry, so the
# box of such a row says nothing; its length is NaN.
_MEETS = "{g} && ST_MakeEnvelope({w}, {s}, {e}, {n}, ST_SRID({g}))"
_AMONG = """(ST_XMin({g}), ST_YMin({g}), ST_XMax({g}), ST_YMax({g})) IN (
    SELECT * FROM unnest({w}::float8[], {s}::float8[], {e}::float8[], {n}::float8[]))"""
_BOUNDS = """SELECT ST_XMin({g}), ST_YMin({g}), ST_XMax({g}), ST_YMax({g})
    FROM {table} WHERE NOT ({wanted})"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows to take.

    Attributes
    ----------
    condition
        Of a WHERE. Its numbers are written into it by psycopg: beside parameters, a
        per cent sign in the name of a column would be taken for one.
    elsewhere
        How many rows it leaves: they lie outside the box for certain.
    """

    condition: sql.Composable
    elsewhere: int


def chosen(
    db: Connection,
    table: PostgisTable,
    about: Described,
    *,
    settled: Settled,
    bbox: Box,
) -> Chosen:
    """Return which rows of a table a box of degrees asks for.

    Parameters
    ----------
    settled
        The reference system of the table.
    bbox
        (min_lon, min_lat, max_lon, max_lat), EPSG:4490.
    """
    box = box_in_source(settled, bbox)
    if box is None:  # a shift of datum has no inverse here: everything is taken
        return Chosen(sql.SQL("TRUE"), 0)
    first = sql.SQL("({} OR {})").format(
        _written(_UNPLACED, about), _written(_MEETS, about, box)
    )
    query = sql.SQL(_BOUNDS).format(
        g=about.shape(), table=relation(table), wanted=first
    )
    rows = db.execute(query, binary=True).fetchall()
    bounds = np.array(rows, dtype=np.float64).reshape(-1, 4)
    astray = bounds[_misfits(bounds, settled)]
    if not len(astray):
        return Chosen(first, len(bounds))
    among = _written(_AMONG, about, [column.tolist() for column in astray.T])
    both = sql.SQL("({} OR {})").format(first, among)
    return Chosen(both, len(bounds) - len(astray))


def box_in_source(settled: Settled, bbox: Box) -> Box | None:
    """Return a box in the source's numbers that holds a box of degrees.

    None where the way back is not known (a datum that is shifted) or not finite.
    """
    if settled.transformer is None:
        return bbox
    if not isinstance(settled.transformer, pyproj.Transformer) or settled.unit != 1.0:
        return None
    west, south, east, north = settled.transformer.transform_bounds(
        *bbox, densify_pts=EDGE_POINTS, direction=TransformDirection.INVERSE
    )
    if not np.isfinite([west, south, east, north]).all():
        return None
    slack = SLACK_M + SLACK_SHARE * max(east - west, north - south)
    return west - slack, south - slack, east + slack, north + slack


def _written(
    text: LiteralString, about: Described, sides: Sequence[object] = ()
) -> sql.Composed:
    """Return a condition with the geometry column and the four sides written in."""
    names = dict(zip("wsen", map(sql.Literal, sides), strict=False))
    return sql.SQL(text).format(g=about.shape(), **names)


def _misfits(bounds: np.ndarray, settled: Settled) -> np.ndarray:
    """Return which boxes cannot lie where the reference system puts them."""
    if not len(bounds):
        return np.zeros(0, dtype=bool)
    with np.errstate(invalid="ignore"):
        degrees, _ = placed(bounds, settled)
        return ~np.isfinite(degrees).all(axis=1) | misfits(degrees, settled)
