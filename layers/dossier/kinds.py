"""What a list of a kind must hold: one YAML a kind, with the clause behind it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from layers import document
from layers.errors import UnknownKindError
from layers.spec import LayerSpec, read_field, read_titles

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from layers.document import Entry

KINDS = Path(__file__).parent / "kinds"
REMOVED = "removed_because"
"""The field of every kind that says why an entry is no longer one."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Where one field says so, another must too.

    Attributes
    ----------
    field, stated_is
        The condition: a flag has this value, or (``stated``) any value at all.
    then, must_be
        The flag that must then have this value.
    clause
        Who asks for it.
    """

    field: str
    stated_is: bool | Literal["stated"]
    then: str
    must_be: bool
    clause: str


@dataclass(frozen=True, slots=True)
class Due:
    """A field that has to be filled by a day.

    Attributes
    ----------
    field
        Which.
    by
        The last day on which it may still be empty.
    clause
        Who sets the day.
    when, among
        For which rows: those whose field `when` is among these; all where `when` is
        None.
    """

    field: str
    by: dt.date
    clause: str
    when: str | None = None
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DossierSpec:
    """What a list of one kind must hold.

    Attributes
    ----------
    table
        Fields, aliases and titles as of a layer; it has no geometry.
    clauses
        Ids of the clauses that ask for the list, as in the register.
    unique
        Fields no two entries may share.
    belongs_to
        Field that names an entry of another list, and the kind of that list.
    expects, due
        See `Expected`, `Due`.
    renewed_every_months
        How often there has to be a new edition; None where no clause says.
    unverified
        What could not be read in any text at hand, by language; None where nothing.
    """

    table: LayerSpec
    clauses: tuple[str, ...]
    unique: tuple[str, ...] = ()
    belongs_to: tuple[str, str] | None = None
    expects: tuple[Expected, ...] = ()
    due: tuple[Due, ...] = ()
    renewed_every_months: int | None = None
    unverified: Mapping[str, str] | None = None

    @property
    def kind(self) -> str:
        """Return the id of the kind."""
        return self.table.kind

    @property
    def title(self) -> Mapping[str, str]:
        """Return its name by language."""
        return self.table.title


@cache
def dossier_kinds() -> tuple[str, ...]:
    """Return the ids of all kinds, sorted."""
    return tuple(sorted(path.stem for path in KINDS.glob("*.yaml")))


@cache
def dossier_spec(kind: str) -> DossierSpec:
    """Return what a list of a kind must hold.

    Raises
    ------
    UnknownKindError
        There is no such kind; the message lists those there are.
    """
    if kind not in dossier_kinds():
        known = list(dossier_kinds())
        raise UnknownKindError(what="kind of list", name=kind, known=known)
    return _read(document.load_own(KINDS / f"{kind}.yaml"), kind)


def _read(entry: Entry, kind: str) -> DossierSpec:
    """Read the YAML of a kind."""
    entry.only(
        *("kind", "title", "clauses", "id_field", "name_field", "source", "fields"),
        *("unique", "belongs_to", "expects", "due", "renewed_every_months"),
        "unverified",
    )
    entry.need("kind").one_of(kind)
    fields = tuple(read_field(one) for one in entry.need("fields"))
    names = tuple(one.name for one in fields)
    if REMOVED not in names:
        entry.need("fields").fail(f"the field {REMOVED!r}")
    table = LayerSpec(
        kind=kind,
        title=read_titles(entry.need("title")),
        role="record",
        geometry=(),
        id_field=entry.need("id_field").one_of(*names),
        name_field=entry.need("name_field").one_of(*names),
        fields=fields,
        source=entry.need("source").text(),
    )
    months, unverified = entry.get("renewed_every_months"), entry.get("unverified")
    owner = entry.get("belongs_to")
    return DossierSpec(
        table=table,
        clauses=entry.need("clauses").texts(),
        unique=tuple(one.one_of(*names) for one in _items(entry, "unique")),
        belongs_to=_owner(owner, names) if owner else None,
        expects=tuple(_expected(one, names) for one in _items(entry, "expects")),
        due=tuple(_due(one, names) for one in _items(entry, "due")),
        renewed_every_months=int(months.number()) if months else None,
        unverified=read_titles(unverified) if unverified else None,
    )


def _items(entry: Entry, key: str) -> tuple[Entry, ...]:
    """Return the children of a list that may be left out."""
    found = entry.get(key)
    return found.items() if found else ()


def _owner(entry: Entry, names: tuple[str, ...]) -> tuple[str, str]:
    """Return the field and the kind that an entry belongs to."""
    entry.only("field", "kind")
    kind = entry.need("kind").one_of(*dossier_kinds())
    return entry.need("field").one_of(*names), kind


def _expected(entry: Entry, names: tuple[str, ...]) -> Expected:
    """Read what has to go together."""
    entry.only("when", "then", "clause")
    when, then = entry.need("when"), entry.need("then")
    when.only("field", "is")
    then.only("field", "is")
    said = when.need("is")
    return Expected(
        field=when.need("field").one_of(*names),
        stated_is="stated" if said.value == "stated" else said.flag(),
        then=then.need("field").one_of(*names),
        must_be=then.need("is").flag(),
        clause=entry.need("clause").text(),
    )


def _due(entry: Entry, names: tuple[str, ...]) -> Due:
    """Read by when something has to be filled."""
    entry.only("field", "by", "clause", "when")
    when = entry.get("when")
    if when is not None:
        when.only("field", "values")
    return Due(
        field=entry.need("field").one_of(*names),
        by=entry.need("by").date(),
        clause=entry.need("clause").text(),
        when=when.need("field").one_of(*names) if when else None,
        among=when.need("values").texts() if when else (),
    )
