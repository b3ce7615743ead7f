"""Editions of one series: on each day one of them counts, and not two."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from layers.quality.defect import Defect, defect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from layers.layer import Layer
    from layers.text import Fact

_DAY = dt.timedelta(days=1)


def by_series(layers: Iterable[Layer]) -> Mapping[str, tuple[Layer, ...]]:
    """Return the editions of each series, the earliest first."""
    found: dict[str, list[Layer]] = {}
    for one in layers:
        if one.series is not None:
            found.setdefault(one.series, []).append(one)
    return {name: tuple(sorted(ones, key=_begins)) for name, ones in found.items()}


def _begins(layer: Layer) -> dt.date:
    return layer.provenance.valid.start or dt.date.min


def editions(layer: Layer, series: tuple[Layer, ...]) -> Iterator[Defect]:
    """Yield what speaks against an edition beside the one after it.

    Parameters
    ----------
    layer
        One of `series`.
    series
        As from `by_series`.

    Notes
    -----
    Days that no edition holds are a gap: on them the kind is not checked. Days that
    two hold are worse: nobody says which of them counts, and no site is clear by them.
    """
    for one, after in pairwise(series):
        if one is not layer:
            continue
        ends, begins = one.provenance.valid.end, after.provenance.valid.start
        facts: dict[str, Fact] = {"series": one.series or "", "other": after.id}
        if ends is None or begins is None or begins <= ends:
            facts |= {"from": str(begins or ".."), "to": str(_last(one, after))}
            yield defect("editions_overlap", one.id, facts=facts)
        elif begins - ends > _DAY:
            facts |= {"from": str(ends + _DAY), "to": str(begins - _DAY)}
            yield defect("editions_gap", one.id, facts=facts)


def _last(one: Layer, after: Layer) -> dt.date | str:
    """Return the last day on which both hold."""
    ends = [part.provenance.valid.end for part in (one, after)]
    return min((day for day in ends if day is not None), default="..")


def replaced(layer: Layer, series: tuple[Layer, ...], *, on: dt.date) -> Defect | None:
    """Return that another edition counts on a day; None where none does, or it does."""
    valid = layer.provenance.valid
    counts = [one for one in series if on in one.provenance.valid]
    if not counts or on in valid:
        return None
    facts: dict[str, Fact] = {
        "valid": str(valid),
        "on": str(on),
        "other": counts[0].id,
        "series": layer.series or "",
    }
    return defect("edition_not_in_force", layer.id, facts=facts)
