"""Control units and help to avoid as blocks of a printed document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.report.blocks import (
    Block,
    Grid,
    GridColumn,
    Heading,
    Pairs,
    Paragraph,
    Span,
)
from spatial.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spatial.report.blocks import Text
    from spatial.report.help_view import HelpView
    from spatial.report.unit_page import UnitsView
    from spatial.text import Lang


def unit_blocks(found: UnitsView, lang: Lang) -> Iterator[Block]:
    """Yield the control units of a site, each with its four dimensions."""
    yield Heading(say("details.units", lang), 3)
    heads = ("dimension", "requirement", "judged", "judged_why")
    columns = tuple(
        GridColumn(say(f"column.{key}", lang), width)
        for key, width in zip(heads, (1.4, 4.0, 1.6, 3.4), strict=True)
    )
    for unit in found.units:
        facts = " · ".join((unit.code, unit.category, unit.size, unit.share))
        yield Paragraph(unit.title, "title")
        yield Paragraph(facts)
        if unit.requirements:
            rows: tuple[tuple[Text, ...], ...] = tuple(
                (
                    one.dimension,
                    (one.text, Span(f"\n{one.source}" if one.source else "", "small")),
                    one.label,
                    one.why,
                )
                for one in unit.requirements
            )
            title = say("print.grid.unit", lang, unit=unit.title)
            yield Grid(title, columns, rows)
    for text in found.remarks:
        yield Paragraph(text, "notice" if found.is_gap else "remark")


def help_blocks(found: HelpView, lang: Lang) -> Iterator[Block]:
    """Yield the help to avoid: a help, and no approval."""
    yield Heading(say("help.title", lang), 3)
    yield Paragraph(Span(say("help.remark", lang), "strong"))
    if found.facts:
        yield Pairs(found.facts)
    if found.give_up:
        keys = ("column.rule", "column.layer_kind", "column.zone_name")
        heads = (*keys, "help.to_give_up", "help.hectares")
        widths = (1.5, 1.8, 2.0, 1.6, 2.4)
        yield _plain_grid("give_up", heads, widths, rows=found.give_up, lang=lang)
    if found.stretches:
        keys = ("chainage_from_m", "chainage_to_m", "length_m")
        heads = tuple(
            f"column.{one}" for one in (*keys, "outcome", "rule", "zone_name")
        )
        widths = (1.5, 1.5, 1.3, 1.3, 1.8, 2.6)
        yield _plain_grid("stretches", heads, widths, rows=found.stretches, lang=lang)


def _plain_grid(
    title: str,
    heads: Sequence[str],
    widths: Sequence[float],
    *,
    rows: Sequence[tuple[str, ...]],
    lang: Lang,
) -> Grid:
    columns = zip(heads, widths, strict=True)
    return Grid(
        say(f"sheet.{title}", lang),
        tuple(GridColumn(say(key, lang), width) for key, width in columns),
        tuple(rows),
    )
