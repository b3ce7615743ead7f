"""Cases and units: who is in charge of which part, and where cases lie densest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import InputRefusedError
from spatial.ledger.figures.counts import ends_of
from spatial.overlap import overlap_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from spatial.ledger.lifecycle import Lifecycle

HUNDRED_KM2 = 1e8
COLUMNS = ("case_id", "unit_id", "area_m2", "share_of_case", "length_m")


def unit_shares(cases: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return in which units each case lies, and with how much of it.

    For a problem on the border of two counties (NM14-L08, YL-L03), the keeper of a
    grid (YZ-L02), the chief of a river reach (YZ-L05), towns in order (YZ-L04).

    Parameters
    ----------
    cases
        As of `spatial.ledger.Ledger.cases`; without a place they are in no unit.
    units
        Polygons in EPSG:4490, indexed by the id of the unit.

    Returns
    -------
    DataFrame
        ``case_id``, ``unit_id``, ``area_m2``, ``share_of_case``, ``length_m``; by
        case, the largest part first, then by unit. Of a case that is an area: what
        lies in the unit (a mere touch is left out). Of a line: its length there and
        share. Of a point: share 1 in the unit that holds it, and in each of several
        on whose border it lies. What lies in no unit has no row, so that the shares
        of a case add up to less than 1 where the units do not cover it.
    """
    shapes = np.asarray(cases.geometry.array, dtype=object)
    there = cases[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if there.empty or units.empty:
        return pd.DataFrame(columns=pd.Index(COLUMNS))
    met = overlap_table(there[[there.geometry.name]], units[[units.geometry.name]])
    sort = shapely.get_dimensions(there.geometry.loc[met["site"]].to_numpy())
    point = sort == 0
    inside = np.where(
        sort == 2,  # noqa: PLR2004 - an area
        met["area_m2"] > 0,
        np.where(point, True, met["length_m"] > 0),  # noqa: FBT003
    )
    share = np.where(point, 1.0, met["share_of_site"])
    made = pd.DataFrame(
        {
            "case_id": met["site"],
            "unit_id": met["zone"],
            "area_m2": met["area_m2"],
            "share_of_case": share,
            "length_m": met["length_m"],
        }
    )[np.asarray(inside, dtype=bool)]
    return made.sort_values(
        ["case_id", "share_of_case", "unit_id"],
        ascending=[True, False, True],
        ignore_index=True,
    )


def unit_counts(
    cases: gpd.GeoDataFrame, shares: pd.DataFrame, lifecycle: Lifecycle
) -> pd.DataFrame:
    """Return how many cases lie in each unit, and how many were put right (YZ-L04).

    Parameters
    ----------
    cases
        As of `spatial.ledger.Ledger.cases`.
    shares
        Of these cases, from `unit_shares`: a case on a border counts on both sides.
    lifecycle
        Of the ledger.

    Returns
    -------
    DataFrame
        Index: the units that have a case, sorted. ``found``, ``confirmed`` (filed at
        some time, not found to be nothing), ``closed``; ``closed_share`` of the
        confirmed, NaN where there is none.
    """
    ends = ends_of(lifecycle)
    state = cases["state"].reindex(shares["case_id"]).to_numpy()
    filed = cases["filed_on"].notna().reindex(shares["case_id"]).to_numpy(dtype=bool)
    told = pd.DataFrame(
        {
            "unit_id": shares["unit_id"].to_numpy(),
            "found": 1,
            "confirmed": (filed & ~np.isin(state, ends.unfounded)).astype(int),
            "closed": np.isin(state, ends.closed).astype(int),
        }
    )
    sums = told.groupby("unit_id", sort=True)[["found", "confirmed", "closed"]].sum()
    known = sums["confirmed"].where(sums["confirmed"] > 0)
    return sums.assign(closed_share=sums["closed"] / known)


def density(
    cases_by_unit: Mapping[str, int], areas_m2: Mapping[str, float]
) -> pd.Series:
    """Return how many cases lie on 100 km2 of each unit, the densest first (NM14-L04).

    Parameters
    ----------
    cases_by_unit
        Counts.
    areas_m2
        Areas of all units, m2; a unit without a case has density 0.

    Returns
    -------
    Series
        Cases on 100 km2, by unit; equal ones by id.

    Raises
    ------
    InputRefusedError
        A unit with cases has no area, or an area is not above 0.
    """
    for unit in sorted({*cases_by_unit, *areas_m2}):
        area = areas_m2.get(unit)
        if area is None or not area > 0:
            raise InputRefusedError(
                source=f"area of {unit!r}",
                expected="more than 0 m2",
                got=str(area),
                todo="give the area of every unit that has cases",
            )
    found = pd.Series(
        {
            unit: cases_by_unit.get(unit, 0) / (area / HUNDRED_KM2)
            for unit, area in areas_m2.items()
        },
        dtype=float,
    )
    return found.sort_index().sort_values(ascending=False, kind="stable")
