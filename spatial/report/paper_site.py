"""One site as blocks of a printed document: what stands in its part of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spatial.report.blocks import (
    Block,
    Heading,
    Items,
    Pairs,
    Paragraph,
    Quote,
    Span,
)
from spatial.report.paper_units import help_blocks, unit_blocks
from spatial.report.paper_zones import zone_blocks
from spatial.report.site_page import site_view
from spatial.report.words import (
    flips,
    say,
    visible,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spatial.report.blocks import Figure, Text
    from spatial.report.content import SiteRecord
    from spatial.report.site_page import (
        CitationView,
        FindingView,
        QuestionView,
        SiteView,
    )
    from spatial.text import Lang


def outcome_span(sign: str, label: str, outcome: str) -> Span:
    """Return the word of an outcome with its sign, in its colour."""
    return Span(f"{sign} {label}", outcome=outcome)  # type: ignore[arg-type]


def named(view: SiteView) -> str:
    """Return a site as it is called: id, then name."""
    return " ".join(filter(None, (view.site_id, view.name)))


def labelled(label: str, text: str, lang: Lang) -> str:
    """Return a label and what it is of, with the colon of the language."""
    return say("print.labelled", lang, label=label, text=text)


def first_page(
    site: SiteRecord,
    lang: Lang,
    lists: dict[str, str],
    *,
    checked: str,
) -> Iterator[Block]:
    """Yield what is enough to decide on a site that the report is about alone.

    Outcome and what it means, the clause or lack that decides, what is unknown and
    asked, how stable it is, what was `checked`; the deciding clause in its own words;
    zones.
    """
    view = site_view(site, place=0, lang=lang, lists=lists)
    label = outcome_span(view.sign, view.label, site.outcome)
    yield Paragraph((labelled(named(view), "", lang), label), "lead")
    open_ = _grouped(site, view, lang)
    asked = tuple(one.question for one in view.asked)
    facts: list[tuple[Text, Text]] = [
        (say("column.deciding", lang), Span(view.deciding, "strong")),
        (_size_label(site, lang), " = ".join(filter(None, (view.area, view.size)))),
        (say("column.stable", lang), _stable(site, view, lang)),
        (say("print.checked", lang), checked),
        (say("details.unknowns", lang), _brief([why for why, _ in open_], lang)),
        (say("details.asked", lang), _brief(asked, lang)),
    ]
    if view.overrides:
        facts.insert(0, (say("overruled.title", lang), "\n".join(view.overrides)))
    if not site.is_overruled:  # what an outcome means is said of the machine's
        meaning = say(f"meaning.{site.outcome}", lang)
        facts.insert(0, (say("print.meaning", lang), meaning))
    yield Pairs(tuple(facts))
    for record, one in zip(site.findings, view.findings, strict=True):
        if record.outcome == site.outcome and record.overruling is None:
            yield citation_quote(one.citation, lang)
            break
    yield Paragraph(say("summary.promise", lang), "remark")
    yield from zone_blocks(site, view, lang)


def site_blocks(
    site: SiteRecord,
    lang: Lang,
    lists: dict[str, str],
    *,
    figure: Figure | None = None,
    alone: bool = False,
) -> Iterator[Block]:
    """Yield the part of a site.

    Parameters
    ----------
    site
        The site.
    lang
        Language.
    lists
        What the access lists are called, by id.
    figure
        Map of the site; None: none.
    alone
        Whether the report is about this site alone: what `first_page` yields and the
        map are left out here then.

    Yields
    ------
    Block
        Facts, map, questions, zones, clauses, what is open, control units, approvals,
        help; parts without content are left out.
    """
    view = site_view(site, place=0, lang=lang, lists=lists)
    if not alone:
        yield from _opening(view, lang)
    yield _head("details.facts", lang)
    yield Pairs(_facts(view, lang))
    if not view.located:
        yield Paragraph(say("details.no_geometry", lang), "remark")
    if not alone:
        if figure is not None:
            yield figure
        if site.overlaps:
            yield _head("details.overlaps", lang)
        yield from zone_blocks(site, view, lang)
    yield from _clauses(view, lang)
    yield from _open(site, view, lang)
    if view.units is not None:
        yield from unit_blocks(view.units, lang)
    yield from _approvals(view, lang)
    if view.help is not None:
        yield from help_blocks(view.help, lang)


def _opening(view: SiteView, lang: Lang) -> Iterator[Block]:
    """Yield the heading of a site among others, with its outcome and why."""
    yield Heading(named(view), 2)
    label = outcome_span(view.sign, view.label, view.outcome)
    why = view.deciding
    yield Paragraph((label, "" if why == say("none", lang) else f"  {why}"))
    for text in view.overrides:
        told = labelled(say("overruled.title", lang), text, lang)
        yield Paragraph(told, "notice")


def _clauses(view: SiteView, lang: Lang) -> Iterator[Block]:
    yield _head("details.findings", lang)
    if not view.findings:
        yield Paragraph(say("details.no_findings", lang))
    for one in view.findings:
        yield from _finding(one, lang)


def _approvals(view: SiteView, lang: Lang) -> Iterator[Block]:
    if view.approvals:
        yield _head("permit.title", lang)
        yield Pairs(view.approvals)
    if len(view.approvals) > 1:
        yield Paragraph(say("permit.remark", lang), "remark")


def _head(key: str, lang: Lang) -> Heading:
    return Heading(say(key, lang), 3)


def _facts(view: SiteView, lang: Lang) -> tuple[tuple[Text, Text], ...]:
    """Return the facts of a site; what was answered with no stands in one line.

    An applicant answers some sixty questions, most of them with no.
    """
    no = say("no", lang)
    denied = [label for label, text in view.facts if text == no]
    said = tuple(one for one in view.facts if one[1] != no)
    if not denied:
        return said
    return (*said, (say("print.denied", lang), say("value_join", lang).join(denied)))


def _stable(site: SiteRecord, view: SiteView, lang: Lang) -> Text:
    """Return whether a move of a boundary would change the outcome, and which."""
    long = say(f"stable.{view.stable}.long", lang)
    words = Span(long, "warning" if view.stable == "no" else "plain")
    if site.stability is None:
        return words
    return (words, f"\n{flips(site, lang)}")


def _size_label(site: SiteRecord, lang: Lang) -> str:
    is_line = site.area_m2 is None and site.length_m is not None
    return say("length" if is_line else "column.area", lang)


def _brief(texts: Sequence[str], lang: Lang, most: int = 3) -> str:
    """Return the first of some sentences and how many there are more."""
    if not texts:
        return say("print.nothing", lang)
    more = len(texts) - most
    shown = list(texts[:most])
    if more > 0:
        shown.append(say("print.more", lang, count=more))
    if len(shown) == 1:
        return shown[0]
    return "\n".join(f"· {one}" for one in shown)


def _finding(one: FindingView, lang: Lang) -> Iterator[Block]:
    """Yield a clause that applies: why, in its words, with its numbers."""
    label = outcome_span(one.sign, one.label, one.outcome)
    yield Paragraph((label, f"  {one.rule} · {one.rule_title}"), "title")
    yield citation_quote(one.citation, lang)
    for law in one.reads_with:
        yield Paragraph(say("reads_with", lang), "title")
        yield citation_quote(law, lang)
    pairs: list[tuple[Text, Text]] = [
        (say("column.why", lang), "\n".join(one.because)),
        *one.numbers,
        (say("column.stable", lang), one.stable_text),
    ]
    if one.requires:
        key = "advice" if one.outcome == "advised" else "column.requires"
        pairs.append((say(key, lang), one.requires))
    pairs += [(say("column.relief", lang), text) for text in one.relief]
    pairs += [(say("column.assumptions", lang), text) for text in one.assumptions]
    if one.note:
        pairs.append((say("column.note", lang), one.note))
    if one.overruled:
        told = Span(one.overruled, "warning")
        pairs.append((say("overruled.title", lang), told))
    pairs.append((say("column.finding_id", lang), Span(one.finding_id, "code")))
    yield Pairs(tuple(pairs))


def citation_quote(one: CitationView, lang: Lang, *, short: bool = False) -> Quote:
    """Return a clause in its words, with document, article, edition and validity.

    Parameters
    ----------
    one
        The clause.
    lang
        Language of the words beside it.
    short
        Leave out how the text was verified and where it was found.
    """
    status: str | Span = one.status_text
    if one.status != "in_force":
        status = Span(one.status_text, "warning")
    source: list[str | Span] = [
        Span(one.document, "strong"),
        f"  {say('column.edition', lang)} {one.edition}  ",
        status,
    ]
    if not short:
        source.append(f"  {one.verified}")
    if one.source and not short:
        told = labelled(say("column.source", lang), one.source, lang)
        source.append(f"  {told}")
    return Quote(one.quote, tuple(source))


def _open(site: SiteRecord, view: SiteView, lang: Lang) -> Iterator[Block]:
    """Yield what is to be asked, and what is unknown, one reason once."""
    if view.asked:
        yield _head("details.asked", lang)
        yield Items(
            tuple(
                (one.question, Span(f"  {one.rules} {one.remark}".rstrip(), "small"))
                for one in view.asked
            ),
            ordered=True,
        )
    if view.questions:
        yield _head("details.unknowns", lang)
        yield Items(
            tuple(
                (
                    outcome_span(one.sign, one.kind, one.outcome),
                    f"  {why}",
                    Span(f"  {rules}", "small"),
                )
                for (why, one), rules in _grouped(site, view, lang).items()
            ),
            ordered=True,
        )


def _grouped(
    site: SiteRecord, view: SiteView, lang: Lang
) -> dict[tuple[str, QuestionView], str]:
    """Return each reason once, with the rules it concerns, in the order of reading."""
    order = sorted(site.unknowns, key=lambda one: one.is_advice)  # as in `site_view`
    first: dict[tuple[str, str, str], QuestionView] = {}
    rules: dict[tuple[str, str, str], dict[str, None]] = {}
    for lack, one in zip(order, view.questions, strict=True):
        key = one.outcome, one.kind, one.why
        first.setdefault(key, one)
        rules.setdefault(key, {})[visible(lack.rule)] = None
    return {
        (key[2], view_): _concerned(tuple(rules[key]), lang)
        for key, view_ in first.items()
    }


def _concerned(rules: tuple[str, ...], lang: Lang) -> str:
    if "" in rules:
        return say("details.every_rule", lang)
    return say("details.for_rule", lang, rule=say("value_join", lang).join(rules))
