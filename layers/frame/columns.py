"""Which source column holds which canonical field."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from layers.errors import InputRefusedError
from layers.frame.cutnames import CutName, cut_names
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.spec import FieldSpec, LayerSpec


@dataclass(frozen=True, slots=True)
class Matched:
    """Source columns per canonical field, best first; empty when there is none.

    Attributes
    ----------
    columns
        By canonical name.
    cut
        Columns read as a field whose name was cut to 10 bytes: field and column.
    cut_unclear
        Columns that can be such a field, but another one too; not read.
    """

    columns: Mapping[str, tuple[str, ...]]
    cut: tuple[tuple[str, CutName], ...] = ()
    cut_unclear: tuple[CutName, ...] = ()

    def used(self) -> set[str]:
        """Return every source column that some field has taken."""
        return {one for found in self.columns.values() for one in found}


def match(
    columns: Sequence[str],
    *,
    spec: LayerSpec,
    fields: Mapping[str, str],
    source: str,
) -> Matched:
    """Find the canonical fields among the columns of a source.

    Parameters
    ----------
    columns
        Names as the source has them; blanks, line ends, case and width do not matter.
    spec
        What a layer of the kind holds.
    fields
        Canonical name to source column, given by the user: wins over everything.
    source
        For messages.

    Returns
    -------
    Matched
        The canonical name itself comes before its aliases, these in the order of the
        catalogue; titles count as aliases. A column serves one field. A field without
        a column takes the one column whose name can only be one of its names, cut to
        10 bytes.

    Raises
    ------
    UnknownKindError
        `fields` names a canonical field that the kind does not have.
    InputRefusedError
        `fields` names a column that the source does not have.
    """
    by_name: dict[str, list[str]] = {}
    for one in columns:
        by_name.setdefault(fold(one), []).append(one)
    given = {
        spec.field(canonical).name: _given(name, by_name, canonical, source)
        for canonical, name in fields.items()
    }
    taken = set(given.values())
    found: dict[str, tuple[str, ...]] = {}
    for field in spec.fields:
        if field.name in given:
            found[field.name] = (given[field.name],)
            continue
        hits = [
            column
            for spelling in _spellings(field)
            for column in by_name.get(spelling, ())
            if column not in taken
        ]
        found[field.name] = tuple(hits)
        taken.update(hits)
    return _with_cut_names(found, [one for one in columns if one not in taken], spec)


def _with_cut_names(
    found: Mapping[str, tuple[str, ...]], free: Sequence[str], spec: LayerSpec
) -> Matched:
    """Let fields without a column take the columns whose names were cut."""
    cuts = cut_names(free, spec.fields)
    wanted = Counter(next(iter(one.meant)) for one in cuts if one.is_clear)
    cut: list[tuple[str, CutName]] = []
    unclear: list[CutName] = []
    for one in cuts:
        field = next(iter(one.meant))
        if one.is_clear and wanted[field] == 1 and not found[field]:
            cut.append((field, one))
        elif not all(found[name] for name in one.meant):
            unclear.append(one)
    taken = {field: (one.column,) for field, one in cut}
    return Matched({**found, **taken}, tuple(cut), tuple(unclear))


def _spellings(field: FieldSpec) -> tuple[str, ...]:
    """Return the folded names of a field, each once, best first."""
    return _folded((field.name, *field.aliases, *field.title.values()))


@cache
def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names folded, each once; those of the catalogue are few."""
    return tuple(dict.fromkeys(map(fold, names)))


def _given(
    name: str, by_name: Mapping[str, list[str]], canonical: str, source: str
) -> str:
    """Return the source column that the user named."""
    hits = by_name.get(fold(name), [])
    exact = [one for one in hits if one == name] or hits
    if not exact:
        known = ", ".join(one for names in by_name.values() for one in names)
        raise InputRefusedError(
            source=source,
            expected=f"a column {name!r} for the field {canonical!r}",
            got=f"the columns {known or '(none)'}",
            todo="correct fields:",
        )
    return exact[0]
