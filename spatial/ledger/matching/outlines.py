"""What a sighting adds to the ground of its case, and the outline that it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from spatial.ledger.matching.model import View

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from spatial.ledger.matching.model import Matching

_FLAT = 2
_LEAVING = ("earlier", "recovering")


def parts(
    known: gpd.GeoDataFrame, seen: gpd.GeoDataFrame, matching: Matching
) -> gpd.GeoDataFrame:
    """Return what each clue shows of each of its cases.

    Parameters
    ----------
    known, seen, matching
        What was matched, and the answer.

    Returns
    -------
    GeoDataFrame
        A row a pair that is one, in the order of `Matching.pairs`: ``clue_id``,
        ``case_id``, ``relation``, ``primary``, and the geometry. A clue that lies on
        several cases is cut, so that no ground counts twice: each of the others has
        what lies on its own ground, the primary has the rest. A case of which nothing
        would be left has the whole clue.
    """
    pairs = matching.pairs
    one = pairs[pairs["by"].notna()].reset_index(drop=True)
    shapes: list[BaseGeometry] = []
    several = one["clue_id"].duplicated(keep=False).to_numpy()
    grounds = {} if not several.any() else _grounds(known, one[several])
    others = {
        str(clue): list(some.loc[~some["primary"].astype(bool), "case_id"])
        for clue, some in one[several].groupby("clue_id", sort=True)
    }
    clues = dict(zip(seen.index, seen.geometry, strict=True))
    row: Any
    for row, is_cut in zip(one.itertuples(index=False), several, strict=True):
        shape = clues[row.clue_id]
        if is_cut:
            shape = _part(shape, row, grounds, others[row.clue_id])
        shapes.append(shape)
    columns = ["clue_id", "case_id", "relation", "primary"]
    geometry = np.array([*shapes, None], dtype=object)[:-1]
    return gpd.GeoDataFrame(one[columns], geometry=geometry, crs=seen.crs)


def _grounds(known: gpd.GeoDataFrame, some: pd.DataFrame) -> dict[str, BaseGeometry]:
    """Return the ground of each case that is named."""
    ids = some["case_id"].unique()
    return dict(zip(ids, known.loc[ids, "ground"], strict=True))


def _part(
    shape: BaseGeometry,
    row: Any,  # noqa: ANN401  a row of the pairs
    grounds: dict[str, BaseGeometry],
    others: list[str],
) -> BaseGeometry:
    """Return what a clue on several cases shows of one of them."""
    if row.primary:
        rest = shapely.difference(
            shape, shapely.union_all([grounds[i] for i in others])
        )
    else:
        earlier = [grounds[i] for i in others if i < row.case_id]
        on_it = shapely.intersection(shape, grounds[row.case_id])
        rest = shapely.difference(on_it, shapely.union_all(earlier))
    left = flat(rest)
    return shape if left.is_empty else left


def flat(shape: BaseGeometry) -> BaseGeometry:
    """Return the areas of a shape; the shape itself if it has none."""
    if shapely.get_dimensions(shape) < _FLAT or not shape.geom_type.startswith("Geom"):
        return shape
    areas = [
        one for one in shapely.get_parts(shape) if shapely.get_dimensions(one) == _FLAT
    ]
    return shapely.union_all(areas)


def joined(shapes: list[BaseGeometry]) -> BaseGeometry:
    """Return the union of outlines: of areas alone where one is an area.

    A point beside an area has no place in its ground: what a report on the telephone
    points at does not make the pit larger. Points and lines together stay as the last
    of them. The order does not matter but for that.
    """
    areas = [one for one in shapes if shapely.get_dimensions(one) == _FLAT]
    if areas:
        return shapely.normalize(flat(shapely.union_all(areas)))
    kinds = {int(shapely.get_dimensions(one)) for one in shapes}
    return shapely.union_all(shapes) if len(kinds) == 1 else shapes[-1]


def _outline(
    last: BaseGeometry, now: list[BaseGeometry], *, whole: bool
) -> BaseGeometry:
    """Return the outline of a case after a run; a point is no outline of an area."""
    if not now:
        return last
    outline = joined(now if whole else [last, *now])
    flatter = shapely.get_dimensions(outline) < shapely.get_dimensions(last)
    return last if flatter else outline


def updated(
    known: gpd.GeoDataFrame,
    seen: gpd.GeoDataFrame,
    matching: Matching,
    *,
    view: View | None = None,
    earlier: Mapping[str, Sequence[BaseGeometry]] | None = None,
) -> gpd.GeoDataFrame:
    """Return the cases that were seen as they stand after a run.

    Parameters
    ----------
    known, seen, matching, view
        What was matched, and the answer.
    earlier
        What a first part of the same run showed of cases, by case id.

    Returns
    -------
    GeoDataFrame
        Indexed by case id, sorted; ``geometry`` (the outline now), ``ground``,
        ``last_seen``. A run that shows the whole of a case replaces the outline; one
        that shows its latest change adds to it, and a point changes no area. A clue
        that is ``earlier`` or ``recovering`` adds to the ground and leaves the outline.
    """
    what = view or View()
    before = earlier or {}
    table = parts(known, seen, matching)
    groups: dict[str, list[tuple[BaseGeometry, str, dt.date]]] = {}
    days = dict(zip(seen.index, seen["seen_on"], strict=True))
    for case_id, clue_id, how, shape in zip(
        table["case_id"],
        table["clue_id"],
        table["relation"],
        table.geometry,
        strict=True,
    ):
        groups.setdefault(case_id, []).append((shape, how, days[clue_id]))
    names = sorted(groups)
    some = known.loc[names]
    intact = some["intact_on"] if "intact_on" in some.columns else [None] * len(some)
    outlines: list[BaseGeometry] = []
    grounds: list[BaseGeometry] = []
    last_seen: list[dt.date] = []
    for name, last, ground, then, since in zip(
        names, some.geometry, some["ground"], some["last_seen"], intact, strict=True
    ):
        mine = groups[name]
        now = [shape for shape, how, _ in mine if how not in _LEAVING]
        now = [*before.get(name, ()), *now] if now else now
        whole = what.shows_whole(None if pd.isna(since) else since)
        outlines.append(_outline(last, now, whole=whole))
        grounds.append(joined([ground, *(shape for shape, _, _ in mine)]))
        last_seen.append(max([then, *(day for _, _, day in mine)]))
    index = pd.Index(names, dtype=object, name=known.index.name)
    return gpd.GeoDataFrame(
        {
            "ground": pd.Series(grounds, index=index, dtype=object),
            "last_seen": pd.Series(last_seen, index=index, dtype=object),
        },
        index=index,
        geometry=np.array([*outlines, None], dtype=object)[:-1],
        crs=known.crs,
    )
