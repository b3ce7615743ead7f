"""Words and numbers as people read them.

`visible`, of `layers.unseen`, is the boundary for control characters: a name that
holds them is shown with visible signs in their place, never silently shortened.
Escaping for HTML is Jinja's work in `spatial.report.html` and `inert`'s in
`spatial.report.map`.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from layers.spec import kinds, spec
from layers.text import Fact, Message, decimal
from layers.text import percent as text_percent
from layers.unseen import visible as visible  # noqa: PLC0414 - given on
from spatial.policy.judge import could_change
from spatial.text import TEXTS, Lang

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.spec import FieldSpec
    from spatial.finding import Finding
    from spatial.override.model import Overruling
    from spatial.policy.model import About
    from spatial.report.content import FindingRecord, SiteRecord

M2_PER_HA = 10_000.0
M2_PER_MU = 2000.0 / 3.0  # 1 mu = 2000/3 m2, the legal definition
_TENTH_M = 0.1
_DECIDED = ("prohibited", "restricted")

# One reason stands at very many sites. A message holds a mapping, so it has no hash;
# it is known by identity, and kept so that its identity stays its own.
_RENDERED: dict[tuple[int, Lang], tuple[Message, str]] = {}
_MOST_RENDERED = 10_000


def say(key: str, lang: Lang, /, **facts: Fact) -> str:
    """Return the sentence ``report.<key>``."""
    if all(isinstance(one, str) for one in facts.values()):
        return _said(key, lang, tuple(facts.items()))
    return TEXTS.say(f"report.{key}", lang=lang, **facts)


@lru_cache(maxsize=_MOST_RENDERED)
def _said(key: str, lang: Lang, facts: tuple[tuple[str, str], ...]) -> str:
    """Return a sentence filled with texts; most stand at very many sites."""
    return TEXTS.say(f"report.{key}", lang=lang, **dict(facts))


def heading(about: About, lang: Lang) -> str:
    """Return what the report calls itself: of projects, or of activities."""
    return say(
        "document_title" if about == "project" else f"document_title.{about}", lang
    )


def pick(titles: Mapping[str, str], lang: Lang) -> str:
    """Return the title in `lang`, else in Chinese, else ""."""
    return titles.get(lang) or titles.get("zh") or ""


def sentence(said: Message, lang: Lang) -> str:
    """Return what a message says; layer kinds and site attributes by their titles."""
    known = _RENDERED.get((id(said), lang))
    if known is not None and known[0] is said:
        return known[1]
    text = visible(TEXTS.render(_with_titles(said, lang), lang))
    if len(_RENDERED) >= _MOST_RENDERED:
        _RENDERED.clear()
    _RENDERED[id(said), lang] = (said, text)
    return text


def _with_titles(said: Message, lang: Lang) -> Message:
    """Put titles in the place of the ids that the facts `kind`, `attribute` hold."""
    titled = {name: _titled(name, fact, lang) for name, fact in said.facts.items()}
    return Message(said.key, titled)


def _titled(name: str, fact: Fact, lang: Lang) -> Fact:
    if isinstance(fact, Message):
        return _with_titles(fact, lang)
    if name == "kind" and isinstance(fact, str):
        return kind_title(fact, lang)
    if name == "attribute" and isinstance(fact, str):
        return attribute_title(fact, lang)
    return fact


@cache
def kind_title(kind: str, lang: Lang) -> str:
    """Return the title of a layer kind, or the id of one that nobody has defined."""
    return pick(spec(kind).title, lang) if kind in kinds() else kind


def attribute_title(name: str, lang: Lang) -> str:
    """Return the title of a site attribute, or the name of one of the source's own."""
    field = _site_field(name)
    return pick(field.title, lang) if field else name


def unknown_about(kind: str, what: str, lang: Lang) -> str:
    """Return what an unknown is about as people call it; "" where its rule says it."""
    if kind == "period_ended":
        return ""
    if kind == "attribute_missing":
        return attribute_title(what, lang)
    return kind_title(what, lang)


def attribute_text(name: str, value: object, lang: Lang) -> str:
    """Return an attribute's value as people read it."""
    field = _site_field(name)
    titles = (field.titles or {}) if field else {}
    if isinstance(value, str) and value in titles:
        return pick(titles[value], lang)
    if isinstance(value, tuple):
        each = (attribute_text(name, one, lang) for one in value)
        return say("value_join", lang).join(each)
    return value_text(value, lang)


def value_text(value: object, lang: Lang) -> str:
    """Return any value of a table: flags as yes/no, lists joined, nothing as a dash."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return say("none", lang)
    if isinstance(value, bool):
        return say("yes" if value else "no", lang)
    if isinstance(value, tuple | list):
        return say("value_join", lang).join(value_text(one, lang) for one in value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".")
    return visible(str(value))


@cache
def _site_field(name: str) -> FieldSpec | None:
    fields = spec("project_site").fields
    return next((field for field in fields if field.name == name), None)


def period(text: str, lang: Lang) -> str:
    """Return a period such as ``2023-06-01/..`` as people write it."""
    start, slash, end = text.partition("/")
    if not slash:
        return text
    which = ("any", "until", "from", "both")[2 * (start != "..") + (end != "..")]
    return say(f"period.{which}", lang, start=start, end=end)


def number(value: float | None, digits: int, lang: Lang) -> str:
    """Return a number with thousands separators, or a dash; no negative zero.

    What is more than nothing is never printed as 0: 0.21 m2 are ``<0.0001`` hectares.
    """
    if value is None or not math.isfinite(value):
        return say("none", lang)
    return decimal(value, decimals=digits, thousands=True)


def percent(share: float | None, lang: Lang) -> str:
    """Return a share (0..1) as per cent; what is not all is never printed as 100 %."""
    if share is None or not math.isfinite(share):
        return say("none", lang)
    return text_percent(share)


def hectares(area_m2: float | None, lang: Lang) -> str:
    """Return an area in hectares and mu: ``1.2346 公顷（18.52 亩）``."""
    if area_m2 is None or not math.isfinite(area_m2):
        return say("none", lang)
    ha = number(area_m2 / M2_PER_HA, 4, lang)
    return say("unit.ha_mu", lang, ha=ha, mu=number(area_m2 / M2_PER_MU, 2, lang))


def stability(stable: bool | None) -> str:  # noqa: FBT001 (a value, not a switch)
    """Return ``yes``, ``no`` or ``unstated``: the last part of the text's key."""
    return "unstated" if stable is None else ("yes" if stable else "no")


def flips(site: SiteRecord, lang: Lang) -> str:
    """Return which move of a boundary would change a site's outcome, in words."""
    one = site.stability
    if one is None:
        return say("none", lang)
    if one.flips_m is None and one.stable is None and site.outcome in _DECIDED:
        return say("flips.unmeasured", lang)
    if one.flips_m is None:
        return say("flips.none", lang, searched=number(one.searched_m, 0, lang))
    layer = kind_title(one.kind, lang) if one.kind else one.layer
    zone = " ".join(filter(None, (layer, one.zone_name or one.zone_id)))
    return say(
        f"flips.{one.toward}",
        lang,
        value=number(one.flips_m, 1 if one.flips_m >= _TENTH_M else 3, lang),
        rule=visible(one.rule or ""),
        zone=visible(zone or say("none", lang)),
    )


def margin(margin_m: float | None, lang: Lang) -> str:
    """Return a margin as a phrase: so far past the limit, or so far from it."""
    if margin_m is None or not math.isfinite(margin_m):
        return say("none", lang)
    if round(margin_m, 3) == 0:
        return say("margin.edge", lang)
    side = "inside" if margin_m < 0 else "outside"
    return say(f"margin.{side}", lang, value=number(abs(margin_m), 3, lang))


def cited(record: FindingRecord, lang: Lang) -> str:
    """Return document and article as they are cited in a sentence."""
    citation = record.citation
    document = pick(citation.document, lang)
    return say("document_quoted", lang, document=document, article=citation.article)


def reason_path(record: FindingRecord, lang: Lang) -> tuple[str, ...]:
    """Return why a finding holds, a sentence each.

    What of the project and the zone meets the clause; the relation with its numbers;
    the tolerance; the clause and the edition that counts.
    """
    finding, citation = record.finding, record.citation
    clause = _clause(
        pick(citation.document, lang), citation.article, citation.edition, lang
    )
    said = (*finding.because, finding.why)
    return (*(sentence(one, lang) for one in said), clause)


@lru_cache(maxsize=_MOST_RENDERED)
def _clause(document: str, article: str, edition: str, lang: Lang) -> str:
    """Return the sentence that names a clause and the edition that counts."""
    when = period(edition, lang)
    said = TEXTS.say(
        "because.clause", lang=lang, document=document, article=article, edition=when
    )
    return visible(said)


def assumed(finding: Finding) -> tuple[str, ...]:
    """Return the readings a finding rests on, made visible."""
    return tuple(visible(one) for one in finding.assumptions)


def deciding(site: SiteRecord, lang: Lang) -> str:
    """Return what decides a site: clause, lack or reviewer; a dash when clear."""
    for record in site.findings:
        if record.outcome == site.outcome and record.overruling is None:
            return f"{record.finding.rule} · {cited(record, lang)}"
    certain = frozenset(record.outcome for record in site.findings)
    for unknown in site.unknowns:
        said = unknown.outcome == site.outcome == site.outcome_of(unknown)
        if said and could_change(unknown, certain):
            return sentence(unknown.why, lang)
    for one in site.overrulings:
        if one.applied and one.override.outcome == site.outcome:
            return overruled_by(one, lang)
    return say("none", lang)


def overruled_by(overruling: Overruling, lang: Lang) -> str:
    """Return an override that counts as a sentence: who, when, why."""
    one = overruling.override
    text = say("overruled", lang, name=one.name, on=str(one.on), reason=one.reason)
    return visible(text)
