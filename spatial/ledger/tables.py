"""The tables of the ledger: one definition for the file and for the server.

``events`` is the truth. ``cases``, ``grounds``, ``sightings``, ``evidence``, ``links``,
``conflicts`` and ``runs`` are what `spatial.ledger.projection` makes of it, kept so
that nobody has to read all events; `spatial.ledger.verify` makes them again and
compares. ``contents`` holds bytes under their SHA-256. ``persons`` is apart.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

from spatial.ledger.geometry_type import Shape

VERSION = 1
"""Of the tables; `spatial.ledger.migrations` raises it."""

metadata = MetaData()

# GeoPackage wants a plain INTEGER key; on a server 2**31 events are too few
_Number = BigInteger().with_variant(Integer(), "sqlite")
_Metres: Double[float] = Double()  # a FLOAT of a GeoPackage has 32 bits
# on a server, ordered by bytes as in a file, whatever the database's language
_Words = Text().with_variant(Text(collation="C"), "postgresql")


def _key(name: str) -> Column[int]:
    """Return an integer key that the ledger numbers itself."""
    return Column(name, _Number, primary_key=True, autoincrement=False)


def _text(name: str, default: str | None = "") -> Column[str]:
    """Return a text column, never missing unless `default` is None."""
    return Column(name, _Words, nullable=default is None)


meta = Table(
    "ledger_meta",
    metadata,
    Column("key", _Words, primary_key=True),
    Column("value", _Words, nullable=False),
)

events = Table(
    "events",
    metadata,
    _key("seq"),
    _text("case_id"),
    _text("at"),
    _text("actor"),
    _text("role"),
    _text("kind"),
    _text("from_state"),
    _text("to_state"),
    _text("why"),
    _text("payload"),
    _text("prev_hash"),
    _text("hash"),
    Index("events_by_case", "case_id", "seq"),
    # months and quarters are read from the moves alone, not from all that happened
    Index(
        "events_moving",
        *("at", "from_state", "to_state", "case_id"),
        sqlite_where=text("from_state <> to_state"),
        postgresql_where=text("from_state <> to_state"),
    ),
)

cases = Table(
    "cases",
    metadata,
    _key("fid"),  # the number of the event that opened it
    Column("case_id", _Words, nullable=False, unique=True),
    _text("state"),
    Column("suspended", Boolean, nullable=False),
    _text("title"),
    _text("source"),
    _text("kind", None),
    _text("county"),
    _text("county_name"),
    _text("zone_kinds"),  # "|a|b|", so that one can be looked for
    _text("zones"),  # JSON
    _text("rule"),
    _text("outcome"),
    _text("department"),
    _text("responsible"),
    _text("measure"),
    _text("penalty_doc"),
    _text("public_result"),
    _text("supervision_step"),
    Column("priority", _Metres),
    Column("area_m2", _Metres),
    Column("ground_m2", _Metres),
    Column("found_on", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("last_looked", Date, nullable=False),
    Column("seen_count", Integer, nullable=False),
    _text("hint"),
    _text("opened_at"),
    _text("state_since"),
    Column("filed_on", Date),
    Column("due_on", Date),
    Column("due_certain", Boolean, nullable=False),
    Column("closed_on", Date),
    Column("closed_in_time", Boolean),
    Column("closed_with_image", Boolean),
    Column("reopened_count", Integer, nullable=False),
    _text("transferred_to"),
    Column("transfer_due_on", Date),
    _text("transfer_answer"),
    _text("merged_into"),
    _text("split_from"),
    _text("run_id"),
    _text("clue_id"),
    Column("reporters", Integer, nullable=False),
    _text("locked"),  # JSON: field to the event in which a person set it
    _text("open_conflicts"),  # JSON: field to the event of the conflict
    _text("facts"),  # JSON
    _text("shape_sha256"),
    _text("ground_sha256"),
    Column("last_seq", _Number, nullable=False),
    Column("geom", Shape),
    Index("cases_by_state", "state", "case_id"),
    Index("cases_by_county", "county", "state"),
    Index("cases_by_due", "due_on"),
    Index("cases_by_found", "found_on"),
    # everything that is counted, so that no row with its shape has to be read
    Index(
        "cases_counted",
        *("county", "zone_kinds", "kind", "source", "department", "rule", "state"),
        *("found_on", "filed_on", "closed_with_image", "closed_in_time", "due_on"),
        *("suspended", "merged_into", "reopened_count", "area_m2"),
    ),
)

grounds = Table(
    "grounds",
    metadata,
    _key("fid"),  # as of the case
    Column("case_id", _Words, nullable=False, unique=True),
    Column("geom", Shape),
)

sightings = Table(
    "sightings",
    metadata,
    _key("seq"),
    _text("case_id"),
    _text("clue_id"),
    _text("run_id"),
    Column("seen_on", Date, nullable=False),
    _text("relation"),
    _text("kind", None),
    Column("area_m2", _Metres),
    _text("why"),
    _text("facts"),
    _text("shape_sha256"),
    Column("detached_seq", _Number),
    Column("geom", Shape),
    Index("sightings_by_case", "case_id", "seq"),
    Index("sightings_by_run", "run_id", "clue_id"),
)

evidence = Table(
    "evidence",
    metadata,
    _key("seq"),
    _text("case_id"),
    _text("kind"),
    _text("name"),
    _text("media_type"),
    _text("sha256"),
    Column("size", _Number, nullable=False),
    Column("inside", Boolean, nullable=False),
    _text("path"),
    Column("taken_on", Date),
    Column("lon", _Metres),
    Column("lat", _Metres),
    _text("note"),
    Index("evidence_by_case", "case_id", "seq"),
)

links = Table(
    "links",
    metadata,
    _key("seq"),
    _text("case_id"),
    _text("kind"),
    _text("target"),
    _text("relation"),
    _text("facts"),
    Column("unlinked_seq", _Number),
    Index("links_by_case", "case_id", "seq"),
    Index("links_by_target", "kind", "target"),
)

conflicts = Table(
    "conflicts",
    metadata,
    _key("seq"),
    _text("case_id"),
    _text("field"),
    _text("kept"),  # JSON
    _text("run_value"),  # JSON
    _text("run_id"),
    Column("settled_seq", _Number),
    Index("conflicts_by_case", "case_id", "seq"),
)

runs = Table(
    "runs",
    metadata,
    _key("seq"),
    Column("run_id", _Words, nullable=False, unique=True),
    Column("on_day", Date, nullable=False),
    Column("clues", Integer, nullable=False),
    _text("hashes"),
    _text("facts"),
)

contents = Table(
    "contents",
    metadata,
    Column("sha256", _Words, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

persons = Table(
    "persons",
    metadata,
    _key("seq"),
    _text("case_id"),
    _text("salt"),
    _text("name"),
    _text("phone"),
    _text("address"),
    _text("note"),
    Index("persons_by_case", "case_id"),
)

counters = Table(
    "counters",
    metadata,
    Column("prefix", _Words, primary_key=True),
    Column("last", Integer, nullable=False),
)

migrations = Table(
    "migrations",
    metadata,
    _key("version"),
    _text("name"),
    _text("at"),
)

SPATIAL = (cases, grounds, sightings)
"""Tables with a geometry, as QGIS lists them."""

SEARCHED = (cases, grounds)
"""Of these, the ones with a spatial index."""

LISTED = (events, evidence, links, conflicts, runs)
"""Tables without geometry that QGIS lists too."""

PROJECTED = (cases, sightings, evidence, links, conflicts, runs)
"""What `spatial.ledger.projection` writes."""

CHILDREN = (sightings, evidence, links, conflicts)
"""Rows of a case, in the order of their events."""
