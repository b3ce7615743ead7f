"""Control layers of which the rules speak for some projects only.

A control zone that no rule speaks of needs a person. One rule for one sort of project
ends that for every other project too: a car park in a scenic area would be clear
because a rule forbids quarries there. So each such kind is named here, with the reason
why a project of another sort has nothing to fear in it.
"""

from __future__ import annotations

from layers.spec import kinds, spec
from spatial.policy.load import builtin, load_rulebook

NARROW = {
    "grazing_ban": "limits grazing; building on grassland is basic_grassland's",
    "groundwater_key_zone": "limits what may pollute groundwater; all others are asked",
    "groundwater_vulnerable": "limits irrigation with reclaimed water",
    "heavy_metal_key_area": "limits projects with heavy metals; others are asked",
    "livestock_ban_zone": "limits livestock farms",
    "no_burn_zone": "limits highly polluting fuels; every project is asked",
    "no_fishing_zone": "limits fishing and fish farms",
    "river_shoreline": "a line: chemical parks, roads with dangerous goods",
}


def subjects_by_kind():
    """Return for each kind whether its provisions speak of some projects only."""
    found = {}
    for book in map(load_rulebook, builtin()):
        for rule in (one for one in book.rules if one.about == "project"):
            for edition in rule.editions:
                for one in edition.provisions:
                    if one.where.kind and not one.is_advice:
                        found.setdefault(one.where.kind, []).append(one.subject)
    return {kind: all(one is not None for one in said) for kind, said in found.items()}


def test_a_control_layer_that_rules_speak_of_for_some_projects_only_is_named():
    narrow = subjects_by_kind()
    control = {kind for kind in kinds() if spec(kind).role == "control"}
    assert {kind for kind in control if narrow.get(kind)} == set(NARROW)
