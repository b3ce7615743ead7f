"""Control units as they are printed in result.json and in the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.spec import spec
from spatial.report.columns import Column, Table
from spatial.report.result_sources import rounded_share
from spatial.report.words import number, pick, say, sentence, visible
from spatial.units.model import KIND
from spatial.units.requirements import dimension_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spatial.report.columns import Row
    from spatial.report.content import ReviewContent, SiteRecord
    from spatial.text import Lang
    from spatial.units import JudgedRequirement, ListRecord, SiteUnits, UnitRecord

UNITS = (
    Column("site_id"),
    Column("site_name"),
    Column("layer"),
    Column("unit_code"),
    Column("unit_name"),
    Column("category"),
    Column("area_m2", "m2"),
    Column("area_ha", "ha"),
    Column("area_mu", "mu"),
    Column("share_of_site", "share"),
    Column("length_m", "m"),
    Column("remarks", "long"),
)
REQUIREMENTS = (
    Column("site_id"),
    Column("site_name"),
    Column("unit_code"),
    Column("unit_name"),
    Column("dimension"),
    Column("requirement", "long"),
    Column("judged"),
    Column("judged_why", "long"),
    Column("effect"),
    Column("industries"),
    Column("access_list"),
    Column("list_row", "count"),
)
LISTS = (
    Column("access_list"),
    Column("list_title", "long"),
    Column("of_layer"),
    Column("status"),
    Column("remarks", "long"),
    Column("source"),
    Column("layer_edition"),
    Column("valid"),
    Column("rows_in_file", "count"),
    Column("rows_kept", "count"),
    Column("rows_quarantined", "count"),
    Column("sha256"),
)
_AREA, _SHARE, _LENGTH = 2, 6, 3


# -- result.json -------------------------------------------------------------------


def units_json(site: SiteRecord, lang: Lang) -> dict[str, Any] | None:
    """Return a site's units as plain values; None where there is no layer of units."""
    found = site.units
    if found is None:
        return None
    return {
        "units": [_unit_json(one, lang) for one in found.units],
        "outside_m2": _rounded(found.outside_m2, _AREA),
        "outside_share": _rounded(found.outside_share, _SHARE),
        "outside_length_m": _rounded(found.outside_length_m, _LENGTH),
        "is_gap": found.is_gap,
        "overlap": found.overlap,
    }


def _unit_json(unit: UnitRecord, lang: Lang) -> dict[str, Any]:
    return {
        "layer": unit.layer,
        "zone_id": unit.zone_id,
        "code": unit.code,
        "name": unit.name,
        "category": unit.category,
        "area_m2": _rounded(unit.area_m2, _AREA),
        "area_ha": _rounded(unit.area_ha, 4),
        "area_mu": _rounded(unit.area_mu, 2),
        "share_of_site": rounded_share(unit.share_of_site, _SHARE),
        "length_m": _rounded(unit.length_m, _LENGTH),
        "sliver": unit.sliver,
        "requirements": [_requirement_json(one, lang) for one in unit.requirements],
    }


def _requirement_json(one: JudgedRequirement, lang: Lang) -> dict[str, Any]:
    row = one.requirement
    return {
        "dimension": one.dimension,
        "text": one.text or None,
        "judged": one.state,
        "why": sentence(one.why, lang),
        "access_list": row.access_list if row else None,
        "row": row.row if row else None,
        "effect": row.effect if row else None,
        "industries": list(row.industries) if row else [],
        "every_industry": row.every_industry if row else False,
    }


def list_json(record: ListRecord) -> dict[str, Any]:
    """Return an access list as plain values: its row ledger, and its lost rows."""
    told: dict[str, Any] = {
        "id": record.id,
        "layer": record.layer,
        "title": record.title,
        "status": record.status,
        "reason": record.reason or None,
        "source": None,
    }
    if record.found is None:
        return told
    read = record.found.provenance
    return told | {
        "source": read.source,
        "sha256": read.sha256,
        "format": read.format,
        "sheet": read.source_layer,
        "encoding": read.encoding,
        "edition": read.edition,
        "valid": str(read.valid),
        "rows_in_file": read.rows_in_file,
        "rows_kept": read.rows_kept,
        "rows_quarantined": read.rows_quarantined,
        "requirements": len(record.found.requirements),
        "quarantined": [
            {
                "row": one.row,
                "unit": one.unit,
                "reason": one.reason,
                "cells": list(one.cells),
            }
            for one in record.found.lost
        ],
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits) + 0.0


# -- tables ------------------------------------------------------------------------


def unit_rows(content: ReviewContent, lang: Lang) -> Iterator[Row]:
    """Yield one row a site and unit, and one for what lies in no unit."""
    for site in content.sites:
        if site.units is None:
            continue
        for one in site.units.units:
            yield (
                *(site.site_id, site.name, one.layer),
                *(one.code or one.zone_id, one.name, category_title(one, lang)),
                *(one.area_m2, one.area_ha, one.area_mu),
                *(one.share_of_site, one.length_m),
                say("units.sliver", lang) if one.sliver else None,
            )
        if site.units.is_gap:
            m2 = site.units.outside_m2
            yield (
                *(site.site_id, site.name, None, None, None, None),
                *((None,) * 3 if m2 is None else (m2, m2 / 1e4, m2 * 3 / 2000)),
                *(site.units.outside_share, site.units.outside_length_m),
                coverage_words(site.units, lang),
            )


def requirement_rows(content: ReviewContent, lang: Lang) -> Iterator[Row]:
    """Yield one row a site, unit and requirement (or lack of one); no slivers."""
    for site in content.sites:
        for unit in site.units.units if site.units else ():
            if unit.sliver:
                continue
            for one in unit.requirements:
                yield (
                    *(site.site_id, site.name, unit.code or unit.zone_id, unit.name),
                    pick(dimension_title(one.dimension), lang),
                    one.text or None,
                    say(f"unit_state.{one.state}", lang),
                    sentence(one.why, lang),
                    *_condition(one, lang),
                )


def _condition(one: JudgedRequirement, lang: Lang) -> Row:
    """Return effect, industries, list and row of a requirement."""
    row = one.requirement
    if row is None:
        return (None,) * 4
    effect = say(f"unit_effect.{row.effect}", lang) if row.effect else None
    return (effect, _industries(one, lang) or None, row.access_list, row.row)


def _industries(one: JudgedRequirement, lang: Lang) -> str:
    row = one.requirement
    if row is None:
        return ""
    if row.every_industry:
        return say("every_industry", lang)
    return say("value_join", lang).join(row.industries)


def lists_table(content: ReviewContent, lang: Lang) -> Table:
    """Return the access lists: what was read of each, and whether it counts."""
    rows: list[Row] = []
    for one in content.access_lists:
        status = say(f"list_status.{one.status}", lang)
        head = (one.id, one.title, one.layer, status, one.reason or None)
        read = one.found.provenance if one.found else None
        rest: Row = (None,) * (len(LISTS) - len(head))
        if read is not None:
            rest = (
                *(read.source, read.edition, str(read.valid), read.rows_in_file),
                *(read.rows_kept, read.rows_quarantined, read.sha256),
            )
        rows.append((*head, *rest))
    clean = (
        tuple(visible(cell) if isinstance(cell, str) else cell for cell in row)
        for row in rows
    )
    return Table("access_lists", LISTS, tuple(clean))


# -- words that tables and page share ----------------------------------------------


def coverage_words(found: SiteUnits, lang: Lang) -> str:
    """Return in words how the units cover a site."""
    if not found.is_gap:
        if not found.units:
            return ""
        several = len(found.units) > 1 and not found.overlap
        is_area = all(one.area_m2 is not None for one in found.units)
        return say("units.sum" if several and is_area else "units.covered", lang)
    if not found.units:
        return say("units.none", lang)
    if found.outside_m2 is not None:
        size = say("unit.m2", lang, value=number(found.outside_m2, 2, lang))
        ha = number(found.outside_m2 / 1e4, 4, lang)
        mu = number(found.outside_m2 * 3 / 2000, 2, lang)
        both = f"{size} = {say('unit.ha_mu', lang, ha=ha, mu=mu)}"
        return say("units.gap", lang, size=both)
    size = say("unit.m", lang, value=number(found.outside_length_m, 1, lang))
    return say("units.gap", lang, size=size)


def category_title(unit: UnitRecord, lang: Lang) -> str | None:
    """Return what a unit's category is called; None where it is not known."""
    titles = spec(KIND).field("category").titles or {}
    return pick(titles[unit.category], lang) if unit.category else None
