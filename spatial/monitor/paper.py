"""A monitoring run as a printed document: an overview, and a sheet for each clue.

The first page is enough to decide who drives where: what was found, how much of it is
forbidden or not approved, what was not seen or not checked. Every sheet begins a page
and fills one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from layers.errors import UnknownKindError
from spatial.finding import OUTCOMES
from spatial.monitor import views
from spatial.monitor.page import clauses_once, method_lines
from spatial.monitor.paper_tables import clue_grid, outcome_grid, reason_grid, zone_grid
from spatial.monitor.pictures import colour_name
from spatial.monitor.sheet import Sheet, Told, clause_blocks, sheet_of
from spatial.monitor.tables import image_text, sentence_of
from spatial.report.blocks import (
    Block,
    Document,
    Heading,
    Items,
    PageBreak,
    Pairs,
    Paragraph,
    Span,
)
from spatial.report.fit import height_mm
from spatial.report.page import facts
from spatial.report.paper_site import labelled
from spatial.report.site_page import site_view
from spatial.report.words import say, sentence, visible
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from spatial.monitor.run import Monitoring
    from spatial.report.blocks import Figure
    from spatial.report.content import ReviewContent
    from spatial.text import Lang

MOST_SHEETS = 30
"""Sheets in a document, the most urgent clues first; what is left out is said."""
_TITLE_MM = 23.0  # owner and title of a document


def monitor_document(
    found: Monitoring,
    content: ReviewContent,
    lang: Lang = "zh",
    *,
    pictures: Mapping[str, bytes],
    figure: Figure | None = None,
    most_sheets: int = MOST_SHEETS,
) -> Document:
    """Return a run as a document: overview, then a sheet for each clue.

    Parameters
    ----------
    found
        The run.
    content
        What the rules say of the clues, in the order of the clues.
    lang
        Language of headings and sentences; data and quotes stay as they are.
    pictures
        PNG of before and after, by patch.
    figure
        Map of all clues; None: none.
    most_sheets
        Clues that get a sheet, the most urgent first. The overview says of how many it
        is, and where the others are.

    Returns
    -------
    Document
        The same for the same run. Of a pair that the gate refused: why, and no sheet.
    """
    told = told_clues(found, content, lang, pictures=pictures)[:most_sheets]
    sheets = [sheet_of(one, found.clues.notices[0], lang) for one in told]
    blocks = [
        *_conclusion(found, content, lang),
        *_clues(found, content, lang, figure),
        *_rest(found, lang),
        *_images(found, lang),
        *_full_clauses(sheets, lang),
        *_sheets_said(len(sheets), len(found.table), lang),
    ]
    for sheet in sheets:
        blocks += (PageBreak(), *sheet.blocks)
    return _document(say("monitor.document", lang), content, lang, tuple(blocks))


def clue_document(
    found: Monitoring,
    content: ReviewContent,
    patch_id: str,
    lang: Lang = "zh",
    *,
    pictures: Mapping[str, bytes],
) -> Document:
    """Return the sheet of one clue as a document of one page.

    A clause that is too long for the sheet stands whole on a page after it.

    Parameters
    ----------
    found, content, lang, pictures
        As of `monitor_document`.
    patch_id
        The clue.

    Raises
    ------
    UnknownKindError
        There is no such clue.
    """
    told = told_clues(found, content, lang, pictures=pictures, only=patch_id)
    if not told:
        known = [str(one) for one in found.table.index]
        raise UnknownKindError(what="clue", name=patch_id, known=known)
    notices = tuple(Paragraph(Span(visible(one), "warning")) for one in content.notices)
    above = _TITLE_MM + height_mm(notices)
    notice = found.clues.notices[0]
    sheet = sheet_of(told[0], notice, lang, above_mm=above, alone=True)
    blocks = sheet.blocks
    if sheet.unquoted is not None:
        blocks = (*blocks, PageBreak(), *clause_blocks((sheet.unquoted,), lang))
    title = f"{say('monitor.sheet.title', lang)} {visible(patch_id)}"
    whole = _document(title, content, lang, (*notices, *blocks))
    return replace(whole, subtitle="")  # the page is the sheet's


def _full_clauses(sheets: Sequence[Sheet], lang: Lang) -> Iterator[Block]:
    """Yield the clauses that sheets name and do not quote, each once."""
    long = {
        (one.rule, one.citation.quote): one
        for sheet in sheets
        if (one := sheet.unquoted) is not None
    }
    if long:
        yield Heading(say("monitor.sheet.long_clauses", lang))
        yield from clause_blocks(long.values(), lang)


def _sheets_said(sheets: int, count: int, lang: Lang) -> Iterator[Block]:
    """Yield how many sheets follow, and of how many clues."""
    if sheets:
        key = "all" if sheets == count else "most"
        yield Heading(say("monitor.section.sheets", lang))
        said = say(f"monitor.sheet.{key}", lang, sheets=sheets, count=count)
        yield Paragraph(said)


def _document(
    title: str, content: ReviewContent, lang: Lang, blocks: tuple[Block, ...]
) -> Document:
    whose, on = visible(content.title), content.on.isoformat()
    running = (title, whose, f"{say('on', lang)} {on}", content.run_id)
    return Document(
        title=title,
        subtitle=say("monitor.subtitle", lang),
        owner=whose,
        running="  ·  ".join(running),
        lang=lang,
        on=content.on,
        blocks=blocks,
    )


def told_clues(
    found: Monitoring,
    content: ReviewContent,
    lang: Lang,
    *,
    pictures: Mapping[str, bytes],
    only: str | None = None,
) -> list[Told]:
    """Return the clues as sheets tell them, most urgent first.

    Parameters
    ----------
    found, content, lang, pictures
        As of `monitor_document`.
    only
        The one clue that is wanted; None: all.
    """
    lists = {one.id: one.title for one in content.access_lists}
    aligned = found.pair.aligned
    caption = ""
    if aligned is not None:
        key = f"monitor.sheet.picture_{colour_name(aligned.bands)}"
        days = (str(one.date or "?") for one in (found.before, found.after))
        before, after = days
        caption = say(key, lang, before=before, after=after)
    listed = views.clues(found, lang)
    out = []
    for rank, (clue, record) in enumerate(zip(listed, content.sites, strict=True), 1):
        if only is not None and clue.patch_id != only:
            continue
        site = site_view(record, place=0, lang=lang, lists=lists)
        out.append(
            Told(
                clue=clue,
                record=record,
                site=site,
                clauses=clauses_once(record, site, lang),
                rank=rank,
                count=len(listed),
                picture=pictures.get(clue.patch_id),
                caption=caption,
            )
        )
    return out


def _conclusion(
    found: Monitoring, content: ReviewContent, lang: Lang
) -> Iterator[Block]:
    """Yield what the run is of, and what was found, not seen and not checked."""
    told = [
        (say("monitor.image_before", lang), image_text(found.before, lang)),
        (say("monitor.image_after", lang), image_text(found.after, lang)),
        *facts(content, lang)[:2],
        (say("run_id", lang), content.run_id),
    ]
    yield Pairs(tuple(told))
    notices = (
        *map(visible, content.notices),
        *(TEXTS.render(one, lang) for one in found.clues.notices),
    )
    for one in notices:
        yield Paragraph(one, "notice")
    yield Heading(say("section.conclusion", lang))
    first, *rest = views.summary(found, lang)
    yield Paragraph(visible(first), "lead")
    for one in rest:
        yield Paragraph(Span(visible(one), "warning"))
    status = sentence_of(f"change.status_{found.pair.status}", lang)
    yield Paragraph(labelled(say("monitor.gate", lang), status, lang), "remark")
    if found.scan is None:
        yield from _doubts(found, lang)
        return
    if len(found.table):
        yield outcome_grid(found, OUTCOMES, lang)


def _doubts(found: Monitoring, lang: Lang) -> Iterator[Block]:
    """Yield what the gate says of the pair."""
    if found.pair.doubts:
        yield Items(
            tuple(
                (
                    Span(
                        sentence_of(f"change.severity_{one.severity}", lang), "strong"
                    ),
                    f"  {sentence(one.message, lang)}",
                )
                for one in found.pair.doubts
            )
        )


def _clues(
    found: Monitoring, content: ReviewContent, lang: Lang, figure: Figure | None
) -> Iterator[Block]:
    """Yield the list of the clues, and where they lie."""
    if len(found.table):
        yield Heading(say("monitor.section.clues", lang))
        yield clue_grid(found, content, lang)
    if figure is not None:
        yield figure


def _rest(found: Monitoring, lang: Lang) -> Iterator[Block]:
    """Yield the zones, and why the other patches are no clues."""
    zones = zone_grid(found, lang)
    if zones is not None:
        yield Heading(say("monitor.section.zones", lang))
        yield zones
    reasons = reason_grid(found, lang)
    if reasons is not None:
        yield Heading(say("monitor.section.aside", lang))
        yield reasons


def _images(found: Monitoring, lang: Lang) -> Iterator[Block]:
    """Yield how change was looked for, and what is to be known of the images."""
    if found.scan is None:
        return
    yield Heading(say("monitor.section.images", lang))
    yield from (Paragraph(one) for one in method_lines(found, lang))
    yield from _doubts(found, lang)
