"""The report page as plain text values: what `templates/report.html.j2` lays out."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from spatial.finding import OUTCOMES
from spatial.report.comparison_tables import comparison_by_site, comparison_summary
from spatial.report.drawing import drawing
from spatial.report.override_tables import overrides_table, overrule_summary
from spatial.report.page_lists import SharedList, with_shared_lists
from spatial.report.page_map import map_data, map_notes
from spatial.report.palette import OUTCOME_COLOUR, OUTCOME_SIGN
from spatial.report.sheets import issues_table, rules_table, settings_table
from spatial.report.site_page import SiteView, site_view
from spatial.report.tiles import tiles
from spatial.report.units import lists_table
from spatial.report.words import (
    heading,
    number,
    period,
    pick,
    say,
    sentence,
    value_text,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.layer import Layer
    from spatial.report.columns import Cell, Column, Format, Table
    from spatial.report.content import LayerRecord, ReviewContent
    from spatial.report.drawing import DrawnKind
    from spatial.report.tiles import Tiles
    from spatial.text import Lang

MOST_ISSUES = 200  # on the page; the workbook has them all
MOST_CHANGES = 500
MOST_SITES = 2_000
"""Sites on the page, the most severe first; a browser cannot hold 100,000. The other
files have them all, and the page says so where it says how many there are."""
SHORT_HASH = 12
_DECIMALS: Mapping[Format, int] = {
    "count": 0,
    "m2": 2,
    "ha": 4,
    "mu": 2,
    "m": 3,
    "degree": 6,
}


_MARKS: Mapping[str, str] = {
    **dict.fromkeys(("site_id", "rule", "override_date"), "one"),
    "site_name": "called",
    **dict.fromkeys(
        (
            "outcome_before",
            "outcome_after",
            "machine_outcome",
            "overruled_outcome",
            "override_name",
            "severity",
        ),
        "short",
    ),
}


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many sites have an outcome, with the words and the sign for it."""

    outcome: str
    label: str
    sign: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class TableView:
    """A plain table: headings, rows of text, a remark; what marks each column.

    `marks` is ``num`` for numbers, ``one`` for what must stand on one line, ``short``
    for words that must not be broken, ``called`` for names.
    """

    headings: tuple[str, ...]
    marks: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str


@dataclass(frozen=True, slots=True)
class LayerView:
    """A line of the layer table."""

    id: str
    title: str
    status: str
    status_text: str
    remarks: tuple[str, ...]
    source: str
    edition: str
    valid: str
    coverage: str
    accuracy: str
    rows: str
    sha256: str
    notice: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the template prints, in its order."""

    heading: str
    title: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    summary: str
    left_out: str
    counts: tuple[OutcomeCount, ...]
    sites: tuple[SiteView, ...]
    shared: tuple[SharedList, ...]
    layers: tuple[LayerView, ...]
    access_lists: TableView
    rules: TableView
    issues: TableView
    settings: TableView
    overrides: TableView | None
    comparison: TableView | None
    compared: str
    method: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    legend: tuple[DrawnKind, ...]
    colours: Mapping[str, str]
    drawn: bool
    map_notes: tuple[str, ...]
    map_data: dict[str, Any]
    tiles: Tiles | None
    say: Callable[..., str]


def page(content: ReviewContent, lang: Lang) -> Page:
    """Return the page of a review in a language.

    Every text has its control characters made visible; escaping is the template's.
    Of more than `MOST_SITES` sites the page lists and draws the first, and says so.
    """
    listed = content.sites[:MOST_SITES]
    on_map = dataclasses.replace(content, sites=listed)
    drawn = drawing(on_map, lang)
    fine = tiles(on_map, drawn)
    said = counts(content, lang)
    compared = content.comparison
    lists = {one.id: one.title for one in content.access_lists}
    sites, shared = with_shared_lists(
        tuple(
            site_view(one, place=place, lang=lang, lists=lists)
            for place, one in enumerate(listed)
        ),
        lang,
    )
    return Page(
        heading=heading(content.about, lang),
        title=visible(content.title),
        facts=facts(content, lang),
        notices=tuple(visible(one) for one in content.notices),
        summary=summary(said, lang) + overrule_summary(content, lang),
        left_out=_left_out(len(listed), len(content.sites), lang),
        counts=said,
        sites=sites,
        shared=shared,
        layers=layer_views(content, lang),
        access_lists=table_view(lists_table(content, lang), lang),
        rules=table_view(rules_table(content, lang), lang),
        issues=table_view(issues_table(content, lang), lang, most=MOST_ISSUES),
        settings=table_view(settings_table(content, lang), lang),
        overrides=table_view(overrides_table(content, lang), lang)
        if content.overrulings is not None
        else None,
        comparison=table_view(
            comparison_by_site(compared, lang), lang, most=MOST_CHANGES
        )
        if compared
        else None,
        compared=comparison_summary(compared, lang) if compared else "",
        method=method(lang),
        inputs=pairs_of(content.inputs),
        versions=pairs_of(content.versions),
        legend=drawn.kinds,
        colours={str(one): colour for one, colour in OUTCOME_COLOUR.items()},
        drawn=drawn.bounds is not None,
        map_notes=map_notes(drawn, fine, lang, based=content.base_map is not None),
        map_data=map_data(drawn, fine, lang),
        tiles=fine,
        say=partial(_say, lang),
    )


def _say(lang: Lang, key: str, **facts: str | float) -> str:
    """Return a sentence; the template names the key first."""
    return say(key, lang, **facts)


def method(lang: Lang) -> tuple[str, ...]:
    """Return how was measured and judged, a sentence each."""
    keys = ("area", "distance", "frame", "boundary", "unknown", "law")
    return tuple(say(f"method.{key}", lang) for key in keys)


def facts(content: ReviewContent, lang: Lang) -> tuple[tuple[str, str], ...]:
    """Return day, region, number of sites and run id as label and text."""
    region = visible(content.region) if content.region else say("no_region", lang)
    return (
        (say("on", lang), content.on.isoformat()),
        (say("region", lang), region),
        (say("site_count", lang), str(len(content.sites))),
        (say("run_id", lang), content.run_id),
    )


def counts(content: ReviewContent, lang: Lang) -> tuple[OutcomeCount, ...]:
    """Return how many sites have each outcome, the most severe first."""
    said = [one.outcome for one in content.sites]
    return tuple(
        OutcomeCount(
            outcome,
            say(f"outcome.{outcome}", lang),
            OUTCOME_SIGN[outcome],
            say(f"meaning.{outcome}", lang),
            said.count(outcome),
        )
        for outcome in OUTCOMES
    )


def summary(counts: tuple[OutcomeCount, ...], lang: Lang) -> str:
    """Return the counts as a sentence."""
    total = sum(one.count for one in counts)
    if not total:
        return say("summary.none", lang)
    parts = say("summary.join", lang).join(
        say("summary.part", lang, outcome=one.label, count=one.count)
        for one in counts
        if one.count
    )
    return say("summary", lang, total=total, parts=parts)


def _left_out(listed: int, total: int, lang: Lang) -> str:
    """Return that the page does not list every site, "" when it does."""
    if listed == total:
        return ""
    return say("summary.left_out", lang, listed=listed, total=total)


def layer_views(content: ReviewContent, lang: Lang) -> tuple[LayerView, ...]:
    """Return the layers; a notice that all share stands at the head of the page."""
    notices = {one.layer.notice for one in content.layers if one.layer}
    views = tuple(_layer(one, lang) for one in content.sources)
    if len(notices) > 1:
        return views
    return tuple(dataclasses.replace(one, notice="") for one in views)


def _layer(record: LayerRecord, lang: Lang) -> LayerView:
    dash = say("none", lang)
    remarks = tuple(sentence(one, lang) for one in record.remarks)
    head = (visible(record.id), pick(record.title, lang), record.status)
    status = say(f"layer_status.{record.status}", lang)
    if record.layer is None:
        return LayerView(*head, status, remarks, *(dash,) * 7, "")
    layer, read = record.layer, record.layer.provenance
    if layer.none_exists:
        stated = say("layer_none_exists", lang, who=visible(layer.none_exists))
        remarks = (*remarks, stated)
    coverage = layer.coverage.stated if layer.coverage else None
    counts = (read.rows_in_file, read.rows_kept, read.rows_quarantined)
    return LayerView(
        *head,
        status,
        remarks,
        source=visible(read.source),
        edition=visible(read.edition or dash),
        valid=period(str(read.valid), lang),
        coverage=visible(coverage or _no_coverage(layer, lang)),
        accuracy=number(layer.accuracy_m, 1, lang),
        rows="{:,} = {:,} + {:,}".format(*counts),
        sha256=read.sha256[:SHORT_HASH],
        notice=visible(layer.notice or ""),
    )


def _no_coverage(layer: Layer, lang: Lang) -> str:
    """Say that nobody stated a coverage; sites need none."""
    return say("none" if layer.spec.role == "site" else "layer_no_coverage", lang)


def table_view(table: Table, lang: Lang, most: int | None = None) -> TableView:
    """Return a table as text, of long ones the first rows, which it says."""
    shown = table.rows if most is None else table.rows[:most]
    remark = ""
    if len(shown) < len(table.rows):
        remark = say("truncated", lang, total=len(table.rows), shown=len(shown))
    elif not shown:
        remark = say(f"empty.{table.key}", lang)
    formats = [column.format for column in table.columns]
    return TableView(
        headings=tuple(say(f"column.{one.key}", lang) for one in table.columns),
        marks=tuple(map(_mark, table.columns)),
        rows=tuple(
            tuple(map(partial(_cell, lang=lang), row, formats)) for row in shown
        ),
        remark=remark,
    )


def _mark(column: Column) -> str:
    """Return how a column is marked for the style sheet; "" for running text."""
    if column.format in _DECIMALS:
        return "num"
    return _MARKS.get(column.key, "")


def _cell(cell: Cell, form: Format, *, lang: Lang) -> str:
    if form in _DECIMALS and isinstance(cell, int | float):
        return number(float(cell), _DECIMALS[form], lang)
    return value_text(cell, lang)


def pairs_of(named: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return names and texts in order of the names."""
    return tuple((visible(name), visible(text)) for name, text in sorted(named.items()))
