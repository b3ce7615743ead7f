"""What an override is: a person's answer beside the machine's, with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    import datetime as dt

    from spatial.finding import Outcome, Said, Unknown

OverruleStatus = Literal[
    "applied", "no_such_site", "no_such_finding", "several", "twice", "unchecked"
]
OVERRULE_STATES: tuple[OverruleStatus, ...] = get_args(OverruleStatus)

UNDECIDED: tuple[Outcome, ...] = ("needs_information", "not_checked")
"""What the machine says where it does not know."""
RELEASING: tuple[Outcome, ...] = ("restricted", "clear")
"""What lets a site go on: out of the unknown only with what was checked instead."""


@dataclass(frozen=True, slots=True)
class Override:
    """One answer of a reviewer. It is about a finding, or about an unknown.

    Attributes
    ----------
    site_id
        The site.
    finding
        Id of the finding; or None, then
    rule, zone
        the rule and the zone of the finding (`zone` None: a finding without a zone);
        for an unknown, the rule that it keeps open (None: every rule).
    unknown, what
        Sort and name of the unknown, as the review prints them; None for a finding.
    outcome
        The reviewer's.
    reason, name, on
        Why, who, and the day of the answer. The name is printed as it is given.
    document
        Where it is written down, or None.
    checked_instead
        What was looked at in place of what the machine lacked, or None.
    line
        Where it stands: line of a YAML file, row of a table.
    """

    site_id: str
    finding: str | None
    rule: str | None
    zone: str | None
    unknown: str | None
    what: str | None
    outcome: Outcome
    reason: str
    name: str
    on: dt.date
    document: str | None
    checked_instead: str | None
    line: int

    @property
    def target(self) -> tuple[str | None, ...]:
        """What it is about; two overrides of one file must not have the same."""
        about = (self.finding, self.rule, self.zone, self.unknown, self.what)
        return (self.site_id, *about)


@dataclass(frozen=True, slots=True)
class OverrideFile:
    """The overrides of one file.

    Attributes
    ----------
    name
        Of the file, without its folder.
    sha256
        Of its bytes.
    overrides
        In the order of the file; not empty.
    """

    name: str
    sha256: str
    overrides: tuple[Override, ...]


@dataclass(frozen=True, slots=True)
class Overruling:
    """An override and what became of it in a review.

    Attributes
    ----------
    override
        What the reviewer wrote.
    status
        ``applied``; or why not: ``no_such_site``, ``no_such_finding`` (nothing, or
        nothing any more, is what it speaks of), ``several`` findings are what it
        speaks of, ``twice``: another override speaks of the same, ``unchecked``: the
        machine did not know, and it is not said what was checked instead.
    finding_ids
        Findings that it is about; empty for unknowns.
    machine_outcome
        What the machine said of it; None where there is nothing that it is about.
    """

    override: Override
    status: OverruleStatus
    finding_ids: tuple[str, ...] = ()
    machine_outcome: Said | None = None

    @property
    def applied(self) -> bool:
        """Whether it counts."""
        return self.status == "applied"


def is_about(override: Override, unknown: Unknown) -> bool:
    """Whether an override speaks of an unknown (of its site)."""
    if override.unknown != unknown.kind or override.what != unknown.what:
        return False
    return override.rule is None or override.rule == unknown.rule
