"""What a rule is: law as dated, cited data.

A *rulebook* holds *documents* (the instruments that are cited) and *rules*. A rule
has *editions*, each with a validity and a citation; an edition has *provisions*:
who is meant (`subject`), where (`where`), and what follows (`effect`). Conditions
are structured, not expressions, so that they are evaluated over a whole table of
sites at once and can be turned round.

Nothing here reads files (`spatial.policy.load`) or decides (`spatial.policy.judge`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from layers.provenance import Period

Effect = Literal["prohibited", "restricted", "needs_information", "advice"]
About = Literal["project", "activity"]
"""What a rule speaks of: what is to be built, or what is there already."""
Relation = Literal["intersects", "within_distance", "not_within", "outside", "anywhere"]
BOUND: tuple[Relation, ...] = ("intersects", "within_distance")
"""Relations that hold in a zone or near it, and nowhere else."""
Operator = Literal[
    "in",
    "names",
    "code_under",
    "in_set",
    "equals",
    "stated",
    "above",
    "at_least",
    "below",
    "at_most",
    "on_or_after",
    "before",
    "older_than_years",
]
DocumentKind = Literal["law", "regulation", "normative", "plan", "local"]
Verified = Literal["text", "secondary", "unverified"]


@dataclass(frozen=True, slots=True)
class SettingRef:
    """A value that the text leaves open; the office sets it in its workspace."""

    name: str


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of one attribute of the site, or one field of the zone.

    Attributes
    ----------
    name
        Canonical attribute (in `subject`) or zone field (in a zone filter).
    operator, value
        ``in`` a tuple of texts; ``names`` likewise, for proper names: a value that
        ends with one of them matches (``乌海海勃湾工业园区``), one that holds it
        elsewhere is unknown; ``code_under`` a tuple of industry-code prefixes
        (``26`` holds ``2613``); ``in_set`` the name of a set
        (`spatial.policy.named_set`); ``equals`` text, number or flag; ``stated`` true:
        something is written there and it is not a word for "none";
        ``older_than_years`` a whole number: on the day of the review more than so
        many years have gone since the date; the rest compare a number or a date with
        `value`.
    missing
        What a missing value means: ``unknown`` (the default), or ``match`` where the
        law says that the strictest applies (the reason stands in `because`).
    assumed
        Further values (for ``in``) that count as a match by an assumption that the
        finding must report.
    because
        Source of `missing: match` or of `assumed`, for the reader.
    """

    name: str
    operator: Operator
    value: tuple[str, ...] | str | float | bool | dt.date | SettingRef
    missing: Literal["unknown", "match"] = "unknown"
    assumed: tuple[str, ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; false when one is false; else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """True when one part is; false when every part is false; else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The reverse; unknown stays unknown."""

    part: Condition


Condition = Test | All | Any | Not


@dataclass(frozen=True, slots=True)
class Where:
    """Which spatial relation a provision needs.

    Attributes
    ----------
    relation
        ``intersects``: interiors overlap by more than the layer's tolerance (a
        shared border is no overlap). ``within_distance``: geodesic distance
        <= `distance_m`, the limit included, compared at 1 mm. ``not_within``: some
        part of the site (more than the tolerance) lies outside the union of the
        matching zones. ``outside``: no interior overlap with any matching zone.
        ``anywhere``: no place is needed (`kind` is None).
    kind
        Layer kind of the zones.
    filter
        Condition on the zone's fields; None = every zone of the kind.
    distance_m
        For ``within_distance``.
    must_be_covered
        For ``intersects``: land that no zone of the kind covers is a gap in the data
        (control units tile a county), so it is unknown, not false.
    must_exist
        For ``intersects``: the zone that the filter names must have been drawn
        somewhere (a region that a policy names in words); else it is unknown.
    """

    relation: Relation
    kind: str | None = None
    filter: Condition | None = None
    distance_m: float | SettingRef | None = None
    must_be_covered: bool = False
    must_exist: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """Where it is written.

    Attributes
    ----------
    document
        Id of a `Document` of the same rulebook.
    article
        As people cite it: ``第二十六条``, ``第三章第一节``.
    quote
        To the character (blanks, line breaks and page marks of the source aside).
    verified
        ``text``: read in the text itself; ``secondary``: read in a reprint or in
        part; ``unverified``: not read. An unverified text never prohibits.
    """

    document: str
    article: str
    quote: str
    verified: Verified = "text"


@dataclass(frozen=True, slots=True)
class Relief:
    """What makes a prohibition milder, when it is certain.

    An applicant claims an exception; what is not claimed is not granted. While
    `when` is false or unknown the provision's own effect stands, and the finding
    names the relief. ``needs_information`` is for a claim that only a person can
    judge: its text was not read, or it is no value that the law knows.
    """

    when: Condition
    effect: Literal["restricted", "clear", "needs_information"]
    requires: Mapping[str, str]
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """Who, where, and what follows.

    Attributes
    ----------
    subject
        Condition on the site's attributes; None = every project.
    where
        The spatial relation.
    effect
        ``prohibited``, ``restricted`` (conditions or approval), or
        ``needs_information`` (the text could not be read; a person must), or
        ``advice`` (the clause encourages, exempts or only points at something: it is
        shown, and decides nothing).
    requires
        What the applicant must bring, by language; empty for a plain ban. The words
        of an advice.
    relief
        Exceptions, first match wins.
    reads_with
        The law that gives the clause its effect, where the clause itself only
        refers to it.
    """

    where: Where
    effect: Effect
    subject: Condition | None = None
    requires: Mapping[str, str] = field(default_factory=dict)
    relief: tuple[Relief, ...] = ()
    reads_with: tuple[Citation, ...] = ()

    @property
    def is_advice(self) -> bool:
        """Whether it is only pointed out, whatever else is said of a site."""
        return self.effect == "advice"


@dataclass(frozen=True, slots=True)
class Edition:
    """A rule as it reads in a period of validity (both ends included)."""

    valid: Period
    citation: Citation
    provisions: tuple[Provision, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """An instrument that rules cite.

    Attributes
    ----------
    kind
        ``plan`` has a period: after its end the rule is shown as "period ended,
        successor to be confirmed" and asks for information where it would apply.
    text
        File name of the source text that quotes are compared with, or "".
    source
        Where it was read.
    """

    id: str
    title: Mapping[str, str]
    kind: DocumentKind
    period: Period
    text: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in all its editions.

    Attributes
    ----------
    id
        ``NM14-S29``: the clause id of ``policy/clauses.yaml`` where there is one.
    title
        By language.
    territory
        Adcodes (six digits) where it applies; empty = everywhere. ``150000`` holds
        every code that starts with ``15``.
    note
        Ambiguities and readings, for the reviewer; "" when there are none.
    about
        ``project``: heard in every review. ``activity``: heard only where what is
        reviewed is there already (a boiler, a tailings pond, a patch of change).
    clauses
        Ids of further clauses of the register (`spatial.policy.register`) that the
        rule answers for; the one that it is named after need not be listed.
    """

    id: str
    title: Mapping[str, str]
    territory: tuple[str, ...]
    editions: tuple[Edition, ...]
    note: str = ""
    cases: tuple[Case, ...] = ()
    clauses: tuple[str, ...] = ()
    about: About = "project"

    def heard(self, edition: Edition, about: About) -> Mapping[int, Provision]:
        """Return what a review of projects or activities hears of an edition.

        Parameters
        ----------
        edition
            One of this rule.
        about
            What is reviewed.

        Returns
        -------
        Mapping of int to Provision
            By number, counted from 1. Of projects: all, or nothing of a rule on
            activities. Of activities: all of a rule on activities; of one on
            projects what ties a ban to a zone (`BOUND`), because what may not be
            built there may not be there. What else it asks (a capacity replaced, a
            park entered) is asked of a decision to build, which is past.
        """
        if about == "project" and self.about == "activity":
            return {}
        return {
            number: one
            for number, one in enumerate(edition.provisions, start=1)
            if self.about == about or one.where.relation in BOUND
        }


@dataclass(frozen=True, slots=True)
class Case:
    """A worked example that a lawyer can read; drawn in metres on squared paper.

    Attributes
    ----------
    aspect
        ``hit``, ``miss``, ``edge`` or ``unknown``.
    name
        A sentence.
    on
        As-of date.
    site
        Attributes of the project.
    site_shape
        ``("box", (x0, y0, x1, y1))``, ``("line", ((x, y), ...))`` or
        ``("point", (x, y))``, metres east and north of the case's origin.
    zones
        By layer kind: shapes and zone fields. A kind that is not listed is a layer
        that the office does not have.
    settings
        Values the office has set.
    expect
        ``prohibited``, ``restricted``, ``clear``, ``needs_information``,
        ``not_checked``, ``not_in_force``, or ``advised``: clear, with an advice.
    at
        Longitude and latitude of its origin; None = where cases are drawn.
    """

    aspect: Literal["hit", "miss", "edge", "unknown"]
    name: str
    on: dt.date
    site: Mapping[str, object]
    site_shape: tuple[str, tuple[object, ...]]
    zones: Mapping[str, tuple[CaseZone, ...]]
    settings: Mapping[str, float | str | tuple[str, ...]]
    expect: str
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class CaseZone:
    """A zone of a `Case`: a shape in metres and its fields."""

    shape: tuple[str, tuple[object, ...]]
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Documents and rules that belong together.

    Attributes
    ----------
    id
        Name of the file without suffix.
    path, sha256
        Where it was read from (file name only for the built-in ones).
    """

    id: str
    title: Mapping[str, str]
    documents: Mapping[str, Document]
    rules: tuple[Rule, ...]
    path: str
    sha256: str
