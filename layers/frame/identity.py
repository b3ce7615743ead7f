"""Every feature gets an id that is its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from layers.issue import DataIssue

if TYPE_CHECKING:
    from numpy.typing import NDArray


def identify(
    given: NDArray[np.object_], *, layer: str
) -> tuple[NDArray[np.object_], list[DataIssue]]:
    """Return unique ids, and what had to be made up or told apart.

    Parameters
    ----------
    given
        Ids as the source has them, None where missing.
    layer
        Id of the layer, for the issues.

    Returns
    -------
    tuple
        Ids: the given one; ``row-<n>`` (n counted from 0) where there is none;
        ``<id>#2``, ``<id>#3`` for the second and third of the same. One issue for a
        layer without any id, else one a row.
    """
    ids = np.empty(len(given), dtype=object)
    taken = {str(one) for one in given if one is not None}
    seen: Counter[str] = Counter()
    issues: list[DataIssue] = []
    nameless = [row for row, one in enumerate(given) if one is None]
    for row, one in enumerate(given):
        wanted = f"row-{row}" if one is None else str(one)
        if one is not None:
            seen[wanted] += 1
        if seen[wanted] == 1 if one is not None else wanted not in taken:
            ids[row] = wanted
            continue
        ids[row] = _free(wanted, taken, first=max(2, seen[wanted]))
        taken.add(ids[row])
        if one is not None:
            facts: dict[str, str | float] = {"id": wanted, "new_id": str(ids[row])}
            issues.append(DataIssue("duplicate_id", layer, row, str(ids[row]), facts))
    if nameless and len(nameless) == len(given):
        facts = {"count": len(nameless)}
        issues.append(DataIssue("id_generated", layer, facts=facts))
    else:
        issues += [
            DataIssue("id_generated", layer, row, str(ids[row]), {"count": 1})
            for row in nameless
        ]
    return ids, issues


def _free(wanted: str, taken: set[str], *, first: int) -> str:
    """Return the first ``<id>#n``, n from `first`, that nobody has."""
    number = first
    while f"{wanted}#{number}" in taken:
        number += 1
    return f"{wanted}#{number}"
