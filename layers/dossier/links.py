"""A chain of lists: which entry hangs on nothing, and on which nothing hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import InputRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from layers.dossier.read import Dossier

COLUMNS = ("kind", "id", "why", "target")


def broken_links(lists: Iterable[Dossier]) -> pd.DataFrame:
    """Return where the chain of several lists is cut.

    Parameters
    ----------
    lists
        Each kind once. A kind that belongs to another is held against it where that
        one is among them; where it is not, its links are ``not_checked``.

    Returns
    -------
    DataFrame
        ``kind``, ``id`` of the entry, ``why``, ``target``. ``no_target``: the entry
        does not say where it belongs. ``unknown_target``: there is no such entry.
        ``nothing_below``: no entry of the list below belongs to it. ``not_checked``:
        the list above is not here. By kind, id, why.

    Raises
    ------
    InputRefusedError
        A kind stands twice.
    """
    by_kind: dict[str, Dossier] = {}
    for one in lists:
        if one.spec.kind in by_kind:
            raise InputRefusedError(
                source=one.source,
                expected="each kind once",
                got=f"{one.spec.kind} again",
                todo="join the two lists, or leave one out",
            )
        by_kind[one.spec.kind] = one
    rows: list[tuple[str, str, str, str]] = []
    for kind, found in by_kind.items():
        if found.spec.belongs_to is None:
            continue
        field, above = found.spec.belongs_to
        rows += _upwards(kind, found, field, by_kind.get(above))
        if above in by_kind:
            rows += _downwards(above, by_kind[above], set(found.entries[field]))
    return pd.DataFrame(sorted(rows), columns=pd.Index(COLUMNS))


def _upwards(
    kind: str, found: Dossier, field: str, above: Dossier | None
) -> list[tuple[str, str, str, str]]:
    """Return the entries that hang on nothing."""
    known = set() if above is None else set(above.entries[above.spec.table.id_field])
    rows = []
    for entry, target in zip(
        found.entries["feature_id"], found.entries[field], strict=True
    ):
        if target is None:
            rows.append((kind, str(entry), "no_target", ""))
        elif above is None:
            rows.append((kind, str(entry), "not_checked", str(target)))
        elif target not in known:
            rows.append((kind, str(entry), "unknown_target", str(target)))
    return rows


def _downwards(
    kind: str, found: Dossier, meant: set[object]
) -> list[tuple[str, str, str, str]]:
    """Return the entries on which nothing hangs."""
    ids = found.entries[found.spec.table.id_field]
    return [
        (kind, str(entry), "nothing_below", "")
        for entry, own in zip(found.entries["feature_id"], ids, strict=True)
        if own not in meant
    ]
