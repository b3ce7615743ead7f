"""Approvals met: a site against the footprints of the layers of permits.

A fact for the reviewer and never a pass: an approved footprint makes no outcome
milder, and a site beyond one none worse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from spatial.permits import of_rivals, permit_table
from spatial.report.columns import Column, Table
from spatial.report.words import hectares, number, say, visible
from spatial.silence import rival_editions

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from spatial.report.columns import Row
    from spatial.report.content import SiteRecord
    from spatial.shelf import Shelf
    from spatial.text import Lang

KIND = "permit"
State = Literal[
    "none",
    "beyond",
    "expired",
    "not_yet_valid",
    "unclear",
    "not_checked",
    "inside",
    "no_area",
]
APPROVALS = (
    Column("site_id"),
    Column("site_name"),
    Column("permit_state"),
    Column("permit_codes", "long"),
    Column("approved_m2", "m2"),
    Column("beyond_m2", "m2"),
    Column("permit_until"),
    Column("permit_declared"),
    Column("permit_declared_met"),
)


@dataclass(frozen=True, slots=True)
class Approvals:
    """What approvals say of a site.

    Attributes
    ----------
    state
        As in `spatial.permits.STATES`; ``no_area``: the site is a line or a point,
        whose part in a footprint is no area.
    codes
        Numbers of the permits met, those in force first.
    approved_m2, beyond_m2
        Of the site, within footprints in force, and the rest; None unless it is
        ``inside`` or ``beyond``.
    until
        Last day of the one that lasts longest among those that decided; None if
        unknown.
    declared
        The approval's number as the applicant states it (``approval_no``), or None.
    """

    state: State
    codes: tuple[str, ...]
    approved_m2: float | None
    beyond_m2: float | None
    until: dt.date | None
    declared: str | None

    @property
    def declared_met(self) -> bool | None:
        """Whether the declared number is one of those met; None without one."""
        if self.declared is None or self.state == "not_checked":
            return None
        return self.declared in self.codes


def approvals_of(shelf: Shelf) -> tuple[Approvals | None, ...]:
    """Return what the layers of permits say of each site.

    Returns
    -------
    tuple
        One for each site; None everywhere where the workspace has no layer of
        permits. A site may stand out of a footprint by the stated accuracies of both.
    """
    office, sites = shelf.workspace, shelf.sites
    named = any(one.kind == KIND for one in office.layers.values())
    if not named and not office.unavailable_of_kind(KIND):
        return (None,) * len(sites)
    declared = [_text(one) for one in sites["approval_no"].tolist()]
    if not shelf.has(KIND):
        return tuple(
            Approvals("not_checked", (), None, None, None, one) for one in declared
        )
    table = _table(shelf)
    return tuple(
        _approvals(row, said)
        for row, said in zip(table.to_dict("records"), declared, strict=True)
    )


def _table(shelf: Shelf) -> pd.DataFrame:
    """Return the table of permits: compared where a site meets one, else in a word."""
    sites, pairs = shelf.sites, shelf.pairs(KIND)
    known = ~shelf.doubts(KIND).mask(len(sites))
    rivals = {name for names in rival_editions(shelf.layers(KIND)) for name in names}
    zones = shelf.zones(KIND)
    permits = of_rivals(zones, zones["layer"].isin(rivals).to_numpy(dtype=bool))
    areal = sites.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    own = pd.to_numeric(sites["accuracy_m"]).fillna(0.0).to_numpy(dtype=float)
    theirs = max(one.accuracy_m or 0.0 for one in shelf.layers(KIND))
    meets = np.isin(np.arange(len(sites)), pairs["site"].to_numpy(dtype=int))
    table = pd.DataFrame(
        {
            "permit_state": np.where(known, "none", "not_checked"),
            "permit_codes": [()] * len(sites),
            "approved_m2": np.nan,
            "beyond_m2": np.nan,
            "permit_until": None,
        },
        index=sites.index,
        dtype=object,
    )
    for accuracy_m in np.unique(own[areal & meets]):
        chosen = areal & meets & (own == accuracy_m)
        compared = permit_table(
            sites[chosen].assign(kind="unknown"),
            permits,
            on=shelf.on,
            tolerance_m=float(accuracy_m) + theirs,
            known=known[chosen],
        )
        table.loc[chosen] = compared[table.columns].astype(object)
    table.loc[~areal, "permit_state"] = "no_area"
    codes = zones["code"]
    inside = pairs[pairs["interior"] & ~areal[pairs["site"].to_numpy(dtype=int)]]
    said = dict(enumerate(table["permit_codes"]))
    for site, zones in inside.groupby("site")["zone"]:
        said[int(str(site))] = tuple(str(codes.iloc[zone]) for zone in zones)
    return table.assign(permit_codes=pd.Series(said, index=table.index, dtype=object))


def _approvals(row: dict[Any, Any], declared: str | None) -> Approvals:
    until, measured = row["permit_until"], row["permit_state"] in ("inside", "beyond")
    return Approvals(
        state=row["permit_state"],
        codes=tuple(row["permit_codes"]),
        approved_m2=_number(row["approved_m2"]) if measured else None,
        beyond_m2=_number(row["beyond_m2"]) if measured else None,
        until=None if pd.isna(until) else until,
        declared=declared,
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None


# -- as it is printed ------------------------------------------------------------------


def approvals_json(one: Approvals | None) -> dict[str, Any] | None:
    """Return approvals as plain values; areas as printed."""
    if one is None:
        return None
    return {
        "state": one.state,
        "permits": list(one.codes),
        "approved_m2": None if one.approved_m2 is None else round(one.approved_m2, 2),
        "beyond_m2": None if one.beyond_m2 is None else round(one.beyond_m2, 2),
        "until": one.until.isoformat() if one.until else None,
        "declared": one.declared,
        "declared_met": one.declared_met,
    }


def approvals_tables(sites: Iterable[SiteRecord], lang: Lang) -> Iterator[Table]:
    """Yield the table of approvals, where the workspace has a layer of permits."""
    found = [(site, site.approvals) for site in sites if site.approvals is not None]
    if found:
        rows = tuple(_row(site, one, lang) for site, one in found)
        yield Table("approvals", APPROVALS, rows)


def _row(site: SiteRecord, one: Approvals, lang: Lang) -> Row:
    met = one.declared_met
    return (
        visible(site.site_id),
        visible(site.name) if site.name else None,
        say(f"permit.{one.state}", lang),
        visible(_joined(one.codes, lang)) or None,
        one.approved_m2,
        one.beyond_m2,
        one.until.isoformat() if one.until else None,
        visible(one.declared) if one.declared else None,
        None if met is None else say(f"permit.declared.{'yes' if met else 'no'}", lang),
    )


def approvals_view(one: Approvals | None, lang: Lang) -> tuple[tuple[str, str], ...]:
    """Return pairs of label and value for the page; none without a layer of permits."""
    if one is None:
        return ()
    said = {
        "permit_state": say(f"permit.{one.state}", lang),
        "permit_codes": _joined(one.codes, lang),
        "approved_m2": _size(one.approved_m2, lang),
        "beyond_m2": _size(one.beyond_m2, lang),
        "permit_until": one.until.isoformat() if one.until else "",
        "permit_declared": one.declared or "",
    }
    if one.declared_met is False:
        said["permit_declared_met"] = say("permit.declared.no", lang)
    return tuple(
        (say(f"column.{key}", lang), visible(value))
        for key, value in said.items()
        if value
    )


def _joined(codes: tuple[str, ...], lang: Lang) -> str:
    return say("value_join", lang).join(codes)


def _size(value: float | None, lang: Lang) -> str:
    if value is None:
        return ""
    m2 = say("unit.m2", lang, value=number(value, 2, lang))
    return f"{m2} = {hectares(value, lang)}" if value >= 1 else m2
