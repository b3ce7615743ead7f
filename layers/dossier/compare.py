"""Two editions of a list: what entered, what left and why, what changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from layers.dossier.kinds import REMOVED
from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from layers.dossier.read import Dossier

Sort = Literal["entered", "returned", "left", "left_without_reason", "changed"]
SORTS: tuple[Sort, ...] = (
    *("left_without_reason", "left", "entered", "returned", "changed"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that is not as it was.

    Attributes
    ----------
    id
        Of the entry.
    sort
        ``entered``: only the later edition has it. ``returned``: the earlier one gave
        a reason of removal, and the later one has it as an entry. ``left``: the later
        one says why. ``left_without_reason``: it does not. ``changed``: a field.
    field, before, after
        Of a change; ``removed_because`` and the reason where it left.
    """

    id: str
    sort: Sort
    field: str = ""
    before: str = ""
    after: str = ""


def compared(earlier: Dossier, later: Dossier) -> tuple[Change, ...]:
    """Return how a list changed from one edition to the next.

    Parameters
    ----------
    earlier, later
        Of one kind, no id twice among the entries and none missing: otherwise nobody
        knows which is which.

    Returns
    -------
    tuple of Change
        In the order of `SORTS`, then by id, then in the order of the fields.

    Raises
    ------
    InputRefusedError
        The kinds differ, the later edition is the earlier by its date, or an id is
        missing or stands twice.
    """
    _need_two(earlier, later)
    before, after, gone = _keyed(earlier), _keyed(later), _reasons(later)
    was_removed = _reasons(earlier)
    every = [
        *(_left(one, gone) for one in before if one not in after),
        *(
            Change(one, "returned" if one in was_removed else "entered")
            for one in after
            if one not in before
        ),
        *(
            change
            for one in before
            if one in after
            for change in _changed(one, before[one], after[one], later)
        ),
    ]
    # sorted is stable: the fields of an entry stay in their order
    return tuple(sorted(every, key=lambda one: (SORTS.index(one.sort), one.id)))


def _left(entry: str, gone: dict[str, str]) -> Change:
    """Return an entry that left."""
    if entry in gone:
        return Change(entry, "left", REMOVED, after=gone[entry])
    return Change(entry, "left_without_reason", REMOVED)


def _changed(
    entry: str, before: pd.Series, after: pd.Series, later: Dossier
) -> Iterator[Change]:
    """Yield the fields of an entry that are not as they were."""
    for field in later.spec.table.fields:
        old, new = _text(before[field.name]), _text(after[field.name])
        if old != new:
            yield Change(entry, "changed", field.name, old, new)


def _text(cell: object) -> str:
    """Return a cell as it is compared and printed."""
    return "" if cell is None or cell != cell else str(cell)  # noqa: PLR0124 - NaN


def _keyed(found: Dossier) -> dict[str, pd.Series]:
    """Return the entries by their id."""
    name = found.spec.table.id_field
    return {str(row[name]): row for _, row in found.entries.iterrows()}


def _reasons(found: Dossier) -> dict[str, str]:
    """Return why entries left, by their id."""
    name = found.spec.table.id_field
    rows = found.removed
    return dict(zip(map(str, rows[name]), map(str, rows[REMOVED]), strict=True))


def _need_two(earlier: Dossier, later: Dossier) -> None:
    """Raise unless two editions can be told apart and compared."""
    if earlier.spec.kind != later.spec.kind:
        raise InputRefusedError(
            source=later.source,
            expected=f"another edition of {earlier.spec.kind}",
            got=later.spec.kind,
            todo="compare lists of one kind",
        )
    if earlier.on is not None and later.on is not None and later.on < earlier.on:
        raise InputRefusedError(
            source=later.source,
            expected=f"an edition of {earlier.on} or later",
            got=str(later.on),
            todo="give the earlier edition first",
        )
    for one in (earlier, later):
        ids = list(one.entries[one.spec.table.id_field])
        if None in ids or len(set(ids)) < len(ids):
            raise InputRefusedError(
                source=one.source,
                expected="an id for every entry, each once",
                got="an id that is missing or stands twice",
                todo="`redline dossier check` names the rows",
            )
