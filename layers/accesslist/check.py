"""An access list held against the layer of its units: codes, categories, counties."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from layers.accesslist.words import COUNTY, category_of
from layers.issue import DataIssue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.layer import Layer
    from layers.requirement import AccessList

MOST_NAMED = 20


def checked(found: AccessList, units: Layer) -> AccessList:
    """Return a list with the issues that its layer of units brings to light.

    Parameters
    ----------
    found
        The list.
    units
        A layer of kind ``control_unit``.

    Returns
    -------
    AccessList
        With further issues: a code that no unit has (``access_unit_unknown``, by
        row), a code whose ninth sign or county contradicts what the layer says of the
        unit, units of the layer that the list does not mention
        (``access_units_not_listed``). No row is moved by it: what the judge makes of
        a unit that is not mentioned is his.
    """
    return replace(found, issues=(*found.issues, *_issues(found, units)))


def _issues(found: AccessList, units: Layer) -> Iterator[DataIssue]:
    """Yield the issues: of rows by unit, then of the whole list."""
    frame = units.frame
    there = {
        str(code): (category, county)
        for code, category, county in zip(
            frame["code"], frame["category"], frame["county_code"], strict=True
        )
        if code is not None
    }
    torn = {
        one.feature_id
        for one in units.issues
        if one.code == "code_contradicts_category"
    }
    listed = found.by_unit()
    for unit, requirements in listed.items():
        rows = ", ".join(dict.fromkeys(str(one.row) for one in requirements))
        facts = {"value": unit, "rows": rows, "units": units.id}
        first = requirements[0].row - 1  # issues count from 0
        if unit not in there:
            yield DataIssue("access_unit_unknown", found.id, first, facts=facts)
            continue
        category, county = there[unit]
        if unit in torn or category not in {None, category_of(unit)}:
            yield DataIssue("access_unit_category", found.id, first, facts=facts)
        if county is not None and str(county)[:6] != unit[COUNTY]:
            yield DataIssue("access_unit_county", found.id, first, facts=facts)
    missing = sorted(set(there) - set(listed))
    if missing:
        named = ", ".join(missing[:MOST_NAMED])
        more = " …" if len(missing) > MOST_NAMED else ""
        yield DataIssue(
            "access_units_not_listed",
            found.id,
            facts={"count": len(missing), "named": f"{named}{more}"},
        )
