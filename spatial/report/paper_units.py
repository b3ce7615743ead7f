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
    from collections.abc import Iterator, Mapping, Sequence

    from spatial.report.blocks import Text
    from spatial.report.help_view import HelpView
    from spatial.report.unit_page import UnitsView
    from spatial.text import Lang

# Heading of a column, and its part of the width.
_GIVE_UP: Mapping[str, float] = {
    "column.rule": 1.5,
    "column.layer_kind": 1.8,
    "column.zone_name": 2.0,
    "help.to_give_up": 1.6,
    "help.hectares": 2.4,
}
_STRETCHES: Mapping[str, float] = {
    "column.chainage_from_m": 1.5,
    "column.chainage_to_m": 1.5,
    "column.length_m": 1.3,
    "column.outcome": 1.3,
    "column.rule": 1.8,
    "column.zone_name": 2.6,
}


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
        yield _plain_grid("give_up", _GIVE_UP, found.give_up, lang)
    if found.stretches:
        yield _plain_grid("stretches", _STRETCHES, found.stretches, lang)


def _plain_grid(
    title: str,
    columns: Mapping[str, float],
    rows: Sequence[tuple[str, ...]],
    lang: Lang,
) -> Grid:
    heads = (GridColumn(say(key, lang), width) for key, width in columns.items())
    return Grid(say(f"sheet.{title}", lang), tuple(heads), tuple(rows))
