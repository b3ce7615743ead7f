"""findings.gpkg: sites, overlaps and findings for QGIS, coloured when opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.garbage import uncollected
from layers.layer import FRAME
from spatial.report.geopackage_file import symbol_shapes, write_layers
from spatial.report.override_tables import outcome_label
from spatial.report.qml import finding_style, outcome_style, site_style, sliver_style
from spatial.report.sheets import overlap_word
from spatial.report.words import (
    cited,
    deciding,
    overruled_by,
    pick,
    say,
    sentence,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from spatial.report.content import (
        FindingRecord,
        OverlapRecord,
        ReviewContent,
        SiteRecord,
    )
    from spatial.text import Lang

_TEXT = "text"
_SITE_FIELDS = {
    "site_id": _TEXT,
    "name": _TEXT,
    "outcome": _TEXT,
    "outcome_text": _TEXT,
    "machine_outcome": _TEXT,
    "overrides": "count",
    "override_text": _TEXT,
    "deciding": _TEXT,
    "stable": "flag",
    "area_m2": "number",
    "length_m": "number",
    "findings": "count",
    "unknowns": "count",
}
_NUMBERS = {
    "area_m2": "number",
    "share_of_site": "number",
    "length_m": "number",
    "distance_m": "number",
}
_FINDING_FIELDS = {
    "finding_id": _TEXT,
    "site_id": _TEXT,
    "site_name": _TEXT,
    "outcome": _TEXT,
    "outcome_text": _TEXT,
    "overruled_outcome": _TEXT,
    "override_reason": _TEXT,
    "override_name": _TEXT,
    "override_date": _TEXT,
    "override_document": _TEXT,
    "rule": _TEXT,
    "rule_title": _TEXT,
    "citation": _TEXT,
    "quote": _TEXT,
    "edition": _TEXT,
    "status": _TEXT,
    "kind": _TEXT,
    "layer": _TEXT,
    "zone_id": _TEXT,
    "zone_name": _TEXT,
    "relation": _TEXT,
    **_NUMBERS,
    "margin_m": "number",
    "stable": "flag",
    "why": _TEXT,
    "requires": _TEXT,
}
_HELP_FIELDS = {
    "site_id": _TEXT,
    "site_name": _TEXT,
    "sort": _TEXT,
    "outcome": _TEXT,
    "outcome_text": _TEXT,
    "area_m2": "number",
    "distance_m": "number",
    "azimuth_deg": "number",
    "remark": _TEXT,
}
_OVERLAP_FIELDS = {
    "site_id": _TEXT,
    "site_name": _TEXT,
    "kind": _TEXT,
    "layer": _TEXT,
    "zone_id": _TEXT,
    "zone_name": _TEXT,
    "relation": _TEXT,
    **_NUMBERS,
    "sliver": "flag",
}


@uncollected()
def write_geopackage(content: ReviewContent, path: Path, *, lang: Lang = "zh") -> None:
    """Write the GeoPackage.

    Parameters
    ----------
    content
        The review.
    path
        File to write, ending in ``.gpkg``; it must not exist.
    lang
        Language of the sentences and of the legend.

    Notes
    -----
    Layers ``sites``, ``overlaps``, ``findings``, and ``help`` where it was asked for,
    in EPSG:4490, x = longitude, in the order of `content`. A site without geometry is
    a row without geometry; so is a pair of site and zone that is merely near. Flags
    are 1, 0 or null. The table ``layer_styles`` colours the layers in QGIS. The
    description of each layer carries the notices. The same content gives the same
    bytes: the change date inside is the as-of date.
    """
    frames = {
        "sites": _sites(content, lang),
        "overlaps": _overlaps(content, lang),
        "findings": _findings(content, lang),
    }
    if any(one.help for one in content.sites):
        frames["help"] = _help(content, lang)
    description = visible("  ".join((content.title, *content.notices)))
    write_layers(
        path, frames, _styles(frames, lang), on=content.on, description=description
    )


_STYLES = {
    "sites": site_style,
    "overlaps": sliver_style,
    "findings": finding_style,
    "help": outcome_style,
}


def _styles(frames: dict[str, gpd.GeoDataFrame], lang: Lang) -> dict[str, str]:
    """Return the QML document of each layer."""
    styles = {}
    for name, frame in frames.items():
        style = _STYLES[name]
        styles[name] = style(symbol_shapes(frame), lang)
    return styles


def _sites(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    rows = [
        (
            site.site_id,
            site.name,
            site.outcome,
            outcome_label(site, lang),
            site.machine_outcome,
            sum(one.applied for one in site.overrulings),
            " | ".join(
                overruled_by(one, lang) for one in site.overrulings if one.applied
            )
            or None,
            deciding(site, lang),
            site.stable,
            site.area_m2,
            site.length_m,
            len(site.findings),
            len(site.unknowns),
        )
        for site in content.sites
    ]
    return _frame(rows, _SITE_FIELDS, [site.geometry for site in content.sites])


def _findings(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    pairs = [(site, one) for site in content.sites for one in site.findings]
    rows = [_finding(site, one, lang) for site, one in pairs]
    return _frame(rows, _FINDING_FIELDS, [one.geometry for _, one in pairs])


def _finding(site: SiteRecord, record: FindingRecord, lang: Lang) -> tuple[object, ...]:
    finding = record.finding
    return (
        record.finding_id,
        site.site_id,
        site.name,
        finding.outcome,
        say(f"outcome.{finding.outcome}", lang),
        *_overruled(record),
        finding.rule,
        pick(record.rule_title, lang),
        cited(record, lang),
        record.citation.quote,
        finding.edition,
        record.citation.status,
        finding.kind,
        finding.layer,
        finding.zone_id,
        finding.zone_name,
        finding.relation,
        finding.area_m2,
        finding.share_of_site,
        finding.length_m,
        finding.distance_m,
        finding.margin_m,
        record.stable,
        sentence(finding.why, lang),
        pick(finding.requires, lang) or None,
    )


def _overruled(record: FindingRecord) -> tuple[str | None, ...]:
    """Return a reviewer's outcome, reason, name, day and document; None five times."""
    if record.overruling is None:
        return (None,) * 5
    one = record.overruling.override
    return one.outcome, one.reason, one.name, one.on.isoformat(), one.document


def _help(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    """Return the parts that could stay and the places to move to; no approval."""
    rows: list[tuple[object, ...]] = []
    shapes: list[object] = []
    for site in content.sites:
        part, move = (site.help.part, site.help.move) if site.help else (None, None)
        head = (site.site_id, site.name)
        remark = say("help.remark", lang)
        if part is not None:
            said = say(f"outcome.{part.outcome}", lang)
            rows.append(
                (*head, "part", part.outcome, said, part.area_m2, None, None, remark)
            )
            shapes.append(part.geometry)
        if move is not None:
            said = say(f"outcome.{move.outcome}", lang)
            way = (move.distance_m, move.azimuth_deg)
            rows.append((*head, "move", move.outcome, said, None, *way, remark))
            shapes.append(move.geometry)
    return _frame(rows, _HELP_FIELDS, shapes)


def _overlaps(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    pairs = [(site, one) for site in content.sites for one in site.overlaps]
    rows = [_overlap(site, one, lang) for site, one in pairs]
    return _frame(rows, _OVERLAP_FIELDS, [one.geometry for _, one in pairs])


def _overlap(
    site: SiteRecord, overlap: OverlapRecord, lang: Lang
) -> tuple[object, ...]:
    return (
        site.site_id,
        site.name,
        overlap.kind,
        overlap.layer,
        overlap.zone_id,
        overlap.zone_name,
        say(f"overlap.{overlap_word(overlap)}", lang),
        overlap.area_m2,
        overlap.share_of_site,
        overlap.length_m,
        overlap.distance_m,
        overlap.sliver,
    )


def _frame(
    rows: Sequence[tuple[object, ...]],
    fields: dict[str, str],
    geometry: Sequence[object],
) -> gpd.GeoDataFrame:
    """Return a table with settled column types, so that no row decides a type."""
    table = pd.DataFrame(rows, columns=list(fields), dtype=object)
    columns = {name: _column(table[name], kind) for name, kind in fields.items()}
    shapes = gpd.array.from_shapely(np.asarray(geometry, dtype=object), crs=FRAME)
    return gpd.GeoDataFrame(columns, geometry=shapes)


def _column(values: pd.Series, kind: str) -> pd.Series:
    if kind == "number":
        return values.astype("float64")
    if kind in ("count", "flag"):
        return values.astype("Int16")
    return values.map(visible, na_action="ignore")
