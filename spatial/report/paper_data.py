"""The parts of a printed review that are about data, law and method."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from spatial.report.blocks import (
    Block,
    Grid,
    GridColumn,
    Heading,
    Items,
    Pairs,
    Paragraph,
    Span,
)
from spatial.report.comparison_tables import comparison_by_site, comparison_summary
from spatial.report.override_tables import label_of, target_text
from spatial.report.page import layer_views, method, pairs_of, table_view
from spatial.report.paper_site import labelled
from spatial.report.sheets import issues_table, settings_table
from spatial.report.words import period, pick, say, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from spatial.override.model import Overruling
    from spatial.report.blocks import Text
    from spatial.report.columns import Table
    from spatial.report.content import ReviewContent, RuleRecord, SiteRecord
    from spatial.text import Lang

MOST_ISSUES = 60
MOST_CHANGES = 200
_HIT, _OPEN = "hit", "open"
_OVERRIDES: Mapping[str, float] = {
    "site_id": 1.2,
    "status": 1.4,
    "override_target": 2.2,
    "overruled_outcome": 1.8,
    "override_reason": 3.0,
    "override_name": 2.0,
}
"""Column and its part of the width."""


def data_blocks(content: ReviewContent, lang: Lang, *, alone: bool) -> Iterator[Block]:
    """Yield what was checked and what not, rules, mendings, method and hashes.

    Parameters
    ----------
    content
        The review.
    lang
        Language.
    alone
        Whether it is about one site: rules are told of that site then.
    """
    yield Heading(say("section.layers", lang))
    yield from _layers(content, lang, content.sites[0] if alone else None)
    if alone:
        yield Paragraph(say("print.layers_of_run", lang), "remark")
    yield Heading(say("section.rules", lang))
    yield from _rules(content, lang, alone=alone)
    yield Heading(say("section.issues", lang))
    yield from _issues(content, lang)
    yield Heading(say("section.settings", lang))
    yield from _plain(settings_table(content, lang), (2.4, 3.0, 3.0), lang)
    yield from _changed(content, lang, alone=alone)
    yield Heading(say("section.method", lang))
    yield Items(method(lang))
    yield Paragraph(say("disclaimer", lang), "notice")
    yield Heading(say("section.hashes", lang))
    yield from _hashes(content, lang)


def _plain(
    table: Table, widths: Sequence[float], lang: Lang, *, most: int | None = None
) -> Iterator[Block]:
    """Yield a table of the report as it is, or the sentence that it is empty."""
    view = table_view(table, lang, most)
    if not view.rows:
        yield Paragraph(view.remark or say("print.nothing", lang))
        return
    marks = zip(view.headings, widths, view.marks, strict=True)
    columns = tuple(
        GridColumn(told, width, number=mark == "num") for told, width, mark in marks
    )
    yield Grid(say(f"sheet.{table.key}", lang), columns, view.rows, view.remark)


def _issues(content: ReviewContent, lang: Lang) -> Iterator[Block]:
    """Yield what was found and mended: how grave, in which feature, where."""
    view = table_view(issues_table(content, lang), lang, MOST_ISSUES)
    if not view.rows:
        yield Paragraph(view.remark)
        return
    none = say("none", lang)
    rows: list[tuple[Text, ...]] = []
    for severity, layer, row, feature, told, lon, lat in view.rows:
        where = [one for one in (row, feature) if one != none]
        if lon != none:
            where.append(f"{lon}, {lat}")
        rows.append((severity, layer, "\n".join(where) or none, told))
    columns = (
        GridColumn(say("column.severity", lang), 1.0),
        GridColumn(say("column.layer", lang), 2.2),
        GridColumn(say("print.feature", lang), 2.4),
        GridColumn(say("column.issue", lang), 5.0),
    )
    yield Grid(say("sheet.issues", lang), columns, tuple(rows), view.remark)


def _layers(
    content: ReviewContent, lang: Lang, site: SiteRecord | None
) -> Iterator[Block]:
    """Yield every layer: whether it could be relied on, edition, coverage, rows.

    The records speak of all sites of the run; of a report on one `site` it is said
    where a doubt leaves nothing open there.
    """
    rows: list[tuple[Text, ...]] = []
    views = layer_views(content, lang)
    # what is lacking is a kind, or a field of one: "control_unit.emission_control"
    lacking = {one.what.partition(".")[0] for one in site.unknowns} if site else set()
    lacking.add(content.site_layer.kind)  # a refused row may be this very site
    for record, one in zip(content.sources, views, strict=True):
        fit = one.status in ("used", "not_needed")
        status = Span(one.status_text, "strong" if fit else "warning")
        if site and one.status == "doubtful" and record.kind not in lacking:
            status = Span(say("print.doubt_elsewhere", lang), "strong")
        told = [status, *(Span(f"\n{text}", "small") for text in one.remarks)]
        if one.notice:
            told.append(Span(f"\n{one.notice}", "warning"))
        edition = f"\n{say('column.layer_edition', lang)} {one.edition}"
        rows.append(
            (
                (Span(one.title, "strong"), Span(f"\n{one.id}", "small")),
                tuple(told),
                (one.source, Span(f"{edition}\nSHA-256 {one.sha256}", "small")),
                one.valid,
                one.coverage,
                one.accuracy,
                one.rows,
            )
        )
    heads = ("layer", "status", "source", "valid", "coverage", "accuracy_m", "rows")
    widths = (2.0, 2.8, 2.8, 1.7, 1.5, 1.0, 1.4)
    columns = tuple(
        GridColumn(say(f"column.{key}", lang), width, number=key in heads[-2:])
        for key, width in zip(heads, widths, strict=True)
    )
    yield Grid(say("print.grid.layers", lang), columns, tuple(rows))
    if content.access_lists:
        yield _lists(content, lang)


def _lists(content: ReviewContent, lang: Lang) -> Grid:
    """Return the access lists: of which units, whether they count, edition, rows."""
    none = say("none", lang)
    rows: list[tuple[Text, ...]] = []
    for one in content.access_lists:
        read = one.found.provenance if one.found else None
        status = say(f"list_status.{one.status}", lang)
        counts = (0, 0, 0)
        if read:
            counts = (read.rows_in_file, read.rows_kept, read.rows_quarantined)
        rows.append(
            (
                (Span(one.title, "strong"), Span(f"\n{one.id}", "small")),
                one.layer,
                (status, Span(f"\n{one.reason}" if one.reason else "", "small")),
                f"{read.source}\n{read.edition or none}" if read else none,
                period(str(read.valid), lang) if read else none,
                "{:,} = {:,} + {:,}".format(*counts) if read else none,
            )
        )
    heads = ("list_title", "of_layer", "status", "source", "valid", "rows")
    widths = (2.6, 1.6, 1.6, 2.4, 1.6, 1.6)
    columns = tuple(
        GridColumn(say(f"column.{key}", lang), width, number=key == "rows")
        for key, width in zip(heads, widths, strict=True)
    )
    return Grid(say("lists.title", lang), columns, tuple(rows))


def _rules(content: ReviewContent, lang: Lang, *, alone: bool) -> Iterator[Block]:
    """Yield the rules that apply or are open; of the others how many there are."""
    site = content.sites[0] if alone else None
    # a row of an access list is cited as "list#12", several lists as "a, b"
    hit = {_list(one.finding.rule) for one in site.findings} if site else set[str]()
    lacks = site.unknowns if site else ()
    open_ = {_list(name) for one in lacks for name in one.rule.split(", ")}

    def states(rule: RuleRecord) -> tuple[str, ...]:
        if not alone:
            return (str(rule.sites_hit), str(rule.sites_unknown))
        words = [say(f"print.rule.{_HIT}", lang)] if rule.id in hit else []
        words += [say(f"print.rule.{_OPEN}", lang)] if rule.id in open_ else []
        return (say("value_join", lang).join(words),)

    def concerned(rule: RuleRecord) -> bool:
        if alone:
            return rule.id in hit or rule.id in open_
        return bool(rule.sites_hit or rule.sites_unknown)

    shown = [one for one in content.rules if concerned(one)]
    others = [one for one in content.rules if not concerned(one)]
    if shown:
        keys = ("print.rule.state",) if alone else _COUNTS
        columns = (
            GridColumn(say("column.rule", lang), 1.7),
            GridColumn(say("column.rule_title", lang), 3.6),
            GridColumn(say("column.status", lang), 1.7),
            GridColumn(say("column.edition", lang), 2.2),
            *(GridColumn(say(one, lang), 1.1, number=not alone) for one in keys),
        )
        rows = tuple(
            (
                visible(one.id),
                visible(pick(one.title, lang)),
                say(f"rule_status.{one.status}", lang),
                period(one.edition, lang) if one.edition else say("none", lang),
                *states(one),
            )
            for one in shown
        )
        yield Grid(say("print.grid.rules", lang), columns, rows)
    elsewhere = sum(one.status == "elsewhere" for one in others)
    absent = sum(one.status == "not_in_force" for one in others)
    yield Paragraph(
        say(
            "print.rules",
            lang,
            total=len(content.rules),
            shown=len(shown),
            elsewhere=elsewhere,
            absent=absent,
            rest=len(others) - elsewhere - absent,
        ),
        "remark",
    )


def _list(rule: str) -> str:
    return rule.partition("#")[0]


_COUNTS = ("column.sites_hit", "column.sites_unknown")


def _changed(content: ReviewContent, lang: Lang, *, alone: bool) -> Iterator[Block]:
    """Yield the answers of reviewers, and the comparison with another review.

    Of a report on one site those that concern it.
    """
    ids = {one.site_id for one in content.sites}
    if content.overrulings is not None:
        yield Heading(say("section.overrides", lang))
        yield Paragraph(say("overruled.note", lang), "remark")
        rulings = content.overrulings
        mine = [one for one in rulings if not alone or one.override.site_id in ids]
        yield from _overrides(content, mine, lang)
    if content.comparison is not None:
        yield Heading(say("section.comparison", lang))
        yield Paragraph(comparison_summary(content.comparison, lang))
        compared = content.comparison
        if alone:
            sites = tuple(one for one in compared.sites if one.site_id in ids)
            compared = replace(compared, sites=sites)
        table = comparison_by_site(compared, lang)
        widths = (1.3, 1.8, 1.4, 1.4, 3.2, 2.6)
        yield from _plain(table, widths, lang, most=MOST_CHANGES)


def _overrides(
    content: ReviewContent, rulings: Sequence[Overruling], lang: Lang
) -> Iterator[Block]:
    """Yield every override: who said what instead, why, and whether it counts."""
    sites = {one.site_id: one for one in content.sites}
    none = say("none", lang)
    rows: list[tuple[Text, ...]] = []
    for ruling in rulings:
        one, machine = ruling.override, ruling.machine_outcome
        said = label_of(one.outcome, machine or one.outcome, lang) or none
        instead = f"\n{one.checked_instead}" if one.checked_instead else ""
        paper = f"\n{one.document}" if one.document else ""
        rows.append(
            (
                Span(one.site_id, "strong"),
                say(f"overrule_status.{ruling.status}", lang),
                target_text(one, sites.get(one.site_id), lang),
                said,
                f"{one.reason}{instead}",
                f"{one.name} {one.on.isoformat()}{paper}",
            )
        )
    columns = tuple(
        GridColumn(say(f"column.{key}", lang), width)
        for key, width in _OVERRIDES.items()
    )
    if rows:
        yield Grid(say("sheet.overrides", lang), columns, tuple(rows))
    else:
        yield Paragraph(say("print.nothing", lang))


def _hashes(content: ReviewContent, lang: Lang) -> Iterator[Block]:
    """Yield what went in, with hashes to know it again, and what it was judged with."""
    if content.inputs:
        yield Grid(
            say("hashes.inputs", lang),
            (GridColumn(say("column.input", lang), 2.2), GridColumn("SHA-256", 5.0)),
            tuple((name, Span(one, "code")) for name, one in pairs_of(content.inputs)),
        )
    yield Paragraph(labelled(say("run_id", lang), content.run_id, lang))
    if content.versions:
        yield Paragraph(say("hashes.versions", lang), "title")
        yield Pairs(pairs_of(content.versions))
