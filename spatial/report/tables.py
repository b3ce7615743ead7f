"""The content of a review as tables, for people who think in GeoDataFrames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from layers.layer import FRAME
from spatial.policy.judge import could_change
from spatial.report.override_tables import override_result
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.text import Lang
    from spatial.finding import Unknown
    from spatial.report.content import ReviewContent, SiteRecord

_OUTCOMES = (
    "name",
    "outcome",
    "machine_outcome",
    "stable",
    "area_m2",
    "length_m",
    "deciding_rule",
    "findings",
    "unknowns",
)
_FINDINGS = (
    "finding_id",
    "site_id",
    "rule",
    "edition",
    "status",
    "outcome",
    "overruled_outcome",
    "kind",
    "layer",
    "zone_id",
    "zone_name",
    "relation",
    "area_m2",
    "share_of_site",
    "length_m",
    "distance_m",
    "margin_m",
    "stable",
    "why",
    "requires",
    "document",
    "article",
    "quote",
    "reads_with",
    "geometry",
)
_UNKNOWNS = ("site_id", "rule", "kind", "what", "why", "outcome")
_OVERRIDES = (
    "site_id",
    "status",
    "finding_ids",
    "machine_outcome",
    "outcome",
    "reason",
    "name",
    "date",
    "document",
    "checked_instead",
)
_OVERLAPS = (
    "site_id",
    "kind",
    "layer",
    "zone_id",
    "zone_name",
    "area_m2",
    "share_of_site",
    "length_m",
    "distance_m",
    "sliver",
    "geometry",
)


def deciding_rule(site: SiteRecord) -> str | None:
    """Return the rule that decides a site: of its finding, else of its unknown.

    The first, in reading order, whose own outcome is the site's; None for a clear
    site and for one that no rule could look at.
    """
    for one in site.findings:
        if one.outcome == site.outcome:
            return one.finding.rule
    certain = frozenset(one.outcome for one in site.findings)
    for lack in site.unknowns:
        decides = site.outcome_of(lack) == site.outcome and could_change(lack, certain)
        if decides and lack.rule:
            return lack.rule
    return None


def outcomes(content: ReviewContent) -> pd.DataFrame:
    """Return one row a site, index ``site_id``, most severe outcome first."""
    rows = [
        (
            one.name,
            one.outcome,
            one.machine_outcome,
            one.stable,
            one.area_m2,
            one.length_m,
            deciding_rule(one),
            len(one.findings),
            len(one.unknowns),
        )
        for one in content.sites
    ]
    index = pd.Index([one.site_id for one in content.sites], name="site_id")
    # As objects, so that what is missing stays None and is not taken for a number.
    table = pd.DataFrame(rows, columns=list(_OUTCOMES), index=index, dtype=object)
    measures = {"area_m2": float, "length_m": float}
    return table.astype({**measures, "findings": int, "unknowns": int})


def findings(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    """Return one row a finding, with its clause; EPSG:4490.

    ``reads_with`` holds the law that gives the clause its effect, a line each.
    """
    rows = []
    for site in content.sites:
        for one in site.findings:
            found, clause = one.finding, one.citation
            rows.append(
                (
                    one.finding_id,
                    site.site_id,
                    found.rule,
                    found.edition,
                    clause.status,
                    found.outcome,
                    one.outcome if one.overruling else None,
                    found.kind,
                    found.layer,
                    found.zone_id,
                    found.zone_name,
                    found.relation,
                    found.area_m2,
                    found.share_of_site,
                    found.length_m,
                    found.distance_m,
                    found.margin_m,
                    one.stable,
                    TEXTS.render(found.why, lang),
                    found.requires.get(lang, ""),
                    clause.document[lang],
                    clause.article,
                    clause.quote,
                    "\n".join(
                        f"{law.document[lang]} {law.article}: {law.quote}"
                        for law in clause.reads_with
                    ),
                    one.geometry,
                )
            )
    return _geo(rows, _FINDINGS)


def unknowns(content: ReviewContent, lang: Lang) -> pd.DataFrame:
    """Return one row for everything that kept a rule from being decided."""
    reasons: dict[int, Unknown] = {}
    ids, which = [], []
    for site in content.sites:
        for one in site.unknowns:
            reasons.setdefault(id(one), one)
            ids.append(site.site_id)
            which.append(id(one))
    rows = [
        (one.rule, one.kind, one.what, TEXTS.render(one.why, lang), one.outcome)
        for one in reasons.values()
    ]
    said = pd.DataFrame(rows, columns=list(_UNKNOWNS[1:]))
    place = pd.Index(list(reasons)).get_indexer(pd.Index(which))
    table = said.iloc[place].reset_index(drop=True)
    table.insert(0, "site_id", ids)
    return table


def overlaps(content: ReviewContent) -> gpd.GeoDataFrame:
    """Return one row for every pair of site and zone that meet; EPSG:4490."""
    rows = [
        (
            site.site_id,
            one.kind,
            one.layer,
            one.zone_id,
            one.zone_name,
            one.area_m2,
            one.share_of_site,
            one.length_m,
            one.distance_m,
            one.sliver,
            one.geometry,
        )
        for site in content.sites
        for one in site.overlaps
    ]
    return _geo(rows, _OVERLAPS)


def overrides(content: ReviewContent) -> pd.DataFrame:
    """Return one row an override, whether it counts or not."""
    rows = [override_result(one) for one in content.overrulings or ()]
    return pd.DataFrame(rows, columns=list(_OVERRIDES), dtype=object)


def _geo(
    rows: Sequence[tuple[object, ...]], columns: tuple[str, ...]
) -> gpd.GeoDataFrame:
    """Return rows as a GeoDataFrame; the numbers as float, also when there are none."""
    table = pd.DataFrame(rows, columns=list(columns), dtype=object)
    measures = [name for name in columns if name.endswith(("_m2", "_m"))]
    numbers = [*measures, "share_of_site"]
    table = table.astype(dict.fromkeys(numbers, float))
    return gpd.GeoDataFrame(table, geometry="geometry", crs=FRAME)
