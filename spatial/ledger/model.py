"""The values of the ledger: who, what happened, what was seen, what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from layers.card import card_html

if TYPE_CHECKING:
    import datetime as dt

    from shapely.geometry.base import BaseGeometry

Plain = str | int | float | bool | None
Facts = Mapping[str, object]
"""What JSON can hold."""

KINDS = (
    *("opened", "seen", "moved", "amended", "evidence", "linked", "unlinked"),
    *("transferred", "merged", "split", "rematched", "conflict", "run"),
    *("created", "migrated", "erased"),
)
"""What an event can be."""

EvidenceKind = Literal[
    "photo",
    "document",
    "acceptance",
    "after_image",
    "field_coordinates",
    "statement",
    "other",
]
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = (
    *("photo", "document", "acceptance", "after_image"),
    *("field_coordinates", "statement", "other"),
)

SEEN_WITH_SHAPE = (
    *("new", "same", "grown", "shrunk", "split", "merged", "returned"),
    *("recovering", "earlier"),
)
SEEN_WITHOUT_SHAPE = ("gone", "not_observed")
RELATIONS = (*SEEN_WITH_SHAPE, *SEEN_WITHOUT_SHAPE)
"""How what a run saw relates to what was known."""

LINK_KINDS = ("permit", "review", "site", "penalty", "case", "restoration", "other")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes, and as what: a role of ``lifecycle.yaml``."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; never changed afterwards.

    Attributes
    ----------
    seq
        1..n over the whole ledger.
    case_id
        "" for what concerns the ledger itself.
    at
        UTC, ``2026-11-22T03:04:05.678Z``.
    actor, role
        Who, and as what.
    kind
        One of `KINDS`.
    from_state, to_state
        The same but in a move; "" before the case was there.
    why
        In the words of the one who wrote.
    payload
        What belongs to the kind.
    prev_hash, hash
        SHA-256 as hex, see `spatial.ledger.chain`.
    """

    seq: int
    case_id: str
    at: str
    actor: str
    role: str
    kind: str
    from_state: str
    to_state: str
    why: str
    payload: Facts
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Person:
    """A reporter. Kept apart from everything else; see `Writing.erase`."""

    name: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves something.

    Attributes
    ----------
    kind
        One of `EVIDENCE_KINDS`; ``acceptance`` is the document of it (验收意见).
    name
        File name, or a title.
    media_type, sha256, size
        Of the content; "" and 0 where there is none (coordinates alone).
    content
        The bytes, when they are to lie in the ledger.
    path
        Where the file lies when it stays outside.
    taken_on
        When it was taken or signed.
    lon, lat
        Where, degrees in EPSG:4490.
    """

    kind: EvidenceKind
    name: str
    media_type: str = ""
    sha256: str = ""
    size: int = 0
    content: bytes | None = field(default=None, repr=False)
    path: str = ""
    taken_on: dt.date | None = None
    lon: float | None = None
    lat: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a run, a visit or a report saw of a case.

    Attributes
    ----------
    clue_id
        Name within its run or list.
    run_id
        Of which run; "" for none.
    seen_on
        The day of the image, the visit or the report.
    relation
        One of `RELATIONS`.
    geometry
        EPSG:4490; None for ``gone`` and ``not_observed``.
    footprint
        Outline of the case from now on, where it is not this geometry: the case was
        seen in several pieces, or only its latest change was seen.
    kind
        Activity class, a guess; None for unknown.
    why
        Why it was taken for this case: a text key and its facts.
    facts
        Whatever else the run said (JSON).
    """

    clue_id: str
    run_id: str
    seen_on: dt.date
    relation: str = "same"
    geometry: BaseGeometry | None = None
    kind: str | None = None
    footprint: BaseGeometry | None = None
    why: Facts = field(default_factory=dict)
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A case belongs together with something else.

    Attributes
    ----------
    kind
        One of `LINK_KINDS`.
    target
        Number of the permit, id of the review and the site, number of the penalty.
    relation
        ``inside``, ``beyond``, ``none``, ``expired`` ...; "" where there is none.
    facts
        Further figures (JSON).
    """

    kind: str
    target: str
    relation: str = ""
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is known of a case when it is opened.

    Attributes
    ----------
    source
        ``monitor``, ``inspection``, ``report_12369``, ``drone``, ``field``,
        ``inspectorate`` (督察), ``other``.
    found_on
        The day of the image, the visit or the report.
    geometry
        EPSG:4490, areas, lines or points; None when no place is known.
    county
        Six-digit adcode; "" for unknown, which numbers the case under 000000.
    zones
        ``(kind, id, name, shared m2)`` of the control zones it lies in.
    rule
        Clause or rule that decides; "" for none yet.
    reporter
        Goes into the private table alone.
    facts
        Whatever else is known (JSON).
    """

    source: str
    found_on: dt.date
    title: str = ""
    geometry: BaseGeometry | None = None
    kind: str | None = None
    county: str = ""
    county_name: str = ""
    zones: tuple[tuple[str, str, str, float], ...] = ()
    rule: str = ""
    outcome: str = ""
    department: str = ""
    responsible: str = ""
    priority: float | None = None
    clue_id: str = ""
    run_id: str = ""
    reporter: Person | None = None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Transfer:
    """移交单: the six fields of NM14-L03. Place and area are those of the case.

    Attributes
    ----------
    to
        The department that receives it.
    clause
        The clause it rests upon.
    due_on
        Until when an answer is awaited.
    """

    to: str
    clause: str
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Run:
    """A monitoring run or a list that was entered, even one without a clue.

    Attributes
    ----------
    run_id
        Unique in the ledger.
    on
        The day of the later image, or of the list.
    hashes
        SHA-256 by file of what went in.
    clues
        How many rows it had.
    facts
        Settings, counts (JSON).
    """

    run_id: str
    on: dt.date
    hashes: Mapping[str, str] = field(default_factory=dict)
    clues: int = 0
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases; what is not said is not asked.

    Attributes
    ----------
    case_ids
        Any of them, merged ones too.
    states
        Any of them.
    county
        Beginning of the adcode: ``15`` a province, ``1506`` a city, ``150624``.
    zone_kind
        The case lies in a zone of this kind.
    kind, source, rule, run_id, department
        Equal.
    bounds
        min_lon, min_lat, max_lon, max_lat: the footprint's box meets it.
    found_from, found_to
        Day found, both included.
    overdue_on
        The deadline has passed on this day, the case is open and not suspended.
    suspended, has_conflict
        True or False; None: both.
    with_merged
        Cases that were merged into others too.
    limit, after
        So many, of those that follow this case number.
    """

    case_ids: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    county: str = ""
    zone_kind: str = ""
    kind: str = ""
    source: str = ""
    rule: str = ""
    run_id: str = ""
    department: str = ""
    bounds: tuple[float, float, float, float] | None = None
    found_from: dt.date | None = None
    found_to: dt.date | None = None
    overdue_on: dt.date | None = None
    suspended: bool | None = None
    has_conflict: bool | None = None
    with_merged: bool = False
    limit: int | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case with everything that is known of it.

    Attributes
    ----------
    case_id
        ``2026-150624-000123``.
    fields
        The row of the case, by column of `spatial.ledger.tables.cases`.
    geometry, ground
        Last footprint, and the union of all footprints; None for neither.
    events, evidence, sightings, links, conflicts
        In the order in which they were entered.
    next_moves
        Which moves the state allows, and what each still lacks.
    """

    case_id: str
    fields: Mapping[str, object]
    geometry: BaseGeometry | None
    ground: BaseGeometry | None
    events: tuple[Event, ...]
    evidence: tuple[Mapping[str, object], ...]
    sightings: tuple[Mapping[str, object], ...]
    links: tuple[Mapping[str, object], ...]
    conflicts: tuple[Mapping[str, object], ...]
    next_moves: Mapping[str, tuple[str, ...]]

    @property
    def state(self) -> str:
        """Return the id of the state."""
        return str(self.fields["state"])

    def _repr_html_(self) -> str:
        from spatial.ledger.cards import case_card  # noqa: PLC0415

        return card_html(case_card(self))
