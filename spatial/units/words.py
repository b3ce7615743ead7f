"""Findings and unknowns about units, in words and numbers."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

from layers.accesslist.words import UNIT_CODE
from layers.requirement import DIMENSIONS
from layers.text import LANGS, decimal, message, percent
from spatial.finding import Finding, Unknown
from spatial.text import TEXTS
from spatial.units.model import KIND
from spatial.units.requirements import dimension_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from layers.requirement import AccessList, Requirement
    from layers.text import Message
    from spatial.finding import Outcome
    from spatial.units.model import JudgedRequirement
    from spatial.units.requirements import Unit

_NUMBERS = ("area_m2", "share_of_site", "length_m", "distance_m", "margin_m")


def rule_id(requirement: Requirement) -> str:
    """Return the id under which a requirement is cited: its list and its row.

    Examples
    --------
    >>> from layers.requirement import Requirement
    >>> rule_id(Requirement("list", 12, "ZH15062420001", "risk_control", "…"))
    'list#12'
    """
    return f"{requirement.access_list}#{requirement.row}"


def whole_unit(code: str | None) -> str | None:
    """Return a unit's code where it is one; a layer keeps a malformed id as written."""
    return code if code is not None and UNIT_CODE.fullmatch(code) else None


def finding(
    one: JudgedRequirement,
    unit: Unit,
    *,
    why: Message,
    site: int,
    numbers: Mapping[Any, Any],
    valid: Mapping[str, str],
) -> Finding:
    """Return a finding for a requirement that applies or that a person must judge.

    Parameters
    ----------
    one, unit
        The requirement, judged, and its unit.
    why
        The sentence, see `why_found`; the same one for every site.
    site
        Position of the site.
    numbers
        The pair of site and unit.
    valid
        Id of a list to its validity.
    """
    requirement = one.requirement
    if requirement is None:
        msg = "a finding quotes a row of a list"
        raise AssertionError(msg)
    effect = effect_of(one)
    need = "applies" if one.state == "applies" else "person"
    return Finding(
        site=site,
        rule=rule_id(requirement),
        edition=valid[requirement.access_list],
        provision=provision_of(requirement),
        outcome=effect,
        kind=KIND,
        layer=unit.layer,
        zone_id=unit.zone_id,
        zone_name=unit.name,
        relation="intersects",
        why=why,
        requires=_requires(need) if effect == "restricted" else {},
        relief=(),
        assumptions=(),
        because=(message("unit.because", why=one.why),),
        **{name: _number(numbers[name]) for name in _NUMBERS},
    )


def effect_of(one: JudgedRequirement) -> Outcome:
    """Return what a requirement says of a site where it applies or a person judges."""
    requirement = one.requirement
    banned = requirement is not None and requirement.effect == "prohibited"
    return "prohibited" if one.state == "applies" and banned else "restricted"


def why_found(one: JudgedRequirement, unit: Unit) -> Message:
    """Return the sentence for a requirement that applies or needs a person."""
    return message(
        "unit.finding",
        unit=unit.called,
        code=unit.code or "—",
        dimension=dimension_title(one.dimension),
    )


def provision_of(requirement: Requirement) -> int:
    """Return which of a row's dimensions is cited, from 1: a row may hold four."""
    return DIMENSIONS.index(requirement.dimension) + 1


@cache
def _requires(need: str) -> Mapping[str, str]:
    """Return what the applicant must bring, by language."""
    return {lang: TEXTS.say(f"unit.requires_{need}", lang=lang) for lang in LANGS}


def lacks_of(
    required: Sequence[JudgedRequirement], unit: Unit, *, lists: Sequence[AccessList]
) -> Iterator[Unknown]:
    """Yield what keeps the requirements of a unit from being decided.

    Parameters
    ----------
    required
        Of the unit, judged for one site.
    unit
        The unit.
    lists
        Those of its layer that are in force; where there is none, other unknowns say
        so.
    """
    if not lists:
        return
    rule = ", ".join(one.id for one in lists)
    facts = {"unit": unit.called, "code": unit.code or "—", "lists": rule}
    silent = [one for one in required if one.state == "not_listed"]
    what = unit.code or f"{unit.layer}.{unit.zone_id}"
    if silent and all(one.requirement is None for one in required):
        why = message("unknown.unit_not_listed", **facts)
        yield Unknown(-1, rule, "unit_not_listed", what, why)
    else:
        for one in silent:
            why = message(
                "unknown.unit_dimension_not_listed",
                **facts,
                dimension=dimension_title(one.dimension),
            )
            place = f"{what}.{one.dimension}"
            yield Unknown(-1, rule, "unit_not_listed", place, why)
    open_ = [one for one in required if one.state == "unknown"]
    if open_:
        why = message("unknown.unit_industry", **facts, count=len(open_))
        yield Unknown(-1, rule, "attribute_missing", "industry", why)


def gap(rule: str, row: Mapping[Any, Any]) -> Unknown:
    """Return that a part of a site lies in no unit, with its size.

    Parameters
    ----------
    rule
        Ids of the lists.
    row
        The site's row of `Shelf.cover` by all units.
    """
    left = percent(1 - float(row["covered_share"]))
    for measure, unit in (("remainder_m2", "area"), ("remainder_length_m", "length")):
        size = float(row[measure])
        if math.isfinite(size):
            said = message(
                f"unknown.gap_{unit}", size=decimal(size, decimals=2), percent=left
            )
            break
    else:
        said = message("unknown.gap_point")
    return Unknown(-1, rule, "no_zone_covers", KIND, said)


def _number(value: float) -> float | None:
    """Return a number, or None for one that makes no sense here."""
    return float(value) if math.isfinite(value) else None
