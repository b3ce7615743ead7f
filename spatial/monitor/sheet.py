"""The sheet of a clue: one page of A4 for those who drive out.

Before and after, where it is, which clause in its own words, what approvals say, and
lines for what is found there. The picture gives way where there are many words.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spatial.monitor import views
from spatial.monitor.clues import REQUIRED
from spatial.report.blocks import (
    Blanks,
    Block,
    Figure,
    Heading,
    Pairs,
    Paragraph,
    Span,
)
from spatial.report.fit import PAGE_MM, height_mm, lines_of, png_size
from spatial.report.paper_site import citation_quote, labelled, outcome_span
from spatial.report.words import hectares, number, percent, say
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spatial.monitor.views import Clue
    from spatial.report.content import SiteRecord
    from spatial.report.site_page import FindingView, SiteView
    from spatial.text import Lang, Message

WIDEST_MM, NARROWEST_MM = 140.0, 42.0
"""Of the picture."""
_SPARE_MM = 3.0
_ZONE_LINES = 2
_FACT_MM, _FACT_SIGN_MM = 123.0, 3.18
_TRIES = ((2, 2, True), (1, 2, True), (1, 1, True), (1, 2, False))
"""Lines of a long fact, empty lines, whether the clause is quoted: the first that fits.
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A clue with what the rules say of it.

    Attributes
    ----------
    clue
        In words.
    record, site
        What the rules say of it, as data and as printed.
    clauses
        Each clause once, with the zones in which it holds; the deciding one first.
    rank, count
        Its place among all clues, from 1, and how many there are.
    picture
        PNG of before and after; None where there is none.
    caption
        What the picture shows.
    """

    clue: Clue
    record: SiteRecord
    site: SiteView
    clauses: tuple[tuple[FindingView, str], ...]
    rank: int
    count: int
    picture: bytes | None
    caption: str

    @property
    def deciding(self) -> FindingView | None:
        """The clause that decides; None where a lack does."""
        outcome = self.record.outcome
        return next((one for one, _ in self.clauses if one.outcome == outcome), None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet.

    Attributes
    ----------
    blocks
        What stands on it.
    unquoted
        The clause that decides, where it is too long for the sheet: it has to stand
        whole elsewhere. None: it is quoted, or there is none.
    """

    blocks: tuple[Block, ...]
    unquoted: FindingView | None


def sheet_of(
    told: Told,
    notice: Message,
    lang: Lang,
    *,
    above_mm: float = 0.0,
    alone: bool = False,
) -> Sheet:
    """Return the sheet of a clue.

    Parameters
    ----------
    told
        The clue.
    notice
        What is to be printed with every clue: that it is one and no more.
    lang
        Language of the words; quotes stay as they are.
    above_mm
        Height of what stands above it on the page.
    alone
        Whether the document is this sheet alone, and has the clue in its title.

    Returns
    -------
    Sheet
        It fills one page of A4 at most, in Word as in PDF (see `spatial.report.fit`).
        A fact of many words is cut and says so; coordinates and areas never are. A
        clause is quoted whole or, where it is too long, named and not quoted.
    """
    before = _opening(told, notice, lang, alone=alone)
    picture = _figure(told)
    after: tuple[Block, ...] = ()
    quoted, left = True, 0.0
    for lines, empty, quoted in _TRIES:
        law = _law(told, lang, quoted=quoted)
        after = (*_facts(told, lang, lines), *law, *_field(lang, empty))
        left = PAGE_MM - _SPARE_MM - above_mm - height_mm((*before, *picture, *after))
        if left >= 0.0:
            break
    return Sheet(
        (*before, *(_widened(one, left) for one in picture), *after),
        None if quoted else told.deciding,
    )


def _figure(told: Told) -> tuple[Figure, ...]:
    """Return the picture as small as it may be; nothing where there is none."""
    if told.picture is None:
        return ()
    caption = told.caption
    return (Figure(told.picture, caption, caption, NARROWEST_MM, fills=True),)


def _widened(figure: Figure, left_mm: float) -> Figure:
    """Return a picture that is taller by what is left of the page."""
    wide, high = png_size(figure.png)
    width = NARROWEST_MM + max(0.0, left_mm) * wide / high
    return replace(figure, width_mm=round(min(WIDEST_MM, width), 1))


def _opening(
    told: Told, notice: Message, lang: Lang, *, alone: bool
) -> tuple[Block, ...]:
    """Return what it is, how urgent, and that it is a clue alone."""
    clue, site = told.clue, told.site
    outcome = outcome_span(site.sign, site.label, told.record.outcome)
    notice_line = Paragraph(Span(TEXTS.render(notice, lang), "warning"))
    if alone:  # its id is in the title then
        return (Paragraph(outcome, "lead"), notice_line)
    return (Heading((clue.patch_id, "  ", outcome), 2), notice_line)


def _facts(told: Told, lang: Lang, lines: int) -> tuple[Block, ...]:
    """Return what is known of a clue, in the order in which it is asked for."""
    clue, join = told.clue, say("value_join", lang)
    row = clue.row
    first = told.deciding
    more = dict.fromkeys(
        f"{one.rule} {one.label}" for one, _ in told.clauses if one is not first
    )
    asked = [one.question for one in told.site.asked]
    rank = say(
        "monitor.sheet.rank",
        lang,
        rank=told.rank,
        count=told.count,
        score=number(float(row["score"]), 1, lang),
    )
    where = join.join(filter(None, (clue.county, clue.near)))
    pairs: list[tuple[str, str]] = [
        ("column.zones", shortened(_zones(clue, lang), lang, _ZONE_LINES)),
        ("column.permit_state", shortened(clue.permit, lang, lines)),
        ("column.area", _area(float(row["area_m2"]), lang)),
        ("monitor.sheet.lonlat", views.lonlat_text(row)),
        ("monitor.sheet.plane", views.plane_text(row, lang)),
        ("monitor.sheet.where", shortened(where, lang, lines)),
        ("column.kind_guess", shortened(_guess(told, lang), lang, lines)),
        ("monitor.score", rank),
        ("monitor.sheet.more", shortened(join.join(more), lang, lines)),
        (
            "details.unknowns",
            shortened(told.site.deciding if first is None else "", lang, lines),
        ),
        ("column.unchecked", shortened(clue.unchecked, lang, lines)),
        ("monitor.sheet.asked", shortened(" ".join(asked), lang, lines)),
    ]
    return (Pairs(tuple((say(key, lang), text) for key, text in pairs if text)),)


def _zones(clue: Clue, lang: Lang) -> str:
    """Return the zones, those that forbid most first: the end may be cut."""
    order = sorted(clue.row["zones"], key=lambda one: _rank(one[0]))
    return views.zones_text(tuple(order), lang)


def _rank(kind: str) -> int:
    """Return where a kind of zone stands: control units tile a county and come last."""
    if kind in REQUIRED:
        return REQUIRED.index(kind)
    return len(REQUIRED) + (kind == "control_unit")


def _area(area_m2: float, lang: Lang) -> str:
    square = say("unit.m2", lang, value=number(area_m2, 2, lang))
    return f"{square} = {hectares(area_m2, lang)}"


def _guess(told: Told, lang: Lang) -> str:
    """Return what it may be, and how sure it is that something changed."""
    sure = percent(float(told.clue.row["confidence"]), lang)
    detected = labelled(say("monitor.confidence", lang), sure, lang)
    return f"{told.clue.guess}  {detected}"


def _law(told: Told, lang: Lang, *, quoted: bool) -> tuple[Block, ...]:
    """Return the clause that decides in its words; nothing where a lack does."""
    one = told.deciding
    if one is None:
        return ()
    title = Paragraph(f"{one.rule} · {one.rule_title}", "title")
    said = one.citation
    if quoted:
        return (title, citation_quote(said, lang, short=True))
    long = say("monitor.sheet.long_clause", lang, count=len(said.quote))
    named = f"{said.document}  {said.edition}  {said.status_text}"
    return (title, Paragraph(f"{shortened(named, lang, 1)}  {long}"))


def _field(lang: Lang, empty: int) -> tuple[Block, ...]:
    """Return the lines that are filled in on the ground."""
    keys = ("field_who", "field_date", "field_sign", "field_second", "field_found")
    head = labelled(say("monitor.field", lang), "", lang)
    return (
        Paragraph((Span(head, "strong"), say("monitor.sheet.boxes", lang))),
        Blanks(tuple(say(f"monitor.{one}", lang) for one in keys), rows=empty),
    )


def shortened(text: str, lang: Lang, lines: int) -> str:
    """Return a text as it is, or as much as fits and where the rest is.

    Parameters
    ----------
    text
        In one line.
    lang
        Of the words that say so.
    lines
        In the column of facts, as `spatial.report.fit.lines_of` counts them.
    """
    if _fits(text, lines):
        return text
    rest = say("monitor.sheet.cut", lang)
    lengths = range(1, len(text) + 1)
    most = bisect_left(
        lengths, x=True, key=lambda length: not _fits(text[:length] + rest, lines)
    )
    return text[:most] + rest


def _fits(text: str, lines: int) -> bool:
    return lines_of(text, _FACT_MM, _FACT_SIGN_MM) <= lines


def clause_blocks(clauses: Iterable[FindingView], lang: Lang) -> tuple[Block, ...]:
    """Return clauses in their own words, each below its title."""
    return tuple(
        block
        for one in clauses
        for block in (
            Paragraph(f"{one.rule} · {one.rule_title}", "title"),
            citation_quote(one.citation, lang),
        )
    )
