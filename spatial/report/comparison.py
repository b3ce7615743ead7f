"""Two reviews side by side: which sites change, by which findings, and what is behind.

Findings are matched by their ids, unknowns by rule, sort and name, sites by id. Areas
and distances are compared as they are printed. Why something changed is told by what
the two reviews rest on: the edition and text of a rule, the layers of a kind, settings,
the sites, an override, the libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from spatial.report.comparison_causes import Cause, Causes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from layers.layer import Setting
    from spatial.finding import Outcome, Said, Unknown
    from spatial.report.content import FindingRecord, ReviewContent, SiteRecord

Sort = Literal["came", "went", "changed"]
Presence = Literal["both", "before", "after"]

_PRINTED = {
    "area_m2": 2,
    "share_of_site": 6,
    "length_m": 3,
    "distance_m": 3,
    "margin_m": 3,
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two reviews.

    Attributes
    ----------
    title, on, run_id
        As `spatial.report.content.ReviewContent` has them.
    rulebooks
        Their ids, in order.
    inputs, settings
        What it rests on.
    """

    title: str
    on: dt.date
    run_id: str
    rulebooks: tuple[str, ...]
    inputs: Mapping[str, str]
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A finding or an unknown that came, went or changed.

    Attributes
    ----------
    sort
        ``came``: in the second review only; ``went``: in the first only; ``changed``.
    finding_id
        None for an unknown.
    rule, what
        The rule ("" for every rule); the zone of a finding (its name, else its id, ""
        without one), sort and name of an unknown: ``layer_missing: wetland``.
    before, after
        What it led to on either side, overrides counted; None where it is not.
    fields
        What changed: name, value before, value after, as printed.
    causes
        What is behind, the nearest first. Empty: nothing that the reviews rest on
        differs in a way that would explain it (a change elsewhere in the same rule).
    """

    sort: Sort
    finding_id: str | None
    rule: str
    what: str
    before: Said | None
    after: Said | None
    fields: tuple[tuple[str, str, str], ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class SiteChange:
    """A site that is not the same on both sides.

    Attributes
    ----------
    presence
        ``both``, or the one side on which it is.
    before, after
        Outcome on either side, overrides counted; None where the site is not.
    machine_before, machine_after
        What the machine said.
    changes
        Of findings, then of unknowns; by rule. Empty for a site on one side only.
    """

    site_id: str
    name: str | None
    presence: Presence
    before: Outcome | None
    after: Outcome | None
    machine_before: Outcome | None
    machine_after: Outcome | None
    changes: tuple[Change, ...]

    @property
    def outcome_changes(self) -> bool:
        """Whether the outcome is another."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two reviews side by side.

    Attributes
    ----------
    before, after
        The two.
    sites
        Sites that differ: those with another outcome first, then by id.
    unchanged
        How many sites are the same on both sides, to the last finding.
    """

    before: Side
    after: Side
    sites: tuple[SiteChange, ...]
    unchanged: int

    @property
    def outcomes(self) -> pd.DataFrame:
        """Sites that differ, index ``site_id``.

        Columns ``name``, ``presence``, ``before``, ``after``, ``changes`` (how many).
        """
        rows = [
            (one.name, one.presence, one.before, one.after, len(one.changes))
            for one in self.sites
        ]
        index = pd.Index([one.site_id for one in self.sites], name="site_id")
        names = ["name", "presence", "before", "after", "changes"]
        table = pd.DataFrame(rows, columns=names, index=index, dtype=object)
        return table.astype({"changes": int})

    @property
    def changes(self) -> pd.DataFrame:
        """One row a finding or unknown that came, went or changed.

        Columns ``site_id``, ``sort``, ``finding_id``, ``rule``, ``what``, ``before``,
        ``after``, ``fields`` (name -> pair of texts), ``causes`` (tuple of `Cause`).
        """
        rows = [
            (
                *(site.site_id, one.sort, one.finding_id, one.rule, one.what),
                *(one.before, one.after),
                {name: (was, now) for name, was, now in one.fields},
                one.causes,
            )
            for site in self.sites
            for one in site.changes
        ]
        names = ["site_id", "sort", "finding_id", "rule", "what", "before", "after"]
        columns = [*names, "fields", "causes"]
        return pd.DataFrame(rows, columns=columns, dtype=object)


def compare(before: ReviewContent, after: ReviewContent) -> Comparison:
    """Compare two reviews.

    Parameters
    ----------
    before, after
        Of the same sites, or not: a site that is on one side only is listed.

    Returns
    -------
    Comparison
        The same two reviews give the same, whatever the order of their sites.
    """
    causes = Causes(before, after)
    old = {one.site_id: one for one in before.sites}
    new = {one.site_id: one for one in after.sites}
    told = [
        _site(old.get(name), new.get(name), causes) for name in sorted({*old, *new})
    ]
    changed = [one for one in told if one is not None]
    changed.sort(key=lambda one: (not one.outcome_changes, one.site_id))
    same = len(told) - len(changed)
    return Comparison(_side(before), _side(after), tuple(changed), same)


def _side(content: ReviewContent) -> Side:
    books = tuple(dict.fromkeys(one.rulebook for one in content.rules))
    return Side(
        title=content.title,
        on=content.on,
        run_id=content.run_id,
        rulebooks=books,
        inputs=content.inputs,
        settings=content.settings,
    )


def _site(
    old: SiteRecord | None, new: SiteRecord | None, causes: Causes
) -> SiteChange | None:
    """Return how a site changed, or None."""
    one = old or new
    if one is None:
        msg = "a site on neither side"
        raise AssertionError(msg)
    changes: tuple[Change, ...] = ()
    presence: Presence = "both"
    if old is None or new is None:
        presence = "after" if old is None else "before"
    else:
        changes = (*_findings(old, new, causes), *_unknowns(old, new, causes))
        if not changes and old.outcome == new.outcome:
            return None
    return SiteChange(
        site_id=one.site_id,
        name=one.name,
        presence=presence,
        before=old.outcome if old else None,
        after=new.outcome if new else None,
        machine_before=old.machine_outcome if old else None,
        machine_after=new.machine_outcome if new else None,
        changes=changes,
    )


def _findings(old: SiteRecord, new: SiteRecord, causes: Causes) -> Iterable[Change]:
    was = {one.finding_id: one for one in old.findings}
    now = {one.finding_id: one for one in new.findings}
    every = sorted({**was, **now}.values(), key=_order)
    for one in every:
        a, b = was.get(one.finding_id), now.get(one.finding_id)
        fields = _differing(a, b) if a and b else ()
        if a and b and not fields:
            continue
        found = one.finding
        yield Change(
            sort=_sort(a, b),
            finding_id=one.finding_id,
            rule=found.rule,
            what=found.zone_name or found.zone_id or "",
            before=a.outcome if a else None,
            after=b.outcome if b else None,
            fields=fields,
            causes=causes.of_finding(a, b),
        )


def _order(one: FindingRecord) -> tuple[str, str]:
    return one.finding.rule, one.finding_id


def _sort(a: object | None, b: object | None) -> Sort:
    return "came" if a is None else "went" if b is None else "changed"


def _differing(a: FindingRecord, b: FindingRecord) -> tuple[tuple[str, str, str], ...]:
    """Return what is printed differently of a finding on both sides."""
    was, now = _told(a), _told(b)
    return tuple((name, was[name], now[name]) for name in was if was[name] != now[name])


def _told(record: FindingRecord) -> dict[str, str]:
    """Return what counts of a finding, as text; nothing is a dash."""
    found, clause = record.finding, record.citation
    numbers = {
        name: _number(getattr(found, name), digits) for name, digits in _PRINTED.items()
    }
    return {
        "outcome": record.outcome,
        "edition": found.edition,
        "status": clause.status,
        "article": clause.article,
        "quote": clause.quote,
        "zone_name": found.zone_name or "—",
        "relation": found.relation,
        **numbers,
        "stable": {True: "yes", False: "no", None: "—"}[record.stable],
    }


def _number(value: float | None, digits: int) -> str:
    return "—" if value is None else f"{value + 0.0:.{digits}f}"


def _unknowns(old: SiteRecord, new: SiteRecord, causes: Causes) -> Iterable[Change]:
    was = {_key(one): one for one in old.unknowns}
    now = {_key(one): one for one in new.unknowns}
    for key in sorted({*was, *now}):
        a, b = was.get(key), now.get(key)
        before = old.outcome_of(a) if a else None
        after = new.outcome_of(b) if b else None
        if before == after:
            continue
        rule, kind, what = key
        yield Change(
            sort=_sort(a, b),
            finding_id=None,
            rule=rule,
            what=f"{kind}: {what}",
            before=before,
            after=after,
            fields=(("outcome", before, after),) if before and after else (),
            causes=causes.of_unknown(a or b),
        )


def _key(unknown: Unknown) -> tuple[str, str, str]:
    return unknown.rule, unknown.kind, unknown.what
