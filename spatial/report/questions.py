"""What to ask the applicant: one question an attribute, with the rules that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from layers.spec import spec
from layers.text import message
from spatial.policy.judge import could_change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.spec import FieldSpec
    from layers.text import Message
    from spatial.finding import Said, Unknown
    from spatial.report.content import SiteRecord

_MOST_CHOICES = 6  # more would not be one sentence


@dataclass(frozen=True, slots=True)
class Question:
    """An attribute that the applicant has not stated, or not clearly enough.

    Attributes
    ----------
    attribute
        Its canonical name.
    sentence
        What to ask.
    rules
        Ids of the rules that wait for the answer, each once, in reading order.
    could_change
        Whether an answer could make the site's outcome another one: not beside a
        certain prohibition, and not where it could only repeat a restriction.
    """

    attribute: str
    sentence: Message
    rules: tuple[str, ...]
    could_change: bool


def questions(site: SiteRecord) -> tuple[Question, ...]:
    """Return what to ask of a site's project.

    Parameters
    ----------
    site
        Its unknowns of kind ``attribute_missing`` are the questions; what leaves a
        mere advice open is not asked.

    Returns
    -------
    tuple of Question
        Those that could change the outcome first; then in the order of the
        catalogue. Empty when nothing is to be asked.
    """
    certain = frozenset(one.outcome for one in site.findings)
    waiting: dict[str, list[Unknown]] = {}
    for lack in site.unknowns:
        if lack.kind == "attribute_missing" and not lack.is_advice:
            waiting.setdefault(lack.what, []).append(lack)
    order = _order()
    asked = [
        Question(
            attribute,
            asking(attribute),
            tuple(dict.fromkeys(one.rule for one in lacks)),
            any(could_change(one, certain) for one in lacks),
        )
        for attribute, lacks in waiting.items()
    ]
    last = len(order)
    return tuple(
        sorted(asked, key=lambda q: (not q.could_change, order.get(q.attribute, last)))
    )


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """Returns `questions` of the sites of a review, found once for those alike.

    Sites with the same unknowns (the same object, as the judge gives them) and the same
    outcomes share one tuple.
    """

    _asked: dict[
        tuple[int, frozenset[Said]], tuple[tuple[Unknown, ...], tuple[Question, ...]]
    ] = field(default_factory=dict, init=False, repr=False)

    def __call__(self, site: SiteRecord) -> tuple[Question, ...]:
        """Return what to ask of a site's project."""
        key = id(site.unknowns), frozenset(one.outcome for one in site.findings)
        if key not in self._asked:
            # The unknowns are kept, so that their identity stays their own.
            self._asked[key] = site.unknowns, questions(site)
        return self._asked[key][1]


@cache
def _order() -> Mapping[str, int]:
    """Return the place of each attribute in the catalogue."""
    return {one.name: at for at, one in enumerate(spec("project_site").fields)}


@cache
def asking(attribute: str) -> Message:
    """Return the question for an attribute: its own, or one made from its title.

    Raises
    ------
    UnknownKindError
        There is no such attribute.
    """
    field = spec("project_site").field(attribute)
    if field.question:
        return message("question.own", question=field.question)
    if field.titles and len(field.titles) <= _MOST_CHOICES:
        choices = {
            lang: join.join(one[lang] for one in field.titles.values())
            for lang, join in (("zh", "、"), ("en", ", "))
        }
        return message("question.choice", attribute=field.title, choices=choices)
    return message(f"question.{_sort(field)}", attribute=field.title)


def _sort(field: FieldSpec) -> str:
    """Return which sentence asks for a field: the last part of the text's key."""
    return field.type if field.type in ("flag", "number", "date", "codes") else "text"
