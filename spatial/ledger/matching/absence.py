"""What it means that a known case has no clue: gone, hidden, or nothing at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from layers.text import percent
from spatial.overlap import overlap_table
from spatial.text import message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import geopandas as gpd

    from layers.text import Message
    from spatial.ledger.matching.model import Absence, View
    from spatial.ledger.matching.settings import MatchSettings

_ENDED = ("closed", "unfounded")


def unseen(
    cases: gpd.GeoDataFrame, *, settings: MatchSettings, view: View
) -> pd.DataFrame:
    """Return what the lack of a clue says of each case.

    Parameters
    ----------
    cases
        Known cases that no clue is.
    settings
        How much of a case's ground must have been seen.
    view
        What the run could see.

    Returns
    -------
    DataFrame
        Sorted by ``case_id``; ``relation`` (`model.ABSENCE`) and ``why``. ``gone`` is
        said only where the ground was seen, nothing there was set aside, and the
        earlier image is of a day before the case began: a pair that already begins
        with the pit shows no change where the pit still is.
    """
    aside = _aside(cases, view)
    rows: list[tuple[str, Absence, Message]] = []
    for name, case in cases.sort_index().iterrows():
        case_id = str(name)
        since = case["intact_on"] if "intact_on" in cases.columns else None
        intact = None if since is None or pd.isna(since) else since
        share = view.observed.get(case_id, math.nan)
        rows.append(
            _said(
                case_id,
                case["state"],
                share=share,
                reason=aside.get(case_id),
                intact=intact,
                settings=settings,
                view=view,
            )
        )
    return pd.DataFrame(rows, columns=["case_id", "relation", "why"], dtype=object)


def _said(
    case_id: str,
    state: str,
    *,
    share: float,
    reason: str | None,
    intact: dt.date | None,
    settings: MatchSettings,
    view: View,
) -> tuple[str, Absence, Message]:
    """Return the row of one case."""
    if reason is not None:
        why = message("ledger.match.set_aside", reason=message(_reason_key(reason)))
        return case_id, "set_aside", why
    if not share >= settings.seen_share:
        key = "unknown_view" if math.isnan(share) else "not_observed"
        told = "—" if math.isnan(share) else percent(share, decimals=0)
        return case_id, "not_observed", message(f"ledger.match.{key}", share=told)
    if state in _ENDED:
        return case_id, "quiet", message("ledger.match.quiet")
    if view.before_on is not None and intact is not None and view.before_on <= intact:
        return case_id, "gone", message(
            "ledger.match.gone", before=view.before_on.isoformat()
        )  # fmt: skip
    return case_id, "unchanged", message("ledger.match.unchanged")


def _reason_key(reason: str) -> str:
    return f"report.monitor.reason.{reason}"


def _aside(cases: gpd.GeoDataFrame, view: View) -> Mapping[str, str]:
    """Return why patches on the ground of cases were set aside: the largest of each."""
    if not len(cases) or not len(view.aside):
        return {}
    ground = cases.set_geometry("ground", crs=cases.crs)[["ground"]]
    patches = view.aside.reset_index(drop=True)
    met = overlap_table(ground, patches[[patches.geometry.name]])
    met = met[~(met["area_m2"] == 0)].assign(
        reason=lambda some: patches["reason"].loc[some["zone"]].to_numpy()
    )
    met = met.sort_values(
        ["site", "area_m2", "reason"], ascending=[True, False, True]
    ).drop_duplicates("site")
    return {
        str(one): str(why) for one, why in zip(met["site"], met["reason"], strict=True)
    }
