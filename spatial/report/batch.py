"""The overview of a batch: one report a site, and a table that leads to them.

``index.html`` and ``index.xlsx`` count the sites of the whole run by outcome, clause
and county, and list those that have a report of their own.
"""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from spatial.finding import OUTCOMES
from spatial.report.columns import Column, Table
from spatial.report.excel import write_tables
from spatial.report.html import rendered_plain
from spatial.report.one_file import written
from spatial.report.override_tables import outcome_label
from spatial.report.page import counts, facts, summary
from spatial.report.palette import OUTCOME_SIGN
from spatial.report.words import deciding, heading, pick, say, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from spatial.report.columns import Row
    from spatial.report.content import ReviewContent, SiteRecord
    from spatial.report.static_map import StaticMap
    from spatial.text import Lang

INDEX_PAGE, INDEX_BOOK = "index.html", "index.xlsx"
_HIT = ("prohibited", "restricted")


@dataclass(frozen=True, slots=True)
class BatchView:
    """What the overview page prints, all as text."""

    title: str
    office: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    summary: str
    counts: tuple[tuple[str, str, str, int], ...]
    map_png: str
    map_alt: str
    tables: tuple[tuple[str, tuple[str, ...], tuple[Row, ...]], ...]
    sites_title: str
    sites_heads: tuple[str, ...]
    sites: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], ...]
    remark: str
    say: Callable[..., str]


def batch_tables(
    content: ReviewContent, folders: Mapping[str, str], lang: Lang = "zh"
) -> tuple[Table, ...]:
    """Return the tables of the overview.

    Parameters
    ----------
    content
        The whole run.
    folders
        Id of a site to the name of its folder, of those that have a report.
    lang
        Language of headings and words.

    Returns
    -------
    tuple of Table
        Sites with a report, in the order of the run; then, of all sites, how many have
        each outcome, at how many each clause forbids or restricts, and the outcomes by
        county. A site counts for the county that holds most of it; one that no unit
        holds stands in a row of its own.
    """
    listed = tuple(
        (
            one.site_id,
            one.name,
            outcome_label(one, lang),
            county_of(one) or say("batch.no_county", lang),
            deciding(one, lang),
            folders[one.site_id],
        )
        for one in content.sites
        if one.site_id in folders
    )
    texts = (Column("site_id"), Column("site_name"), Column("outcome"))
    rest = (Column("batch_county"), Column("deciding", "long"), Column("batch_report"))
    return (
        Table("batch_sites", (*texts, *rest), tuple(map(_clean, listed))),
        _outcomes(content, lang),
        _clauses(content, lang),
        _counties(content, lang),
    )


def county_of(site: SiteRecord) -> str | None:
    """Return the administrative unit that holds most of a site; None for none."""
    held = [
        one
        for one in site.overlaps
        if one.kind == "admin_unit" and one.distance_m <= 0 and not one.sliver
    ]
    if not held:
        return None
    most = max(held, key=lambda one: (one.share_of_site or 0.0, one.length_m or 0.0))
    return visible(most.zone_name or most.zone_id)


def _outcomes(content: ReviewContent, lang: Lang) -> Table:
    found = Counter(one.outcome for one in content.sites)
    rows = tuple((say(f"outcome.{one}", lang), found[one]) for one in OUTCOMES)
    return Table(
        "batch_outcomes", (Column("outcome"), Column("batch_count", "count")), rows
    )


def _clauses(content: ReviewContent, lang: Lang) -> Table:
    """Count sites by rule; a rule that hits a site twice counts once."""
    hits: dict[str, Counter[str]] = {}
    titles: dict[str, tuple[str, str]] = {}
    for site in content.sites:
        said = {
            (one.finding.rule, one.outcome)
            for one in site.findings
            if one.outcome in _HIT
        }
        for rule, outcome in said:
            hits.setdefault(rule, Counter())[outcome] += 1
        for one in site.findings:
            clause = f"{pick(one.citation.document, lang)} {one.citation.article}"
            titles.setdefault(one.finding.rule, (pick(one.rule_title, lang), clause))
    order = sorted(hits, key=lambda one: (*(-hits[one][two] for two in _HIT), one))
    rows = tuple(
        _clean((rule, *titles[rule], *(hits[rule][one] for one in _HIT)))
        for rule in order
    )
    columns = (
        Column("rule"),
        Column("rule_title", "long"),
        Column("batch_clause", "long"),
    )
    return Table("batch_clauses", (*columns, *_counted(_HIT, lang)), rows)


def _counties(content: ReviewContent, lang: Lang) -> Table:
    found: dict[str | None, Counter[str]] = {}
    for site in content.sites:
        found.setdefault(county_of(site), Counter())[site.outcome] += 1
    order = sorted(found, key=lambda one: (one is None, one or ""))
    rows: tuple[Row, ...] = tuple(
        (
            say("batch.no_county", lang) if one is None else one,
            found[one].total(),
            *(found[one][outcome] for outcome in OUTCOMES),
        )
        for one in order
    )
    columns = (
        Column("batch_county"),
        Column("batch_count", "count"),
        *_counted(OUTCOMES, lang),
    )
    return Table("batch_counties", columns, rows)


def _counted(outcomes: tuple[str, ...], lang: Lang) -> tuple[Column, ...]:
    return tuple(
        Column(one, "count", title=say(f"outcome.{one}", lang)) for one in outcomes
    )


def _clean(row: Row) -> Row:
    return tuple(visible(one) if isinstance(one, str) else one for one in row)


def write_batch(
    content: ReviewContent,
    folder: Path,
    *,
    folders: Mapping[str, str],
    formats: tuple[str, ...],
    lang: Lang = "zh",
    overview: StaticMap | None = None,
) -> tuple[Path, ...]:
    """Write ``index.html`` and ``index.xlsx``.

    Parameters
    ----------
    content, folders, lang
        As for `batch_tables`.
    folder
        Where the folders of the sites lie.
    formats
        Names of the files that each of them holds, for the links.
    overview
        Map of all sites, or None.

    Returns
    -------
    tuple of Path
        Both files. The same run gives the same bytes.
    """
    tables = batch_tables(content, folders, lang)
    view = _view(content, tables, formats, lang=lang, overview=overview)
    page = rendered_plain("batch.html.j2", view, lang=lang)
    book = partial(
        write_tables,
        tables,
        title=content.title,
        heading="  ·  ".join(text for _, text in view.facts),
        on=content.on,
        lang=lang,
    )
    files: dict[str, Callable[[Path], object]] = {
        INDEX_PAGE: lambda path: path.write_bytes(page.encode("utf-8")),
        INDEX_BOOK: book,
    }
    for name, write in files.items():
        written(folder / name, write)
    return tuple(folder / name for name in files)


def _view(
    content: ReviewContent,
    tables: tuple[Table, ...],
    formats: tuple[str, ...],
    *,
    lang: Lang,
    overview: StaticMap | None,
) -> BatchView:
    listed, *counted = tables
    told = counts(content, lang)
    missing = len(content.sites) - len(listed.rows)
    outcome_of = {visible(one.site_id): one.outcome for one in content.sites}
    return BatchView(
        title=say("batch.title", lang, document=heading(content.about, lang)),
        office=visible(content.title),
        facts=facts(content, lang),
        notices=tuple(map(visible, content.notices)),
        summary=summary(told, lang),
        counts=tuple((one.outcome, one.sign, one.label, one.count) for one in told),
        map_png=base64.b64encode(overview.png).decode() if overview else "",
        map_alt=overview.alt if overview else "",
        tables=tuple(
            (say(f"sheet.{one.key}", lang), _heads(one, lang), one.rows)
            for one in counted
            if one.rows and one.key != "batch_outcomes"  # those stand above
        ),
        sites_title=say("sheet.batch_sites", lang),
        sites_heads=_heads(listed, lang),
        sites=tuple(
            (
                OUTCOME_SIGN[outcome_of[str(row[0])]],
                tuple("" if one is None else str(one) for one in row[:-1]),
                tuple((f"{quote(str(row[-1]))}/{name}", name) for name in formats),
            )
            for row in listed.rows
        ),
        remark=say("batch.not_listed", lang, count=missing) if missing else "",
        say=lambda key, **more: say(key, lang, **more),
    )


def _heads(table: Table, lang: Lang) -> tuple[str, ...]:
    return tuple(one.title or say(f"column.{one.key}", lang) for one in table.columns)
