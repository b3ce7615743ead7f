"""One unit, one industry: how each requirement is judged, and in which words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from layers.requirement import DIMENSIONS, says_none
from layers.spec import spec
from layers.text import message
from spatial.policy.comparison import FALSE, TRUE, UNKNOWN, comparison, is_empty
from spatial.policy.model import Test
from spatial.units.model import KIND, JudgedRequirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.requirement import Dimension, Requirement
    from spatial.units.lists import Lists
    from spatial.units.model import State


@dataclass(frozen=True, slots=True)
class Unit:
    """A control unit as its layer has it.

    Attributes
    ----------
    layer, zone_id, code, name, category
        As in `spatial.units.model.UnitRecord`.
    texts
        What the layer itself says in each dimension; None where it says nothing.
    """

    layer: str
    zone_id: str
    code: str | None
    name: str | None
    category: str | None
    texts: Mapping[Dimension, str | None]

    @property
    def called(self) -> str:
        """The unit for people: its name, else its code, else its id."""
        return self.name or self.code or self.zone_id


def dimension_title(dimension: Dimension) -> Mapping[str, str]:
    """Return a dimension by language."""
    return spec(KIND).field(dimension).title


@dataclass(frozen=True)
class Judge:
    """Judges the requirements of units for industries; each pair once.

    Attributes
    ----------
    lists
        The access lists of the day.
    """

    lists: Lists
    _known: dict[tuple[str, str, str | None], tuple[JudgedRequirement, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def judged(self, unit: Unit, industry: str | None) -> tuple[JudgedRequirement, ...]:
        """Return how each requirement of a unit was judged for an industry.

        Parameters
        ----------
        unit
            The unit.
        industry
            GB/T 4754 code of the site as it is written; None when it is missing.

        Returns
        -------
        tuple of JudgedRequirement
            By dimension, then in the order of the rows; at least one a dimension.
            Equal arguments give the same object.
        """
        key = (unit.layer, unit.zone_id, industry)
        if key not in self._known:
            self._known[key] = tuple(self._each(unit, industry))
        return self._known[key]

    def _each(self, unit: Unit, industry: str | None) -> Iterator[JudgedRequirement]:
        rows = self.lists.required(unit.layer, unit.code) if unit.code else ()
        for dimension in DIMENSIONS:
            here = [one for one in rows if one.dimension == dimension]
            if here:
                yield from (_of_row(one, industry) for one in here)
            else:
                yield from self._silent(unit, dimension, mentioned=bool(rows))

    def _silent(
        self, unit: Unit, dimension: Dimension, *, mentioned: bool
    ) -> Iterator[JudgedRequirement]:
        """Yield what is to be said of a dimension that no row of a list is about.

        What the layer itself says counts, in a unit that a list mentions; in one that
        it does not mention, the layer's "none" is no answer to a list that has a gap.
        """
        own = unit.texts[dimension]
        listed = bool(self.lists.of_layer(unit.layer))
        in_force = bool(self.lists.in_force(unit.layer))
        if own and says_none(own, dimension) and (mentioned or not listed):
            why = message("unit.none_in_layer", layer=unit.layer)
            yield JudgedRequirement(dimension, "none", own, why)
            return
        if own and not says_none(own, dimension):
            why = message("unit.person_by_layer", layer=unit.layer)
            yield JudgedRequirement(dimension, "person", own, why)
        if listed or not own:
            state: State = "not_listed" if in_force else "no_list"
            key = "dimension_not_listed" if mentioned else state
            why = message(f"unit.{key}", unit=unit.called, code=unit.code or "—")
            yield JudgedRequirement(dimension, state, "", why)


def _of_row(one: Requirement, industry: str | None) -> JudgedRequirement:
    """Judge one row of a list."""
    facts = {"row": one.row, "industries": _named(one), "industry": industry or "—"}
    state = _state(one, industry)
    key = f"{state}_{one.effect}" if state in {"applies", "unknown"} else state
    if state == "person" and one.can_be_judged:
        key = "person_beyond_allowed"
    why = message(f"unit.{key}", **facts)
    return JudgedRequirement(one.dimension, state, one.text, why, one)


def _state(one: Requirement, industry: str | None) -> State:
    """Return how a row stands to an industry.

    A row that allows some industries may mean that it allows no others: for these a
    person must read it.
    """
    if not one.can_be_judged:
        return "none" if one.states_none else "person"
    truth = TRUE if one.every_industry else _holds(one.industries, industry)
    if truth == UNKNOWN:
        return "unknown"
    if one.effect == "allowed":
        return "allowed" if truth == TRUE else "person"
    return "applies" if truth == TRUE else "other_industry"


@cache
def _holds(industries: tuple[str, ...], industry: str | None) -> int:
    """Return whether an industry lies at or below one of some codes."""
    if industry is None or is_empty(industry):
        return UNKNOWN
    judge = comparison(
        Test("industry", "code_under", industries), spec("project_site"), {}
    )
    return (FALSE, UNKNOWN, TRUE)[judge(industry)]


def _named(one: Requirement) -> str | Mapping[str, str]:
    """Return the industries of a row for people."""
    if one.every_industry:
        return {"zh": "全部行业", "en": "all industries"}
    return "、".join(one.industries)
