"""Overrides as the writers print them: JSON, a sheet, a part of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spatial.report.columns import OVERRIDES, Table
from spatial.report.words import say, unknown_about, visible

if TYPE_CHECKING:
    from layers.text import Lang
    from spatial.override.model import Override, Overruling
    from spatial.report.columns import Row
    from spatial.report.content import ReviewContent, SiteRecord


def override_result(overruling: Overruling) -> dict[str, Any]:
    """Return an override and what became of it as plain values."""
    one = overruling.override
    return {
        "site_id": one.site_id,
        "status": overruling.status,
        "finding_ids": list(overruling.finding_ids),
        "finding": one.finding,
        "rule": one.rule,
        "zone": one.zone,
        "unknown": one.unknown,
        "what": one.what,
        "machine_outcome": overruling.machine_outcome,
        "outcome": one.outcome,
        "reason": one.reason,
        "name": one.name,
        "date": one.on.isoformat(),
        "document": one.document,
        "checked_instead": one.checked_instead,
    }


def overrides_result(content: ReviewContent) -> list[dict[str, Any]] | None:
    """Return every override of the file in order; None where no file was given."""
    if content.overrulings is None:
        return None
    return [override_result(one) for one in content.overrulings]


def overrides_table(content: ReviewContent, lang: Lang) -> Table:
    """Return one row an override, in the order of the file."""
    sites = {one.site_id: one for one in content.sites}
    rows = (
        _row(one, sites.get(one.override.site_id), lang)
        for one in content.overrulings or ()
    )
    return Table("overrides", OVERRIDES, tuple(map(_clean, rows)))


def _row(overruling: Overruling, site: SiteRecord | None, lang: Lang) -> Row:
    one, said = overruling.override, overruling.machine_outcome
    return (
        one.site_id,
        site.name if site else None,
        say(f"overrule_status.{overruling.status}", lang),
        target_text(one, site, lang),
        say(f"outcome.{said}", lang) if said else None,
        say(f"outcome.{one.outcome}", lang),
        one.reason,
        one.checked_instead,
        one.name,
        one.on.isoformat(),
        one.document,
    )


def target_text(override: Override, site: SiteRecord | None, lang: Lang) -> str:
    """Return what an override speaks of: rule and zone beside a finding's id."""
    if override.finding is not None:
        meant = [
            one.finding
            for one in (site.findings if site else ())
            if one.finding_id == override.finding
        ]
        called = [
            part
            for one in meant
            for part in (one.rule, one.zone_name or one.zone_id)
            if part
        ]
        return " · ".join((*called, override.finding))
    if override.unknown is None:
        return " · ".join(filter(None, (override.rule, override.zone)))
    kind = say(f"unknown_kind.{override.unknown}", lang)
    about = unknown_about(override.unknown, override.what or "", lang)
    return " · ".join(filter(None, (override.rule, kind, about)))


def outcome_label(site: SiteRecord, lang: Lang) -> str:
    """Return the word for a site's outcome; one that a reviewer changed says so.

    "No conflict found" without a word more is the machine's to say.
    """
    return label_of(site.outcome, site.machine_outcome, lang) or ""


def label_of(outcome: str | None, machine: str | None, lang: Lang) -> str | None:
    """Return the word for an outcome beside the machine's; None for none."""
    if outcome is None:
        return None
    word = say(f"outcome.{outcome}", lang)
    if machine == outcome:
        return word
    by_machine = say(f"outcome.{machine}", lang)
    return say("overruled.label", lang, outcome=word, machine=by_machine)


def overrule_summary(content: ReviewContent, lang: Lang) -> str:
    """Return how many sites a reviewer changed and which overrides did not count."""
    if content.overrulings is None:
        return ""
    lost = sum(not one.applied for one in content.overrulings)
    sites = sum(one.is_overruled for one in content.sites)
    text = say("overruled.summary", lang, sites=sites, given=len(content.overrulings))
    return text + (say("overruled.lost", lang, count=lost) if lost else "")


def _clean(row: Row) -> Row:
    return tuple(visible(cell) if isinstance(cell, str) else cell for cell in row)
