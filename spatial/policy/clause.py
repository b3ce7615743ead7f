"""Reading the parts of a rulebook: conditions, places, citations, provisions.

Everything is checked against the layer catalogue while it is read, so that an error
points to the line where it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.provenance import Period
from layers.spec import kinds, spec
from spatial.policy import model
from spatial.policy.named_set import named_sets
from spatial.policy.satisfiable import can_hold

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from layers.document import Entry
    from layers.spec import FieldSpec, LayerSpec

# Operator -> the field types it can be asked of.
_FITS: Mapping[str, tuple[str, ...]] = {
    "in": ("text", "codes"),
    "names": ("text", "codes"),
    "code_under": ("text",),
    "in_set": ("text",),
    "equals": ("text", "number", "flag"),
    "stated": ("text", "number", "date", "flag", "codes"),
    "above": ("number",),
    "at_least": ("number",),
    "below": ("number",),
    "at_most": ("number",),
    "on_or_after": ("date",),
    "before": ("date",),
    "older_than_years": ("date",),
}
_LISTED = ("in", "names", "code_under")

_BY_LETTER = ("in", "names", "equals")

INDUSTRY = "industry"
"""The attribute that holds the code which named sets are made of."""


def titles(entry: Entry) -> Mapping[str, str]:
    """Read ``{zh: ..., en: ...}``."""
    entry.only("zh", "en")
    return {"zh": entry.need("zh").text(), "en": entry.need("en").text()}


def period(entry: Entry) -> Period:
    """Read ``{from: date, to: date}``; the beginning must be stated, or ``unknown``.

    ``from: unknown`` is for a text that bears no date; the period has no start then.
    """
    entry.only("from", "to")
    begin = entry.need("from")
    start = None if begin.value == "unknown" else begin.date()
    last = entry.get("to")
    end = last.date() if last else None
    if last and end and start and end < start:
        last.fail(f"a day not before {start}")
    return Period(start, end)


# -- conditions ------------------------------------------------------------------


def condition(entry: Entry, about: LayerSpec, *, strict: bool) -> model.Condition:
    """Read a condition.

    Parameters
    ----------
    entry
        ``{all: [...]}``, ``{any: [...]}``, ``{not: ...}`` or
        ``{field: {operator: value}}``.
    about
        Whose fields may be asked.
    strict
        Readings by assumption (``missing: match``, ``assumed``) are refused: here
        they would make an outcome milder.

    Raises
    ------
    DocumentError
        With file, line and key.
    """
    parts = entry.mapping()
    if len(parts) != 1:
        entry.fail("exactly one key: all, any, not, or the name of a field")
    key, child = next(iter(parts.items()))
    if key == "not":
        return model.Not(condition(child, about, strict=True))
    if key in ("all", "any"):
        members = tuple(condition(one, about, strict=strict) for one in child)
        if not members:
            child.fail("at least one condition")
        return model.All(members) if key == "all" else model.Any(members)
    return _test(child, _field(child, key, about), strict=strict)


def _possible(
    entry: Entry, about: LayerSpec, *, strict: bool, who: str
) -> model.Condition:
    """Read a condition; refuse one that nothing can meet."""
    read = condition(entry, about, strict=strict)
    if not can_hold(read, about):
        entry.fail(f"a condition that some {who} can meet", "a contradiction")
    return read


def _field(entry: Entry, name: str, about: LayerSpec) -> FieldSpec:
    """Return a field of a kind; refuse a name that the kind does not have."""
    known = {one.name: one for one in about.fields}
    if name not in known:
        entry.fail(f"a field of {about.kind}: {', '.join(known)}", repr(name))
    return known[name]


def _test(entry: Entry, about: FieldSpec, *, strict: bool) -> model.Test:
    """Read ``{operator: value, missing: ..., assumed: ..., because: ...}``."""
    entry.only(*_FITS, "missing", "assumed", "because")
    said = [name for name in entry.mapping() if name in _FITS]
    if len(said) != 1:
        entry.fail(f"exactly one comparison: {', '.join(_FITS)}")
    operator = said[0]
    value = entry.need(operator)
    if about.type not in _FITS[operator]:
        value.fail(f"a comparison that fits {about.name}, a {about.type}", operator)
    if about.name == INDUSTRY and operator in _BY_LETTER:
        value.fail("code_under or in_set: C2613 and 2613 are one code", operator)
    missing, assumed = entry.get("missing"), entry.get("assumed")
    read = missing or assumed or (value if operator == "in_set" else None)
    if read and strict:
        read.fail("no reading by assumption where it would make the outcome milder")
    if assumed and operator != "in":
        assumed.fail("'in' beside it")
    return model.Test(
        name=about.name,
        operator=operator,  # type: ignore[arg-type]
        value=_value(value, operator, about),
        missing=missing.one_of("unknown", "match") if missing else "unknown",  # type: ignore[arg-type]
        assumed=_texts(assumed, about) if assumed else (),
        because=entry.need("because").text() if missing or assumed else _unused(entry),
    )


def _unused(entry: Entry) -> str:
    """Refuse a reason for an assumption that is not made."""
    reason = entry.get("because")
    if reason:
        reason.fail("'missing: match' or 'assumed' beside it")
    return ""


def _value(
    entry: Entry, operator: str, about: FieldSpec
) -> tuple[str, ...] | str | float | bool | dt.date | model.SettingRef:
    """Read what a field is compared with."""
    if isinstance(entry.value, dict):
        entry.only("setting")
        return model.SettingRef(entry.need("setting").text())
    if operator in _LISTED:
        return _texts(entry, about)
    if operator in _OWN_VALUE:
        return _OWN_VALUE[operator](entry, about)
    if about.type == "flag":
        return entry.flag()
    return entry.number() if about.type == "number" else _in_domain(entry, about)


def _stated(entry: Entry, _: FieldSpec) -> bool:
    """Read the one value that makes sense here."""
    if not entry.flag():
        entry.fail("true (for the contrary: not)")
    return True


def _set_name(entry: Entry, about: FieldSpec) -> str:
    """Read the name of a set; sets are of industry codes."""
    if about.name != INDUSTRY:
        entry.fail(f"the field {INDUSTRY}, which sets are of", about.name)
    return entry.one_of(*named_sets())


def _day(entry: Entry, _: FieldSpec) -> dt.date:
    """Read a day."""
    return entry.date()


def _years(entry: Entry, _: FieldSpec) -> float:
    """Read a whole number of years, 0 included: any day after the date."""
    years = entry.number()
    if years < 0 or not years.is_integer():
        entry.fail("a whole number of years, 0 or more")
    return years


_OWN_VALUE: Mapping[str, Callable[[Entry, FieldSpec], str | float | bool | dt.date]] = {
    "stated": _stated,
    "in_set": _set_name,
    "on_or_after": _day,
    "before": _day,
    "older_than_years": _years,
}


def _texts(entry: Entry, about: FieldSpec) -> tuple[str, ...]:
    """Read a list of values that the field can have."""
    values = tuple(_in_domain(one, about) for one in entry)
    if not values:
        entry.fail("at least one value")
    return values


def _in_domain(entry: Entry, about: FieldSpec) -> str:
    """Read a value that the field's domain has, where it has one."""
    return entry.one_of(*about.domain) if about.domain else entry.text()


# -- places ----------------------------------------------------------------------

_WHERE = (
    "relation",
    "kind",
    "filter",
    "distance_m",
    "must_be_covered",
    "must_exist",
)


def where(entry: Entry) -> model.Where:
    """Read a place."""
    entry.only(*_WHERE)
    relation = entry.need("relation").one_of(
        "intersects", "within_distance", "not_within", "outside", "anywhere"
    )
    if relation == "anywhere":
        for name, child in entry.mapping().items():
            if name != "relation":
                child.fail("no place beside 'anywhere'", repr(name))
        return model.Where("anywhere")
    about = spec(entry.need("kind").one_of(*kinds()))
    chosen = entry.get("filter")
    milder = relation in ("not_within", "outside")
    return model.Where(
        relation=relation,  # type: ignore[arg-type]
        kind=about.kind,
        filter=_possible(chosen, about, strict=milder, who="zone") if chosen else None,
        distance_m=_distance(entry, relation),
        must_be_covered=_only_for_intersects(entry, "must_be_covered", relation),
        must_exist=_only_for_intersects(entry, "must_exist", relation),
    )


def _distance(entry: Entry, relation: str) -> float | model.SettingRef | None:
    """Read the distance, which within_distance needs and nothing else has."""
    if relation != "within_distance":
        distance = entry.get("distance_m")
        if distance:
            distance.fail("no distance beside this relation", relation)
        return None
    distance = entry.need("distance_m")
    if isinstance(distance.value, dict):
        distance.only("setting")
        return model.SettingRef(distance.need("setting").text())
    if distance.number() <= 0:
        distance.fail("a distance above 0 metres")
    return distance.number()


def _only_for_intersects(entry: Entry, name: str, relation: str) -> bool:
    """Read a flag that makes sense for overlaps alone."""
    flag = entry.get(name)
    if flag and relation != "intersects":
        flag.fail("the relation 'intersects' beside it", relation)
    return flag.flag() if flag else False


# -- citations and provisions --------------------------------------------------------


def citation(entry: Entry, documents: Mapping[str, model.Document]) -> model.Citation:
    """Read a citation; its document must be one of the rulebook's."""
    entry.only("document", "article", "quote", "verified")
    verified = entry.get("verified")
    return model.Citation(
        document=entry.need("document").one_of(*documents),
        article=entry.need("article").text(),
        quote=entry.need("quote").text(),
        verified=verified.one_of("text", "secondary", "unverified")  # type: ignore[arg-type]
        if verified
        else "text",
    )


def provision(entry: Entry, documents: Mapping[str, model.Document]) -> model.Provision:
    """Read who, where, and what follows."""
    entry.only("subject", "where", "effect", "requires", "relief", "reads_with")
    subject, requires = entry.get("subject"), entry.get("requires")
    relief, reads_with = entry.get("relief"), entry.get("reads_with")
    effect = entry.need("effect").one_of(
        "prohibited", "restricted", "needs_information", "advice"
    )
    if effect == "advice":
        requires = entry.need("requires")
        if relief:
            relief.fail("no exception from an advice, which forbids nothing")
    sites = spec("project_site")
    who = _possible(subject, sites, strict=False, who="project") if subject else None
    return model.Provision(
        where=where(entry.need("where")),
        effect=effect,  # type: ignore[arg-type]
        subject=who,
        requires=titles(requires) if requires else {},
        relief=tuple(_relief(one, documents, who) for one in relief or ()),
        reads_with=tuple(citation(one, documents) for one in reads_with or ()),
    )


def _relief(
    entry: Entry,
    documents: Mapping[str, model.Document],
    subject: model.Condition | None,
) -> model.Relief:
    """Read an exception; refuse one that nothing that is meant can claim."""
    entry.only("when", "effect", "requires", "citation")
    cited, sites = entry.get("citation"), spec("project_site")
    when = _possible(entry.need("when"), sites, strict=True, who="project")
    if subject and not can_hold(model.All((subject, when)), sites):
        entry.need("when").fail(
            "an exception that a project of the subject can claim", "a contradiction"
        )
    return model.Relief(
        when=when,
        effect=entry.need("effect").one_of(  # type: ignore[arg-type]
            "restricted", "clear", "needs_information"
        ),
        requires=titles(entry.need("requires")),
        citation=citation(cited, documents) if cited else None,
    )
