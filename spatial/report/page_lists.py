"""The lists of a page made short: one line a reason, one list for sites that share it.

What is unknown of a site names a clause each time; a reader wants the reason once, with
all its clauses. And of two thousand sites most have the same list: it stands once, and
the script of the page puts it into each site when that is opened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from spatial.report.shared import Lists
from spatial.report.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spatial.report.site_page import AskedView, QuestionView, SiteView
    from spatial.text import Lang

MOST_ROWS = 3_000
"""Lines of all lists together that are printed with each site."""


@dataclass(frozen=True, slots=True)
class SharedList:
    """A list that several sites have.

    Attributes
    ----------
    id
        Its anchor: ``asked-1``, ``unknowns-1`` ...
    title
        What it is, its number, and how many sites have it.
    asked, questions
        Its lines; one of the two is empty.
    """

    id: str
    title: str
    asked: tuple[AskedView, ...] = ()
    questions: tuple[QuestionView, ...] = ()


def grouped(questions: Iterable[QuestionView], lang: Lang) -> tuple[QuestionView, ...]:
    """Return unknowns with the same words as one line, all their clauses behind it.

    In the order of the first of each; a clause that stands twice is named once.
    """
    found: dict[tuple[str, str, str], list[QuestionView]] = {}
    for one in questions:
        found.setdefault((one.outcome, one.kind, one.why), []).append(one)
    return tuple(_one_line(same, lang) for same in found.values())


def _one_line(same: list[QuestionView], lang: Lang) -> QuestionView:
    """Return a line for unknowns that differ in their clauses alone."""
    named = tuple(dict.fromkeys(name for one in same for name in one.rules))
    every = next((one for one in same if not one.rules), None)
    if len(same) == 1 or every is not None:
        return every or same[0]
    rules = say("value_join", lang).join(named)
    return replace(same[0], rules=named, rule=say("details.for_rule", lang, rule=rules))


def with_shared_lists(
    sites: tuple[SiteView, ...], lang: Lang
) -> tuple[tuple[SiteView, ...], tuple[SharedList, ...]]:
    """Return the sites of a page, and the lists that stand once for several of them.

    Parameters
    ----------
    sites
        As `spatial.report.site_page.site_view` makes them.
    lang
        Language of the titles.

    Returns
    -------
    sites, shared
        Up to `MOST_ROWS` lines every site keeps its own lists and nothing is shared.
        Of more, a list that at least two sites have is in `shared`; the sites name it
        in ``asked_list`` or ``questions_list`` and have no lines of their own.
    """
    short = tuple(replace(one, questions=grouped(one.questions, lang)) for one in sites)
    if sum(len(one.asked) + len(one.questions) for one in short) <= MOST_ROWS:
        return short, ()
    asked = Lists.of((one.asked for one in short), lambda row: row)
    unknown = Lists.of((one.questions for one in short), lambda row: row)
    shared = (
        *(
            SharedList(name, title, asked=asked.lists[at])
            for at, name, title in _named("asked", asked, lang)
        ),
        *(
            SharedList(name, title, questions=unknown.lists[at])
            for at, name, title in _named("unknowns", unknown, lang)
        ),
    )
    known = {one.id for one in shared}
    made = []
    for one, a, q in zip(short, asked.which, unknown.which, strict=True):
        asked_list, questions_list = f"asked-{a + 1}", f"unknowns-{q + 1}"
        made.append(
            replace(
                one,
                asked=() if asked_list in known else one.asked,
                asked_list=asked_list if asked_list in known else "",
                questions=() if questions_list in known else one.questions,
                questions_list=questions_list if questions_list in known else "",
            )
        )
    return tuple(made), shared


def _named(
    key: str, lists: Lists[AskedView] | Lists[QuestionView], lang: Lang
) -> list[tuple[int, str, str]]:
    """Return place, anchor and title of each list that several sites have."""
    title = say(f"details.{key}", lang)
    return [
        (
            at,
            f"{key}-{at + 1}",
            say("details.shared", lang, title=title, number=at + 1, count=many),
        )
        for at, (rows, many) in enumerate(zip(lists.lists, lists.sites, strict=True))
        if rows and many > 1
    ]
