"""Which kind of layer a table could be, and what would become of it as one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.frame.columns import match
from layers.spec import fold, kinds, spec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.layer import Layer
    from layers.spec import LayerSpec

ENOUGH = 2
"""Kinds whose names fit fewer columns than this are not named: `name` fits them all."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table fits a kind.

    Attributes
    ----------
    kind, title
        The kind.
    fields
        Canonical field -> the source column that would be read for it.
    missing
        Required fields that no column fits.
    knows_name
        Whether the kind knows the layer's name.
    """

    kind: str
    title: Mapping[str, str]
    fields: Mapping[str, str]
    missing: tuple[str, ...]
    knows_name: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What reading a table as a kind would leave: the row ledger.

    Attributes
    ----------
    kind, title
        The kind.
    rows_in_file, rows_kept, rows_quarantined
        The ledger: the first is the sum of the others.
    reasons
        Why rows would be set aside (a key of `layers.issue.SEVERITY`), and how many,
        the most frequent first.
    """

    kind: str
    title: Mapping[str, str]
    rows_in_file: int
    rows_kept: int
    rows_quarantined: int
    reasons: Mapping[str, int]


def fit(columns: Sequence[str], name: str, wanted: LayerSpec) -> Fit:
    """Return how columns fit a kind; a column serves one field."""
    found = match(columns, spec=wanted, fields={}, source=name).columns
    return Fit(
        kind=wanted.kind,
        title=wanted.title,
        fields={field: hits[0] for field, hits in found.items() if hits},
        missing=tuple(
            one.name for one in wanted.fields if one.required and not found[one.name]
        ),
        knows_name=fold(name) in map(fold, wanted.layer_names),
    )


def candidates(columns: Sequence[str], name: str) -> tuple[Fit, ...]:
    """Return the kinds that a table could be, best first.

    Parameters
    ----------
    columns, name
        Of the table, as the source has them.

    Returns
    -------
    tuple of Fit
        Those that know the layer's name, else those that fit the most columns: at
        least two, and not more than three kinds alike. Empty when nothing tells the
        kinds apart. It is a hint for people; nothing is read by it.
    """
    found = [fit(columns, name, spec(kind)) for kind in kinds()]
    named = [one for one in found if one.knows_name]
    found = named or [one for one in found if len(one.fields) >= ENOUGH]
    most = max((len(one.fields) for one in found), default=0)
    best = tuple(one for one in found if len(one.fields) == most)
    return best if len(best) <= MOST else ()


def trial(layer: Layer) -> Trial:
    """Return the row ledger of a layer that was read on trial."""
    reasons = Counter(one.reason for one in layer.quarantine)
    return Trial(
        kind=layer.kind,
        title=layer.spec.title,
        rows_in_file=layer.provenance.rows_in_file,
        rows_kept=layer.provenance.rows_kept,
        rows_quarantined=layer.provenance.rows_quarantined,
        reasons=dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0]))),
    )
