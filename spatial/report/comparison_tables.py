"""A comparison as the writers print it: JSON, a sheet, a part of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spatial.report.columns import COMPARISON, COMPARISON_BY_SITE, Table
from spatial.report.override_tables import label_of
from spatial.report.words import kind_title, say, unknown_about, visible

if TYPE_CHECKING:
    from layers.text import Lang
    from spatial.report.columns import Row
    from spatial.report.comparison import Change, Comparison, Side, SiteChange
    from spatial.report.comparison_causes import Cause

SCHEMA = "ecoredline/comparison/1"


def comparison_result(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain values, ready for JSON.

    Parameters
    ----------
    comparison
        Two reviews side by side.

    Returns
    -------
    dict
        Schema ``ecoredline/comparison/1``; codes and ids only, so it is the same in
        both languages. Sites in the order of `comparison`.
    """
    return {
        "schema": SCHEMA,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "unchanged": comparison.unchanged,
        "sites": [
            {
                "site_id": site.site_id,
                "name": site.name,
                "presence": site.presence,
                "before": site.before,
                "after": site.after,
                "machine_before": site.machine_before,
                "machine_after": site.machine_after,
                "changes": [_change(one) for one in site.changes],
            }
            for site in comparison.sites
        ],
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "title": side.title,
        "on": side.on.isoformat(),
        "run_id": side.run_id,
        "rulebooks": list(side.rulebooks),
        "inputs": dict(sorted(side.inputs.items())),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "sort": change.sort,
        "finding_id": change.finding_id,
        "rule": change.rule or None,
        "what": change.what or None,
        "before": change.before,
        "after": change.after,
        "fields": [
            {"field": name, "before": was, "after": now}
            for name, was, now in change.fields
        ],
        "causes": [
            {
                "kind": one.kind,
                "what": one.what,
                "before": one.before or None,
                "after": one.after or None,
            }
            for one in change.causes
        ],
    }


def comparison_table(comparison: Comparison, lang: Lang) -> Table:
    """Return one row a change; a site whose findings are the same has one row too."""
    rows = []
    for site in comparison.sites:
        head = (
            site.site_id,
            site.name,
            say(f"presence.{site.presence}", lang),
            *outcome_labels(site, lang),
        )
        rows += [(*head, *_cells(one, lang)) for one in site.changes] or [
            (*head, *(None,) * (len(COMPARISON) - len(head)))
        ]
    return Table("comparison", COMPARISON, tuple(map(_clean, rows)))


def comparison_by_site(comparison: Comparison, lang: Lang) -> Table:
    """Return one row a site, for the page: what changed, and each cause once."""
    join = say("list_join", lang)
    rows = []
    for site in comparison.sites:
        told = [_brief(one, lang) for one in site.changes]
        if site.presence != "both":
            told = [say(f"presence.{site.presence}", lang)]
        causes = [cause_text(c, lang) for one in site.changes for c in one.causes]
        rows.append(
            (
                site.site_id,
                site.name,
                *outcome_labels(site, lang),
                join.join(told),
                join.join(dict.fromkeys(causes)) or None,
            )
        )
    return Table("comparison", COMPARISON_BY_SITE, tuple(map(_clean, rows)))


def _brief(change: Change, lang: Lang) -> str:
    """Return a change in a few words."""
    about = " ".join(filter(None, (change.rule, _what(change, lang))))
    sort = say(f"change.{change.sort}", lang)
    if change.fields:
        fields = [field_text(one, lang) for one in change.fields]
        about = f"{about} ({say('value_join', lang).join(fields)})"
    return say("change_of", lang, sort=sort, about=about)


def _what(change: Change, lang: Lang) -> str:
    """Return the zone of a finding, or sort and name of an unknown in words."""
    if change.finding_id is not None:
        return change.what
    kind, _, name = change.what.partition(": ")
    word, about = say(f"unknown_kind.{kind}", lang), unknown_about(kind, name, lang)
    return say("unknown_of", lang, kind=word, about=about) if about else word


def _cells(change: Change, lang: Lang) -> Row:
    join = say("list_join", lang)
    return (
        say(f"change.{change.sort}", lang),
        change.rule or None,
        _what(change, lang) or None,
        change.finding_id,
        join.join(field_text(one, lang) for one in change.fields) or None,
        join.join(cause_text(one, lang) for one in change.causes) or None,
    )


def field_text(field: tuple[str, str, str], lang: Lang) -> str:
    """Return a field that changed as a phrase."""
    name, was, now = field
    if name == "outcome":
        was, now = (say(f"outcome.{one}", lang) for one in (was, now))
    title = say(f"compared_field.{name}", lang)
    return say("compared_field", lang, field=title, before=was, after=now)


def cause_text(cause: Cause, lang: Lang) -> str:
    """Return a cause as a phrase."""
    before, after = cause.before, cause.after
    if cause.kind == "rule_status":
        before, after = (say(f"rule_status.{one}", lang) for one in (before, after))
    nothing = say("none", lang)
    return say(
        f"cause.{cause.kind}",
        lang,
        what=kind_title(cause.what, lang) if cause.kind == "layer" else cause.what,
        before=before or nothing,
        after=after or nothing,
    )


def comparison_summary(comparison: Comparison, lang: Lang) -> str:
    """Return what is compared and how many sites change, as a sentence."""
    facts: dict[str, str | float] = {
        "before": _named(comparison.before, lang),
        "after": _named(comparison.after, lang),
        "changed": sum(one.outcome_changes for one in comparison.sites),
        "differ": len(comparison.sites),
        "unchanged": comparison.unchanged,
    }
    return visible(say("comparison.summary", lang, **facts))


def _named(side: Side, lang: Lang) -> str:
    books = say("value_join", lang).join(side.rulebooks)
    on, run = side.on.isoformat(), side.run_id
    return say(
        "comparison.side", lang, title=side.title, on=on, rulebooks=books, run_id=run
    )


def outcome_labels(site: SiteChange, lang: Lang) -> tuple[str | None, str | None]:
    """Return the words for the outcome before and after; None where the site is not."""
    return (
        label_of(site.before, site.machine_before, lang),
        label_of(site.after, site.machine_after, lang),
    )


def _clean(row: Row) -> Row:
    return tuple(visible(cell) if isinstance(cell, str) else cell for cell in row)
