"""Overrides applied to a review: the machine's answer stays beside the reviewer's.

An override changes what one finding, or one unknown, leads to; the outcome of the site
is the most severe of what is left. What an override speaks of must be there: one that
finds nothing is told and changes nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from spatial.finding import OUTCOMES
from spatial.override.model import RELEASING, UNDECIDED, Overruling, is_about
from spatial.policy.judge import could_change
from spatial.report.assemble import with_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spatial.finding import Outcome, Said
    from spatial.override.model import Override, OverrideFile, OverruleStatus
    from spatial.report.content import ReviewContent, SiteRecord

INPUT = "overrides"


def overruled(content: ReviewContent, file: OverrideFile) -> ReviewContent:
    """Return a review with the overrides of a file.

    Parameters
    ----------
    content
        What the machine said.
    file
        What reviewers say.

    Returns
    -------
    ReviewContent
        Another run: the file is one of its inputs. Sites most severe first, by the
        outcome that counts.
    """
    by_site: dict[str, list[Override]] = defaultdict(list)
    for one in file.overrides:
        by_site[one.site_id].append(one)
    made: dict[int, Overruling] = {}
    sites = []
    for site in content.sites:
        answers = _answers(site, by_site.pop(site.site_id, []))
        made |= {one.override.line: one for one in answers}
        sites.append(_site(site, answers))
    for rest in by_site.values():
        made |= {one.line: Overruling(one, "no_such_site") for one in rest}
    ordered = sorted(sites, key=lambda one: (OUTCOMES.index(one.outcome), one.site_id))
    return replace(
        with_input(content, INPUT, file.sha256),
        sites=tuple(ordered),
        overrulings=tuple(made[one.line] for one in file.overrides),
    )


def _answers(site: SiteRecord, overrides: list[Override]) -> tuple[Overruling, ...]:
    """Return what becomes of the overrides of a site."""
    looked = [_looked_up(site, one) for one in overrides]
    often = Counter(key for one in looked for key in _keys(site, one))
    return tuple(
        replace(one, status="twice")
        if one.applied and any(often[key] > 1 for key in _keys(site, one))
        else one
        for one in looked
    )


def _looked_up(site: SiteRecord, override: Override) -> Overruling:
    """Return what an override speaks of, and whether it may count."""
    if override.unknown is not None:
        open_ = [one for one in site.unknowns if is_about(override, one)]
        if not open_:
            return Overruling(override, "no_such_finding")
        return Overruling(override, "applied", (), open_[0].outcome)
    found = [
        one
        for one in site.findings
        if one.finding_id == override.finding
        or (
            override.finding is None
            and one.finding.rule == override.rule
            and one.finding.zone_id == override.zone
        )
    ]
    if len(found) != 1:
        status: OverruleStatus = "several" if found else "no_such_finding"
        return Overruling(override, status, tuple(one.finding_id for one in found))
    said = found[0].finding.outcome
    return Overruling(override, _may(override, said), (found[0].finding_id,), said)


def _may(override: Override, said: Said) -> OverruleStatus:
    """Whether what the machine left to a person is released without a check."""
    released = said in UNDECIDED and override.outcome in RELEASING
    return "unchecked" if released and not override.checked_instead else "applied"


def _keys(site: SiteRecord, one: Overruling) -> list[object]:
    """Return the findings or unknowns that an overruling would change."""
    if not one.applied:
        return []
    open_ = enumerate(site.unknowns)
    return [
        *one.finding_ids,
        *(at for at, unknown in open_ if is_about(one.override, unknown)),
    ]


def _site(site: SiteRecord, answers: tuple[Overruling, ...]) -> SiteRecord:
    """Return a site with the answers that count."""
    if not any(one.applied for one in answers):
        return replace(site, overrulings=answers) if answers else site
    by_finding: Mapping[str, Overruling] = {
        name: one for one in answers if one.applied for name in one.finding_ids
    }
    changed = replace(
        site,
        findings=tuple(
            replace(one, overruling=by_finding.get(one.finding_id))
            for one in site.findings
        ),
        overrulings=answers,
        machine=site.outcome,
    )
    certain = frozenset(one.outcome for one in changed.findings)
    said = set(certain)
    for one in changed.unknowns:
        answer = changed.outcome_of(one)
        if answer != one.outcome or could_change(one, certain):
            said.add(answer)
    outcome: Outcome = next((one for one in OUTCOMES if one in said), "clear")
    stable = site.stable if outcome == site.outcome else None
    stability = site.stability if outcome == site.outcome else None
    return replace(changed, outcome=outcome, stable=stable, stability=stability)
