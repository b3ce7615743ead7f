r"""along_table: where along a line each zone lies: chainages, entries, crossings.

Each edge of a line is cut where an edge of the zone meets it. A piece between two cuts
lies all inside, all outside or along the border, and its middle says which::

    zone       +-------------+
    line  *====|=======*     |       edge 1: cut at the border, the rest is inside
          0    12     20\    |
                         \===|===*   edge 2: inside, cut, outside
                          25 31  40

The stretch inside goes from 12 to 31. Runs that an edge shares with the border are
known from the cut itself, by exact predicates, and never counted as inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import GeometryError
from spatial.measure import length_m
from spatial.overlap.meetings import meetings
from spatial.overlap.overlays import LINE, POLYGON, dimension
from spatial.overlap.pairs import (
    index_of,
    refuse_invalid,
    refuse_invalid_zones,
    shapes_of,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from spatial.index import ZoneIndex
    from spatial.measure.ellipsoid import Floats, Integers, Shapes
    from spatial.overlap.meetings import Meetings

ALONG_COLUMNS = (
    "line",
    "zone",
    "part",
    "chainage_from_m",
    "chainage_to_m",
    "length_m",
    "from_lon",
    "from_lat",
    "to_lon",
    "to_lat",
    "enters",
    "leaves",
)

_ROUNDING_DEG = 1e-13
_ROUNDING_M = 1e-7  # what ends and begins this near is one place


def along_table(
    lines: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    *,
    index: ZoneIndex | None = None,
) -> pd.DataFrame:
    """Return every stretch of every line inside a zone, and where it crosses others.

    Parameters
    ----------
    lines
        Frame in EPSG:4490 with a unique index and valid (multi)lines. Not changed.
    zones
        Frame in EPSG:4490 with a unique index, valid. Polygons give stretches;
        lines and points (a river, a gauge) give crossing points.
    index
        The index of `zones`, if it has been made; made here otherwise.

    Returns
    -------
    DataFrame
        Ordered by the position of the line, of the zone, then along the line.
        Columns:

        ``line``, ``zone``
            Index labels of the two frames.
        ``part``
            0, 1, ...: which part of a multi-line; 0 for a line.
        ``chainage_from_m``, ``chainage_to_m``
            Geodesic length along the line as drawn, from the start of this part.
        ``length_m``
            Length of the stretch, as `overlap_table` measures it. In a polygon > 0:
            a line that only touches has no stretch, and what runs along the border
            is none. A touch from inside does not end a stretch. Of a line or point
            zone 0 at a crossing point, > 0 where both run together.
        ``from_lon``, ``from_lat``, ``to_lon``, ``to_lat``
            Where the stretch begins and ends, degrees; equal at a crossing point.
        ``enters``, ``leaves``
            Whether it begins, ends on the zone's border; False where the line itself
            begins, ends within the zone.

    Raises
    ------
    CrsMismatchError
        A frame is not in EPSG:4490.
    GeometryError
        A site is not a line; otherwise as for `overlap_table`.

    Notes
    -----
    The lengths of a line and a zone add up to ``length_m`` of `overlap_table`, to
    1e-9, unless the line runs over itself: here each run counts. Places less than
    1e-13 degrees apart along a line are one. A closed line is cut at its start.
    """
    a, ready = shapes_of(lines, "line"), index_of(zones, index)
    other = np.flatnonzero(dimension(a) != LINE)
    if len(other):
        at = int(other[0])
        msg = (
            f"line {lines.index[at]!r}: expected a line, got {a[at].geom_type}; for "
            f"other sites use overlap_table"
        )
        raise GeometryError(msg)
    line, zone = ready.candidates(a)
    refuse_invalid(a, line, lines, "line")
    refuse_invalid_zones(ready, zone, zones)
    found = _stretches(ready, a, line, zone)
    found["line"] = lines.index[found["line"]]
    found["zone"] = zones.index[found["zone"]]
    return found[list(ALONG_COLUMNS)]


@dataclass(frozen=True, slots=True, eq=False)
class _Cuts:
    """The edges of lines, once for each zone the line meets, cut: place after place.

    Attributes
    ----------
    pair, edge
        Which pair and edge each place is on; ascending.
    xy
        (n, 2) degrees.
    met
        Whether the zone's outline is met here.
    shared
        Whether the edge runs along the zone's outline from here on.
    """

    pair: Integers
    edge: Integers
    xy: Floats
    met: Integers
    shared: Integers


def _stretches(
    index: ZoneIndex, a: Shapes, line: Integers, zone: Integers
) -> pd.DataFrame:
    """Return the table with positions for labels."""
    meets = shapely.intersects(index.zones[zone], a[line])
    line, zone = line[meets], zone[meets]
    used, back = np.unique(line, return_inverse=True)
    met = meetings(index.outlines, a[used])
    cuts = _cut(met, back, zone, count=len(index.shapes))
    areal = dimension(index.shapes)[zone] == POLYGON
    kept = np.flatnonzero(_counts(index, cuts, zone, areal))
    pieces = _table(cuts, met, kept, kept + 1)
    places = np.flatnonzero((cuts.met > 0) & ~areal[cuts.pair])
    rows = pd.concat([pieces, _table(cuts, met, places, places)])
    table = _joined(rows)
    pair = table["pair"].to_numpy(dtype=np.int64)
    return table.assign(line=line[pair], zone=zone[pair], **_ends(table, cuts, met))


def _cut(met: Meetings, line: Integers, zone: Integers, *, count: int) -> _Cuts:
    """Cut the edges of each pair's line where its zone meets them.

    `line` is a position among the lines of `met`, `count` the number of zones.
    """
    first = np.searchsorted(met.line, np.arange(met.line.max(initial=-1) + 2))
    many = np.diff(first)[line]
    pair = np.repeat(np.arange(len(line)), many)
    edge = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    edge += first[line][pair]
    # Of the meetings, those of pairs that are asked for; each has two ends.
    key = line * count + zone
    asked = met.line[met.edge] * count + met.zone
    at = np.searchsorted(key, asked).clip(max=max(len(key) - 1, 0))
    own = np.flatnonzero(key[at] == asked) if len(key) else at
    of_hit, hit_edge, run = at[own], met.edge[own], met.run[own].astype(np.int64)
    here = np.concatenate([edge, edge, hit_edge, hit_edge])
    xy = np.vstack([met.start[edge], met.end[edge], met.first[own], met.last[own]])
    none = np.zeros(2 * len(edge), dtype=np.int64)
    met_here = np.concatenate([none, np.ones(2 * len(own), dtype=np.int64)])
    step = np.concatenate([none, run, -run])
    pairs = np.concatenate([pair, pair, of_hit, of_hit])
    axis = np.abs(met.end - met.start).argmax(axis=1)[here]
    each = np.arange(len(here))
    away = np.abs(xy[each, axis] - met.start[here, axis])
    order = np.lexsort((away, here, pairs))
    return _Cuts(
        pairs[order], here[order], xy[order], met_here[order], np.cumsum(step[order])
    )


def _lines(start: Floats, end: Floats) -> Shapes:
    """Return the lines between points."""
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)


def _counts(
    index: ZoneIndex, cuts: _Cuts, zone: Integers, areal: np.ndarray
) -> np.ndarray:
    """Whether the piece from each place to the next counts: inside, or shared."""
    result = np.zeros(len(cuts.pair), dtype=bool)
    if not len(result):
        return result
    same = (np.diff(cuts.pair) == 0) & (np.diff(cuts.edge) == 0)
    long = np.abs(np.diff(cuts.xy, axis=0)).max(axis=1) > _ROUNDING_DEG
    piece = np.flatnonzero(same & long)
    polygon = areal[cuts.pair[piece]]
    result[piece[~polygon]] = cuts.shared[piece[~polygon]] > 0
    inner = piece[polygon & (cuts.shared[piece] == 0)]
    middle = shapely.points((cuts.xy[inner] + cuts.xy[inner + 1]) / 2)
    zones = index.zones[zone[cuts.pair[inner]]]
    result[inner] = shapely.contains_properly(zones, middle)
    return result


def _table(cuts: _Cuts, met: Meetings, start: Integers, end: Integers) -> pd.DataFrame:
    """Return what lies between places, each end by its position among the cuts."""
    chainage = [
        met.chainage[cuts.edge[at]]
        + length_m(_lines(met.start[cuts.edge[at]], cuts.xy[at]))
        for at in (start, end)
    ]
    return pd.DataFrame(
        {
            "pair": cuts.pair[start],
            "part": met.part[cuts.edge[start]],
            "chainage_from_m": chainage[0],
            "chainage_to_m": chainage[1],
            "length_m": length_m(_lines(cuts.xy[start], cuts.xy[end])),
            "start": start,
            "end": end,
        }
    )


def _joined(rows: pd.DataFrame) -> pd.DataFrame:
    """Return stretches: pieces that follow each other without a gap are one."""
    by = ["pair", "part", "chainage_from_m", "chainage_to_m"]
    rows = rows.sort_values(by, ignore_index=True, kind="stable")
    reach = rows.groupby(["pair", "part"], sort=False)["chainage_to_m"].cummax()
    same = rows[["pair", "part"]].eq(rows[["pair", "part"]].shift()).all(axis=1)
    follows = same & (rows["chainage_from_m"] <= reach.shift() + _ROUNDING_M)
    stretch = np.cumsum(~follows.to_numpy(dtype=bool))
    joined = rows.groupby(stretch, sort=True).agg(
        {
            "pair": "first", "part": "first", "chainage_from_m": "first",
            "chainage_to_m": "max", "length_m": "sum", "start": "first", "end": "last",
        }
    )  # fmt: skip
    return joined.reset_index(drop=True)


def _ends(
    table: pd.DataFrame, cuts: _Cuts, met: Meetings
) -> dict[str, Floats | np.ndarray]:
    """Return where stretches begin and end, and whether that is on the border.

    A stretch begins on the border or where its part begins; both, if the border is
    met there.
    """
    start, end = (table[one].to_numpy(dtype=np.int64) for one in ("start", "end"))
    whole = pd.DataFrame({"line": met.line, "part": met.part})
    whole["m"] = met.chainage + length_m(_lines(met.start, met.end))
    length = whole.groupby(["line", "part"])["m"].transform("max").to_numpy()
    later = table["chainage_from_m"].to_numpy() > _ROUNDING_M
    sooner = table["chainage_to_m"].to_numpy() < length[cuts.edge[end]] - _ROUNDING_M
    spot = pd.MultiIndex.from_arrays([cuts.pair, *cuts.xy.T])
    hit = spot[cuts.met > 0]
    return {
        "from_lon": cuts.xy[start, 0],
        "from_lat": cuts.xy[start, 1],
        "to_lon": cuts.xy[end, 0],
        "to_lat": cuts.xy[end, 1],
        "enters": later | spot[start].isin(hit),
        "leaves": sooner | spot[end].isin(hit),
    }
