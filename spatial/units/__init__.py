"""Control units: what each site has of each unit, and what is required there.

    judged = judge_units(shelf)
    judged.findings, judged.unknowns    beside what the rulebooks say
    judged.sites                        unit by unit, for the reviewer to read

A requirement that names industries and an effect is judged like a rule. One in words
alone is shown and never counts as passed. What a list does not mention is unknown.
"""

from spatial.units.judge import judge_units
from spatial.units.model import (
    JudgedRequirement,
    ListRecord,
    SiteUnits,
    UnitJudgement,
    UnitRecord,
)

__all__ = [
    "JudgedRequirement",
    "ListRecord",
    "SiteUnits",
    "UnitJudgement",
    "UnitRecord",
    "judge_units",
]
