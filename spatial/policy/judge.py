"""The judge: rules against the shelf, every site at once.

Loops run over rules, provisions and hits; never over all sites and all rules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from spatial.finding import OUTCOMES
from spatial.lacks import Lacks, SharedLacks
from spatial.policy import territory
from spatial.policy.condition import FALSE, TRUE, UNKNOWN, evaluated
from spatial.policy.desk import Desk
from spatial.policy.explain import Held, attribute_missing, findings, period_ended
from spatial.policy.place import setting_missing, unknowns
from spatial.policy.where import locate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from spatial.finding import Finding, Outcome, Said, Unknown
    from spatial.policy import model
    from spatial.policy.condition import Evaluated, Mask
    from spatial.policy.place import Place
    from spatial.shelf import Shelf

Progress: TypeAlias = "Callable[[int, int], None]"
"""Is told how many rules of how many are done."""

Status = Literal["in_force", "period_ended", "not_in_force", "elsewhere"]


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """A rule and what became of it.

    Attributes
    ----------
    rule, rulebook
        The rule, and the id of the rulebook it stands in.
    edition
        The one that counts on the day; None when none does.
    status
        ``in_force``; ``period_ended`` (a plan whose period is over: where it would
        apply, its successor is to be confirmed); ``not_in_force`` (not yet valid, or
        repealed); ``elsewhere`` (its territory is not the office's).
    """

    rule: model.Rule
    rulebook: str
    edition: model.Edition | None
    status: Status


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that rules say of all sites.

    Attributes
    ----------
    findings, unknowns
        By site; within a site in the order of the rulebooks, their rules and
        provisions, then of the zones.
    rules
        Every rule that was heard, in the order of the rulebooks.
    about
        What was judged: ``project`` hears the rules on projects alone, ``activity``
        hears the rules on activities as well.
    """

    findings: tuple[Finding, ...]
    unknowns: SharedLacks
    rules: tuple[JudgedRule, ...]
    about: model.About = "project"


def judge(
    shelf: Shelf,
    rulebooks: Sequence[model.Rulebook],
    *,
    about: model.About = "project",
    progress: Progress | None = None,
) -> Judgement:
    """Judge every site of a shelf by the rules of some rulebooks.

    Parameters
    ----------
    shelf
        Sites, layers and settings on the day that counts.
    rulebooks
        In the order in which their rules are to be reported.
    about
        What the sites are, to be built or there already; `model.Rule.heard` says
        which provisions count. A rule of which nothing is heard is not reported.
    progress
        Called after each rule with the count of those done and of all; what it
        raises ends the work.

    Returns
    -------
    Judgement
        Findings and unknowns. A site without either has nothing against it in these
        rules, and nothing was left open by them.

    Raises
    ------
    InputRefusedError
        A setting is of the wrong type for the rule that asks for it.
    """
    found: list[Finding] = []
    open_: list[Lacks] = []
    judged: list[JudgedRule] = []
    desk = Desk(shelf)
    places: dict[tuple[str, ...], Place | None] = {}
    every = [(book, rule) for book in rulebooks for rule in book.rules]
    for done, (book, rule) in enumerate(every, start=1):
        edition, status = edition_on(rule, book, on=shelf.on)
        if edition is not None and rule.territory not in places:
            places[rule.territory] = territory.applies(rule.territory, desk)
        where = places[rule.territory] if edition is not None else None
        if edition is not None and where is None:
            status = "elsewhere"
        last = edition or rule.editions[-1]
        heard = rule.heard(last, about)
        if heard or rule.about == about:
            judged.append(JudgedRule(rule, book.id, edition, status))
        if edition is not None and where is not None:
            bench = _Bench(desk, book, rule, edition, heard, status, where)
            for applies, lacks in bench.hear():
                found += applies
                open_ += lacks
        if progress is not None:
            progress(done, len(every))
    return Judgement(
        tuple(sorted(found, key=lambda one: one.site)),
        SharedLacks.of(open_, len(shelf.sites), once=True),
        tuple(judged),
        about,
    )


def edition_on(
    rule: model.Rule, book: model.Rulebook, *, on: dt.date
) -> tuple[model.Edition | None, Status]:
    """Return the edition of a rule that counts on a day.

    Parameters
    ----------
    rule
        A rule of `book`.
    book
        Its documents say what is a plan.
    on
        The day.

    Returns
    -------
    edition, status
        The valid edition; or the last one with ``period_ended`` when it cites a plan
        whose period is over; or None with ``not_in_force``.
    """
    begun = [one for one in rule.editions if _start(one) <= on]
    if not begun:
        return None, "not_in_force"
    last = max(begun, key=_start)
    document = book.documents[last.citation.document]
    ends = [end for end in (last.valid.end, document.period.end) if end is not None]
    if document.kind == "plan" and any(end < on for end in ends):
        return last, "period_ended"
    return (last, "in_force") if on in last.valid else (None, "not_in_force")


def _start(edition: model.Edition) -> dt.date:
    """Return the first day of an edition; one without a date never began later."""
    return edition.valid.start or dt.date.min


def outcome_of(found: Iterable[Finding], open_: Iterable[Unknown]) -> Outcome:
    """Return the outcome of one site: the most severe of all that is said of it.

    An advice, and what leaves it open, says nothing for or against a site. Neither
    does an attribute that is missing where the answer could only repeat what a
    finding says already (see `could_change`).
    """
    certain = frozenset(one.outcome for one in found)
    said = certain | {one.outcome for one in open_ if could_change(one, certain)}
    return next((one for one in OUTCOMES if one in said), "clear")


def could_change(lack: Unknown, certain: frozenset[Said]) -> bool:
    """Whether what is lacking could make a site's outcome another one.

    Parameters
    ----------
    lack
        Something unknown of the site.
    certain
        The outcomes of the site's findings.

    Returns
    -------
    bool
        False for an advice, and for anything beside a prohibition. False for an
        attribute of which a restriction alone depends, where the site is restricted
        already. True for every lack of a layer, a zone's field or a setting.
    """
    if lack.is_advice or "prohibited" in certain:
        return False
    repeats = lack.at_most == "restricted" and "restricted" in certain
    return not (lack.kind == "attribute_missing" and repeats)


@dataclass(frozen=True, slots=True)
class _Bench:
    """One rule before the judge."""

    desk: Desk
    book: model.Rulebook
    rule: model.Rule
    edition: model.Edition
    heard: Mapping[int, model.Provision]
    status: Status
    territory: Place = field(repr=False)

    def hear(self) -> Iterator[tuple[list[Finding], list[Lacks]]]:
        """Yield what each provision says of the sites."""
        for number, provision in self.heard.items():
            found, lacks = self._provision(provision, number)
            open_ = [
                one.of_rule(self.rule.id, is_advice=provision.is_advice)
                for one in lacks
            ]
            yield found, open_

    def _provision(
        self, provision: model.Provision, number: int
    ) -> tuple[list[Finding], list[Lacks]]:
        subject = evaluated(provision.subject, self.desk.sites)
        relief = self._relief(provision)
        concerned = np.minimum(self.territory.truth, subject.truth)
        free = [i for i, one in enumerate(provision.relief) if one.effect == "clear"]
        concerned = np.where(np.isin(relief, free), np.int8(FALSE), concerned)
        if not (concerned != FALSE).any():
            return [], []
        place = locate(provision.where, self.desk)
        truth = np.minimum(concerned, place.truth)
        lacks = [
            *self._open(provision, subject, place, sites=truth == UNKNOWN),
            place.always.where(concerned != FALSE),
        ]
        if self.status == "period_ended":
            return [], [*lacks, self._ended(truth == TRUE)]
        held = Held(
            rule=self.rule.id,
            edition=str(self.edition.valid),
            number=number,
            provision=provision,
            subject=subject,
            place=place,
            relief=relief,
            sites=truth == TRUE,
        )
        return list(findings(held, self.desk)), lacks

    def _relief(self, provision: model.Provision) -> np.ndarray:
        """Return the position of the first relief that certainly holds, else -1."""
        which = np.full(len(self.desk.sites), -1)
        for position, relief in enumerate(provision.relief):
            holds = evaluated(relief.when, self.desk.sites).truth == TRUE
            which[(which == -1) & holds] = position
        return which

    def _open(
        self,
        provision: model.Provision,
        subject: Evaluated,
        place: Place,
        *,
        sites: Mask,
    ) -> Iterator[Lacks]:
        """Yield why the provision is undecided, for the sites where it is."""
        if not sites.any():
            return
        may_say = {provision.effect, *(one.effect for one in provision.relief)}
        mild = self.status == "in_force" and may_say <= {"restricted", "clear"}
        for lack, rows in subject.missing.items():
            say = attribute_missing if lack.sort == "field" else setting_missing
            asked = Lacks.at(np.flatnonzero(rows & sites), say(lack.name))
            yield asked.at_most("restricted") if mild else asked
        for one in (self.territory, place):
            yield from unknowns(one, sites & (one.truth == UNKNOWN), self.desk)

    def _ended(self, sites: Mask) -> Lacks:
        """Return that the plan is over, for the sites where it would apply."""
        document = self.book.documents[self.edition.citation.document]
        until = str(document.period.end or self.edition.valid.end)
        return Lacks.at(np.flatnonzero(sites), period_ended(document, until))
