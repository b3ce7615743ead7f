"""What a list lacks: row by row, and how much of each field is filled."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import pandas as pd

    from layers.dossier.kinds import Expected
    from layers.dossier.read import Dossier

Why = Literal["missing", "overdue", "not_unique", "not_as_expected", "duplicate_id"]
WHYS: tuple[Why, ...] = (
    *("missing", "overdue", "duplicate_id", "not_unique", "not_as_expected"),
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that an entry lacks.

    Attributes
    ----------
    row
        As a spreadsheet program shows it, from 1.
    id
        Of the entry, made unique.
    field
        Which field.
    why
        ``missing``: no value, or one that could not be understood. ``overdue``: a
        day was set for it and has passed. ``duplicate_id``: another row has the id.
        ``not_unique``: another entry has the value. ``not_as_expected``: another
        field asks for something else.
    clauses
        Who asks for it.
    value
        What stands there, or the day that has passed.
    """

    row: int
    id: str
    field: str
    why: Why
    clauses: tuple[str, ...]
    value: str = ""


def gaps(found: Dossier, *, on: dt.date) -> tuple[Gap, ...]:
    """Return what the entries of a list lack on a day.

    Parameters
    ----------
    found
        Rows with a reason of removal are not looked at.
    on
        The day on which everything that is due has to be there: the day after the
        last on which it may be empty.

    Returns
    -------
    tuple of Gap
        By row, then in the order of the fields. Nothing is a gap that the kind does
        not ask for.
    """
    order = {field.name: at for at, field in enumerate(found.spec.table.fields)}
    every = [
        *_missing(found, on),
        *_repeated(found),
        *(gap for one in found.spec.expects for gap in _unexpected(found, one)),
    ]
    return tuple(
        sorted(every, key=lambda one: (one.row, order[one.field], WHYS.index(one.why)))
    )


def filled_share(found: Dossier) -> dict[str, float | None]:
    """Return by required field how much of the entries has it, from 0 to 1.

    None for a list without entries: of nothing, no share is known.
    """
    entries = found.entries
    return {
        field.name: (
            sum(_is_filled(one) for one in entries[field.name]) / len(entries)
            if len(entries)
            else None
        )
        for field in found.spec.table.fields
        if field.required
    }


def _is_filled(cell: object) -> bool:
    """Whether a cell says anything: NaN is a number that is missing."""
    return cell is not None and cell == cell  # noqa: PLR0124 - only NaN differs


def _missing(found: Dossier, on: dt.date) -> Iterator[Gap]:
    """Yield required fields without a value; overdue where a day has passed."""
    required = [one.name for one in found.spec.table.fields if one.required]
    for row, entry in found.entries.iterrows():
        for name in required:
            if _is_filled(entry[name]):
                continue
            passed = [
                one
                for one in found.spec.due
                if one.field == name
                and on > one.by
                and (one.when is None or entry[one.when] in one.among)
            ]
            first = min(passed, key=lambda one: one.by, default=None)
            yield Gap(
                row=int(str(row)),
                id=str(entry["feature_id"]),
                field=name,
                why="overdue" if first else "missing",
                clauses=(first.clause,) if first else found.spec.clauses,
                value=str(first.by) if first else "",
            )


def _repeated(found: Dossier) -> Iterator[Gap]:
    """Yield ids and other values that must not stand twice."""
    spec, entries = found.spec, found.entries
    for name in (spec.table.id_field, *spec.unique):
        count = Counter(one for one in entries[name] if one is not None)
        for row, entry in entries.iterrows():
            if count[entry[name]] > 1:
                yield Gap(
                    row=int(str(row)),
                    id=str(entry["feature_id"]),
                    field=name,
                    why="duplicate_id" if name == spec.table.id_field else "not_unique",
                    clauses=spec.clauses,
                    value=str(entry[name]),
                )


def _unexpected(found: Dossier, rule: Expected) -> Iterator[Gap]:
    """Yield entries whose fields do not go together; a missing one is told as such."""
    for row, entry in found.entries.iterrows():
        said = entry[rule.field]
        met = _is_filled(said) if rule.stated_is == "stated" else said is rule.stated_is
        if met and entry[rule.then] is (not rule.must_be):
            yield Gap(
                row=int(str(row)),
                id=str(entry["feature_id"]),
                field=rule.then,
                why="not_as_expected",
                clauses=(rule.clause,),
                value=_shown(entry, rule.then),
            )


def _shown(entry: pd.Series, name: str) -> str:
    """Return a flag as text."""
    return str(entry[name]).lower()
