"""Control units on the report page: each with its size and what is required there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spatial.report.units import category_title, coverage_words
from spatial.report.words import number, percent, pick, say, sentence, visible
from spatial.units.requirements import dimension_title

if TYPE_CHECKING:
    from spatial.text import Lang
    from spatial.units import JudgedRequirement, SiteUnits, UnitRecord


@dataclass(frozen=True, slots=True)
class RequirementView:
    """A requirement as it is printed."""

    dimension: str
    text: str
    state: str
    label: str
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit as it is printed."""

    title: str
    code: str
    category: str
    size: str
    share: str
    requirements: tuple[RequirementView, ...]


@dataclass(frozen=True, slots=True)
class UnitsView:
    """A site's units as they are printed; `remarks` say how they cover the site."""

    units: tuple[UnitView, ...]
    remarks: tuple[str, ...]
    is_gap: bool


def units_view(
    found: SiteUnits | None, titles: dict[str, str], lang: Lang
) -> UnitsView | None:
    """Return a site's units for the page.

    Parameters
    ----------
    found
        The units; None where there is no layer of units.
    titles
        Id of an access list to its title.
    lang
        Language.
    """
    if found is None:
        return None
    remarks = [coverage_words(found, lang)]
    if found.overlap:
        remarks.append(say("units.overlap", lang))
    return UnitsView(
        units=tuple(_view(one, titles, lang) for one in found.units),
        remarks=tuple(filter(None, remarks)),
        is_gap=found.is_gap,
    )


def _view(unit: UnitRecord, titles: dict[str, str], lang: Lang) -> UnitView:
    return UnitView(
        title=visible(unit.name or unit.code or unit.zone_id),
        code=visible(unit.code or unit.zone_id),
        category=category_title(unit, lang) or say("none", lang),
        size=_size(unit, lang),
        share=percent(unit.share_of_site, lang),
        requirements=()
        if unit.sliver
        else tuple(
            _requirement_view(one, unit, titles, lang) for one in unit.requirements
        ),
    )


def _size(unit: UnitRecord, lang: Lang) -> str:
    """Return area or length in the unit, in figures that add up over the units."""
    if unit.area_m2 is not None:
        m2 = say("unit.m2", lang, value=number(unit.area_m2, 2, lang))
        ha, mu = number(unit.area_ha, 4, lang), number(unit.area_mu, 2, lang)
        said = f"{m2} = {say('unit.ha_mu', lang, ha=ha, mu=mu)}"
    elif unit.length_m is not None:
        said = say("unit.m", lang, value=number(unit.length_m, 1, lang))
    else:
        said = say("units.point", lang)
    return f"{said} ({say('units.sliver', lang)})" if unit.sliver else said


def _requirement_view(
    one: JudgedRequirement, unit: UnitRecord, titles: dict[str, str], lang: Lang
) -> RequirementView:
    source = ""
    if one.requirement is not None:
        title = titles.get(one.requirement.access_list, one.requirement.access_list)
        source = say("units.row", lang, title=title, row=one.requirement.row)
    elif one.text:
        source = say("units.of_layer", lang, layer=unit.layer)
    return RequirementView(
        dimension=pick(dimension_title(one.dimension), lang),
        text=visible(one.text or say("none", lang)),
        state=one.state,
        label=say(f"unit_state.{one.state}", lang),
        why=sentence(one.why, lang),
        source=visible(source),
    )
