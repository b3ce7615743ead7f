"""What ties one clue to one case: the same ground, a long border, a point nearby.

Each pair is judged for itself: no other clue and no other case changes the answer, so
that the order of rows and the cutting of a run into parts change nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import InputRefusedError
from spatial.measure import area_m2, buffer_m, length_m
from spatial.overlap import overlap_table

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from spatial.ledger.matching.settings import MatchSettings

CLUE_COLUMNS = ("kind", "seen_on")
CASE_COLUMNS = ("ground", "kind", "state", "last_seen", "closed_on")
_M2 = 2  # decimals that areas are compared at: rows in another order round otherwise


def ties(
    known: gpd.GeoDataFrame, seen: gpd.GeoDataFrame, settings: MatchSettings
) -> pd.DataFrame:
    """Return the pairs of clue and case that are one or neighbours.

    Parameters
    ----------
    known, seen
        As for `spatial.ledger.matching.matcher.match`.
    settings
        What makes a pair one.

    Returns
    -------
    DataFrame
        Sorted by ``clue_id`` and ``case_id``: ``by`` (None: neighbours),
        ``shared_m2``, ``share_of_clue``, ``share_of_case``, ``beyond_m2``,
        ``distance_m``, ``kinds_differ``.
    """
    ground = known.set_geometry("ground", crs=known.crs)[["ground"]]
    reach = max(settings.gap_m, settings.point_reach_m)
    met = overlap_table(seen[[seen.geometry.name]], ground, within_m=reach)
    met = met.rename(columns={"site": "clue_id", "zone": "case_id"})
    clue = seen.loc[met["clue_id"]]
    case = known.loc[met["case_id"]]
    whole = areas_m2(clue.geometry.to_numpy())
    known_m2 = areas_m2(case["ground"].to_numpy())
    shared = met["area_m2"].fillna(0.0).to_numpy(dtype=float).round(_M2)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_clue = np.where(whole > 0, np.minimum(shared / whole, 1.0), np.nan)
        of_case = np.where(known_m2 > 0, np.minimum(shared / known_m2, 1.0), np.nan)
    kinds = list(zip(_kinds(clue["kind"]), _kinds(case["kind"]), strict=True))
    table = pd.DataFrame(
        {
            "clue_id": met["clue_id"].astype(object),
            "case_id": met["case_id"].astype(object),
            "shared_m2": shared,
            "share_of_clue": of_clue,
            "share_of_case": of_case,
            "beyond_m2": np.where(whole > 0, np.maximum(whole - shared, 0), 0.0).round(
                _M2
            ),
            "distance_m": met["distance_m"].to_numpy(dtype=float).round(3),
            "kinds_differ": [
                not settings.go_together(a, b) for a, b in kinds
            ],
        }
    )  # fmt: skip
    days = _days_since(clue["seen_on"], case["last_seen"])
    table["by"] = [
        _by(row, settings, kind=kind, days=gap, shapes=shapes)
        for row, kind, gap, shapes in zip(
            table.itertuples(index=False),
            kinds,
            days,
            zip(clue.geometry, case["ground"], strict=True),
            strict=True,
        )
    ]
    is_near = table["by"].notna() | (table["distance_m"] <= settings.gap_m)
    return table[is_near].sort_values(["clue_id", "case_id"], ignore_index=True)


def need_columns(table: gpd.GeoDataFrame, names: tuple[str, ...], what: str) -> None:
    """Refuse a table without the columns that matching reads, or with an id twice.

    Raises
    ------
    InputRefusedError
        Names what lacks.
    """
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise InputRefusedError(
            source=what,
            expected=f"the columns {', '.join(names)} and a geometry",
            got=f"none called {', '.join(missing)}",
            todo="take the table from Ledger.known, or of a run's clues",
        )
    if not table.index.is_unique:
        twice = sorted({str(one) for one in table.index[table.index.duplicated()]})
        raise InputRefusedError(
            source=what,
            expected="each id once",
            got=f"{', '.join(twice[:5])} more than once",
            todo="give every row an id of its own",
        )


def areas_m2(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the area of polygons, 0 of points and lines."""
    out = np.zeros(len(shapes))
    is_area = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004  polygons
    if is_area.any():
        out[is_area] = area_m2(shapes[is_area])
    return out


def _kinds(values: pd.Series) -> list[str | None]:
    """Return kinds, None for what is missing."""
    return [one if isinstance(one, str) else None for one in values]


def _days_since(now: pd.Series, then: pd.Series) -> list[int]:
    """Return the days between the sightings, whichever was first."""
    return [abs((a - b).days) for a, b in zip(now, then, strict=True)]


def _by(
    row: object,
    settings: MatchSettings,
    *,
    kind: tuple[str | None, str | None],
    days: int,
    shapes: tuple[shapely.Geometry, shapely.Geometry],
) -> str | None:
    """Return what makes a clue and a case one; None where nothing does."""
    share = np.nanmax([row.share_of_clue, row.share_of_case, 0.0])  # type: ignore[attr-defined]
    clue, ground = shapes
    if shapely.get_dimensions(clue) < 2 or shapely.get_dimensions(ground) < 2:  # noqa: PLR2004
        is_one = settings.go_together(*kind)
        near = row.distance_m <= settings.point_reach_m  # type: ignore[attr-defined]
        return "point" if is_one and near else None
    if share >= settings.strong_share:
        return "ground"
    if share >= settings.weak_share and settings.go_together(*kind):
        return "ground_and_kind"
    if days > settings.adjacent_within_days or not settings.are_alike(*kind):
        return None
    if row.distance_m > settings.gap_m:  # type: ignore[attr-defined]
        return None
    along = contact_share(clue, ground, gap_m=settings.gap_m)
    return "contact" if along >= settings.contact_share else None


def contact_share(
    clue: shapely.Geometry, ground: shapely.Geometry, *, gap_m: float
) -> float:
    """Return the share of a clue's outline that runs within a gap of a ground.

    In [0, 1]. The two ends of the contact reach around the corners by up to `gap_m`
    each; that much is taken off again, so that a square beside a square has 0.25.
    """
    outline = shapely.boundary(clue)
    whole = length_m(outline)
    if whole <= 0:
        return 0.0
    box = shapely.box(*shapely.bounds(clue)).buffer(0.01)
    close = buffer_m(shapely.intersection(ground, box), gap_m)
    along = length_m(shapely.intersection(outline, close))
    return float(np.clip((along - 2 * gap_m) / whole, 0.0, 1.0))
