"""match: which clues of a run are known cases, and what became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from spatial.ledger.matching.absence import unseen
from spatial.ledger.matching.model import Matching, View
from spatial.ledger.matching.settings import load_settings
from spatial.ledger.matching.ties import (
    CASE_COLUMNS,
    CLUE_COLUMNS,
    areas_m2,
    need_columns,
    ties,
)
from spatial.text import message

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.text import Message
    from spatial.ledger.matching.model import Relation
    from spatial.ledger.matching.settings import MatchSettings

PAIR_COLUMNS = (
    *("clue_id", "case_id", "relation", "by", "primary", "shared_m2"),
    *("share_of_clue", "share_of_case", "beyond_m2", "distance_m", "kinds_differ"),
    "why",
)
CLOSED = "closed"
"""State of a case that a further change opens again."""
_POINTS = 1000  # decimals of a share that decide between two cases


def match(
    known: gpd.GeoDataFrame,
    seen: gpd.GeoDataFrame,
    *,
    settings: MatchSettings | None = None,
    view: View | None = None,
) -> Matching:
    """Say which clues are known cases, and what is known of cases without a clue.

    Parameters
    ----------
    known
        Cases as they stood before the run, indexed by case id; EPSG:4490. The geometry
        is the last outline. ``ground``: the union of all outlines (of the areas alone
        where there are areas); ``kind``: class of activity or None; ``state``;
        ``last_seen``: date; ``closed_on``: date or None; ``intact_on`` (may lack):
        last day on which the ground is known to have been as it was before, or None.
        Cases of states that end a row's life (merged into another) are left out by
        the caller.
    seen
        Clues indexed by clue id; EPSG:4490. ``kind``; ``seen_on``: date; ``trend``
        (may lack): ``reduced`` is works that go back.
    settings
        What makes a clue a case; ``settings.yaml`` if not given.
    view
        What the run could see. Without it outlines are taken as whole and every
        absence is ``not_observed``.

    Returns
    -------
    Matching
        Pure: the same tables in any order of rows give the same answer. A clue that
        stands in no pair but as neighbour is new.

    Raises
    ------
    InputRefusedError
        A column is missing, or an id stands twice.
    CrsMismatchError
        A frame is not in EPSG:4490.
    GeometryError
        A geometry is empty, invalid or a collection.
    """
    need_columns(known, CASE_COLUMNS, "known cases")
    need_columns(seen, CLUE_COLUMNS, "clues")
    chosen = settings or load_settings()
    what = view or View()
    if len(known) and len(seen):
        table = ties(known, seen, chosen)
    else:
        table = pd.DataFrame({name: [] for name in PAIR_COLUMNS if name != "why"})
    is_one = table["by"].notna()
    table["primary"] = _primary(table)
    table["relation"] = _relations(table, known, seen, settings=chosen, view=what)
    why = [_why(row, known, what) for row in table.itertuples(index=False)]
    table["why"] = pd.Series(why, index=table.index, dtype=object)
    new = sorted(set(seen.index) - set(table.loc[is_one, "clue_id"]))
    hit = set(table.loc[is_one, "case_id"])
    rest = known[~known.index.isin(hit)]
    pairs = table[list(PAIR_COLUMNS)]
    return Matching(pairs, tuple(new), unseen(rest, settings=chosen, view=what))


def _primary(table: pd.DataFrame) -> list[bool]:
    """Say which pair a clue is entered under: one for each clue that is a case.

    The case that shares most of the clue; of equal ones that with the most of its own
    ground, the nearest, and the first id. Neither other clues nor the order count.
    """
    out = [False] * len(table)
    some = table[table["by"].notna()]
    if not len(some):
        return out
    order = pd.DataFrame(
        {
            "clue_id": some["clue_id"],
            "of_clue": -(some["share_of_clue"].fillna(0) * _POINTS).round(),
            "of_case": -(some["share_of_case"].fillna(0) * _POINTS).round(),
            "distance_m": some["distance_m"],
            "case_id": some["case_id"],
        }
    ).sort_values(["clue_id", "of_clue", "of_case", "distance_m", "case_id"])
    for at in order.index[~order["clue_id"].duplicated()]:
        out[int(at)] = True
    return out


def _relations(
    table: pd.DataFrame,
    known: gpd.GeoDataFrame,
    seen: gpd.GeoDataFrame,
    *,
    settings: MatchSettings,
    view: View,
) -> list[Relation]:
    """Return what each clue is to each case."""
    one = table[table["by"].notna()]
    cases_of = one["clue_id"].value_counts().to_dict()
    clues_of = one["case_id"].value_counts().to_dict()
    cases = _rows(known, one["case_id"])
    clues = _rows(seen, one["clue_id"])
    now = _sizes(one, clues)
    out: list[Relation] = []
    row: Any
    for row in table.itertuples(index=False):
        if not isinstance(row.by, str):
            out.append("neighbour")
            continue
        case, clue = cases[row.case_id], clues[row.clue_id]
        intact = case.get("intact_on")
        whole = view.shows_whole(intact if _is_known(intact) else None)
        if clue.get("trend") == "reduced":
            out.append("recovering")
        elif _came_back(case, clue["seen_on"]):
            out.append("returned")
        elif clue["seen_on"] < case["last_seen"]:
            out.append("earlier")
        elif cases_of[row.clue_id] > 1:
            out.append("merged")
        elif whole and clues_of[row.case_id] > 1:
            out.append("split")
        else:
            size = now[row.case_id] if whole else None
            out.append(_change(row, case, size, settings))
    return out


def _rows(frame: gpd.GeoDataFrame, ids: pd.Series) -> dict[str, dict[str, Any]]:
    """Return the rows of a frame by id, the last outline under ``outline``."""
    some = frame.loc[ids.unique()]
    plain = pd.DataFrame(some).assign(outline=some.geometry.to_numpy())
    rows: dict[Any, Any] = plain.to_dict("index")
    return {str(name): row for name, row in rows.items()}


def _is_known(value: object) -> bool:
    """Say whether a date is known; missing ones are None, NaN or NaT."""
    return value is not None and not pd.isna(value)  # type: ignore[call-overload]


def _came_back(case: dict[str, Any], day: object) -> bool:
    """Say whether a case was closed before something was seen on its ground."""
    if case["state"] != CLOSED:
        return False
    closed = case["closed_on"]
    return not _is_known(closed) or bool(day > closed)


def _sizes(one: pd.DataFrame, clues: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Return the area of the clues of each case, m2, added in the order of clues."""
    shapes = np.array([clues[name]["outline"] for name in one["clue_id"]], dtype=object)
    sums: dict[str, float] = {}
    for case, size in zip(one["case_id"], areas_m2(shapes).tolist(), strict=True):
        sums[case] = sums.get(case, 0.0) + size
    return sums


def _change(
    row: Any,  # noqa: ANN401  a row of the table
    case: dict[str, Any],
    size_m2: float | None,
    settings: MatchSettings,
) -> Relation:
    """Return how a case changed; `size_m2` is None where only its change is seen."""
    ground_m2, last_m2 = areas_m2(np.array([case["ground"], case["outline"]])).tolist()
    if ground_m2 <= 0 or np.isnan(row.share_of_clue):
        return "same"  # points and lines have no size to compare
    least = max(settings.beyond_least_m2, settings.beyond_share * ground_m2)
    if row.beyond_m2 >= least:
        return "grown"
    is_smaller = size_m2 is not None and size_m2 < settings.shrunk_share * last_m2
    return "shrunk" if is_smaller else "same"


def _why(row: Any, known: gpd.GeoDataFrame, view: View) -> Message:  # noqa: ANN401
    """Return why a clue is, or is not, a case."""
    if row.relation == "neighbour":
        return message(
            "ledger.match.neighbour",
            case=row.case_id,
            distance_m=f"{row.distance_m:.1f}",
            shared_m2=f"{row.shared_m2:,.0f}",
        )
    tie = message(
        f"ledger.match.by.{row.by}",
        share_of_clue=_percent(row.share_of_clue),
        share_of_case=_percent(row.share_of_case),
        distance_m=f"{row.distance_m:.1f}",
    )
    closed_on: Any = known.loc[row.case_id, "closed_on"]
    key = row.relation
    if key == "returned" and _spans(closed_on, view):
        key = "returned_or_left"
    return message(
        f"ledger.match.{key}",
        case=row.case_id,
        tie=tie,
        beyond_m2=f"{row.beyond_m2:,.0f}",
        closed_on=str(closed_on),
        before=str(view.before_on),
    )


def _spans(closed_on: Any, view: View) -> bool:  # noqa: ANN401  a day or none
    """Say whether a pair of images begins before a case was closed."""
    if view.before_on is None or not _is_known(closed_on):
        return False
    return bool(view.before_on < closed_on)


def _percent(share: float) -> str:
    """Return a likeness, rounded: outlines that were stored differ by millimetres."""
    return "—" if np.isnan(share) else f"{share:.0%}"
