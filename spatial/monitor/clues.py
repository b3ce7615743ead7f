"""Clues: kept patches in control zones, with law, approvals and urgency beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.card import card_html
from layers.layer import FRAME
from layers.spec import spec
from spatial import silence
from spatial.monitor.priority import priority
from spatial.permits import of_rivals, permit_table
from spatial.siting import review
from spatial.text import message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.layer import Workspace
    from layers.text import Lang, Message
    from spatial.monitor.priority import Weights
    from spatial.siting import Review

REQUIRED = ("ecological_redline", "nature_reserve")
"""Where one of these cannot be relied on, a patch may lie in one: it stays a clue."""

NOTICE = message("clue.notice")
GUESS = message("clue.kind_guess")


@dataclass(frozen=True, slots=True)
class Clues:
    """What a pair of images gives to those who drive out.

    Attributes
    ----------
    table
        GeoDataFrame in EPSG:4490, indexed by ``patch_id``, most urgent first.
        Columns of the patches and of `spatial.permits.permit_table`;
        ``outcome``, ``deciding_rule``; ``zones``: kind, id, name and shared area (0 of
        a line or point) of each control zone met; ``unchecked``: kinds of `REQUIRED`
        that cannot be relied on here; columns of `spatial.monitor.priority.priority`.
    set_aside
        The patches that are none, in their order, indexed by ``patch_id``, with
        ``reason``: those of the patches, and
        ``permitted`` and ``in_no_zone``.
    review
        What the rules on activities say of every kept patch; of none when none was.
    notices
        What is to be printed with every clue.
    """

    table: gpd.GeoDataFrame
    set_aside: gpd.GeoDataFrame
    review: Review
    notices: tuple[Message, ...] = (NOTICE, GUESS)

    def _repr_html_(self) -> str:
        from spatial.monitor.cards import clues_card  # noqa: PLC0415

        return card_html(clues_card(self))


def clues_of(
    patches: gpd.GeoDataFrame,
    office: Workspace,
    *,
    on: dt.date,
    tolerance_m: float,
    required: Sequence[str] = REQUIRED,
    weights: Weights | None = None,
    lang: Lang = "zh",
) -> Clues:
    """Return the clues among patches of change.

    Parameters
    ----------
    patches
        As of `spatial.change.patches.patches`.
    office
        Layers, approvals (kind ``permit``) and rulebooks.
    on
        The day of the later image: whose law, layers and approvals count.
    tolerance_m
        How far a patch may stand out of an approved footprint: a pixel at least.
    required
        Kinds of zones without which a patch cannot be called outside.
    weights
        Points of the score; those of ``priority.yaml`` if not given.
    lang
        Language of the review's tables.

    Returns
    -------
    Clues
        Every patch stands in `Clues.table` or in `Clues.set_aside`. A kept patch is a
        clue wherever a rule forbids it outright or a required kind is not known;
        elsewhere unless it meets no control zone (``in_no_zone``), or an approval of
        no other class covers it (``permitted``). What a patch may be is a guess and is
        not told to the rules: a clause that depends on it asks for it.
    """
    named = patches.set_index(pd.Index(list(patches["patch_id"]), dtype=object))
    kept = named[named["kept"].astype(bool)]
    rest = named[~named["kept"].astype(bool)]
    sites = gpd.GeoDataFrame(
        {"site_id": kept["patch_id"], "name": kept["patch_id"]},
        geometry=kept.geometry,
        crs=FRAME,
    )
    judged = review(
        sites.reset_index(drop=True), office, on=on, about="activity", lang=lang
    )
    table = kept.join(_approvals(kept, office, on=on, tolerance_m=tolerance_m))
    outcomes = judged.outcomes.loc[table.index]
    table["outcome"] = outcomes["outcome"]
    table["deciding_rule"] = outcomes["deciding_rule"]
    table["zones"] = _zones(judged, table.index)
    table["unchecked"] = _unchecked(kept, office, on=on, kinds=required)
    reason = _no_clue(table)
    table = table.join(priority(table, weights))
    aside = table[reason.notna()].assign(reason=reason[reason.notna()], kept=False)
    urgent = table[reason.isna()].sort_values(
        ["score", "patch_id"], ascending=[False, True]
    )
    both = pd.concat([rest, aside[rest.columns]])
    return Clues(urgent, both.loc[_ordered(both, named)], judged)


def _ordered(some: pd.DataFrame, of: pd.DataFrame) -> pd.Index:
    """Return the labels of a part in the order of the whole."""
    return of.index[of.index.isin(some.index)]


def _approvals(
    kept: gpd.GeoDataFrame, office: Workspace, *, on: dt.date, tolerance_m: float
) -> pd.DataFrame:
    """Return what approvals say, and where their absence says nothing."""
    layers = silence.in_force(office, "permit", on=on)
    if not layers:
        return permit_table(kept, None, on=on, tolerance_m=tolerance_m)
    frames = [one.frame for one in layers]
    rivals = {name for names in silence.rival_editions(layers) for name in names}
    doubtful = np.repeat([one.id in rivals for one in layers], [len(f) for f in frames])
    permits = gpd.GeoDataFrame(
        pd.concat(frames, ignore_index=True), geometry="geometry", crs=FRAME
    )
    reach = max([one.accuracy_m or 0.0 for one in layers])
    return permit_table(
        kept,
        of_rivals(permits, doubtful),
        on=on,
        tolerance_m=max(tolerance_m, reach),
        known=~_doubted(kept, office, kind="permit", on=on),
    )


def _doubted(
    kept: gpd.GeoDataFrame, office: Workspace, *, kind: str, on: dt.date
) -> NDArray[np.bool_]:
    """Say for which patches finding nothing of a kind does not mean that none is."""
    sites = kept.reset_index(drop=True)
    out = np.zeros(len(kept), dtype=bool)
    out[silence.doubts(sites, office, kind=kind, on=on).site] = True
    return out


def _unchecked(
    kept: gpd.GeoDataFrame, office: Workspace, *, on: dt.date, kinds: Sequence[str]
) -> list[tuple[str, ...]]:
    """Return the kinds that cannot be relied on, patch by patch."""
    doubted = {kind: _doubted(kept, office, kind=kind, on=on) for kind in kinds}
    return [tuple(kind for kind in kinds if doubted[kind][i]) for i in range(len(kept))]


def _zones(judged: Review, order: pd.Index) -> pd.Series:
    """Return the control zones that each patch overlaps; lines and points too."""
    pairs = judged.overlaps
    control = pairs["kind"].map(lambda kind: spec(kind).role == "control")
    overlap = pairs.geometry.notna() & ~pairs["sliver"].astype(bool)
    real = pairs[control.astype(bool) & overlap].fillna({"area_m2": 0.0})
    found: dict[str, list[tuple[str, str, str, float]]] = {one: [] for one in order}
    names = real[["site_id", "kind", "zone_id", "zone_name", "area_m2"]]
    for site, kind, zone, name, area in names.itertuples(index=False):
        found[site].append((kind, zone, name, area))
    return pd.Series([tuple(found[one]) for one in order], index=order, dtype=object)


def _no_clue(table: gpd.GeoDataFrame) -> pd.Series:
    """Return why a kept patch is no clue; None for clues."""
    met = table["zones"].map(len) > 0
    unsure = table["unchecked"].map(len) > 0
    other_class = table["class_agrees"].map(lambda one: one is False)
    approved = (table["permit_state"] == "inside") & ~other_class
    reason = pd.Series(None, index=table.index, dtype=object)
    forbidden = table["outcome"] == "prohibited"  # beside a river, outside of all parks
    reason[~met & ~unsure & ~forbidden] = "in_no_zone"
    # What a zone that nobody could read would say of it, no approval answers.
    reason[approved & ~forbidden & ~unsure] = "permitted"
    return reason
