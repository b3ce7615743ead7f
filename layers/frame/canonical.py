"""A raw table becomes the canonical columns that rules and reports rely on.

Every distinct value is parsed once, so a hundred thousand rows cost little; only rows
with something to say are looked at one by one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.frame.claims import is_outstanding
from layers.frame.columns import Matched, match
from layers.frame.identity import identify
from layers.frame.values import NotReadable, as_text, is_missing, parse
from layers.industry import earlier, may_have_lost_zero, readings
from layers.issue import DataIssue
from layers.quantity import quantity
from layers.spec import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.frame.values import Value
    from layers.spec import FieldSpec, LayerSpec
    from layers.text import Fact

CATEGORY_DIGITS = {"1": "priority", "2": "key", "3": "general"}
CONTROL_UNIT_CODE = re.compile(r"ZH(\d{6})([123])\d{4}")
RESERVED = ("feature_id", "geometry", "name_standard")
SHOWN = 60
INDUSTRY = "industry"


@dataclass(frozen=True, slots=True)
class Canonical:
    """The canonical table (without geometry) and what was found in it."""

    table: pd.DataFrame
    issues: tuple[DataIssue, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    """One parsed column: values, and (code, row, shown cell) of each offence."""

    cells: NDArray[np.object_]
    offences: list[tuple[str, int, str]]


def canonical(
    raw: pd.DataFrame,
    *,
    spec: LayerSpec,
    layer: str,
    fields: Mapping[str, str],
    source: str,
) -> Canonical:
    """Bring a raw table to the columns that `layers.layer.Layer.frame` documents.

    Parameters
    ----------
    raw
        Attributes as read, one row a feature.
    spec
        What a layer of the kind holds.
    layer
        Id of the layer, for the issues.
    fields
        Canonical name to source column, where the aliases do not fit.
    source
        Name of the source, for messages.

    Returns
    -------
    Canonical
        ``feature_id``, the canonical fields in the order of the spec, then the other
        columns of the source. Index 0..n-1 as in `raw`, which stays as it is.

    Notes
    -----
    Two columns that both claim a field (``field_ambiguous``): for the id and the name
    the one that the catalogue lists first is taken; for every other field a row counts
    as missing where they disagree.
    """
    names = [str(one) for one in raw.columns]
    source_table = raw.set_axis(names, axis=1)
    matched = match(names, spec=spec, fields=fields, source=source)
    parsed = {
        field.name: _field(source_table, matched.columns[field.name], field, spec)
        for field in spec.fields
    }
    values = {name: one.cells for name, one in parsed.items()}
    values, crossed = _cross_check(values, spec)
    offences = {name: one.offences for name, one in parsed.items()}
    offences.setdefault("category", []).extend(crossed)
    ids, id_issues = identify(values[spec.id_field], layer=layer)
    issues = [
        *_field_issues(matched, spec, layer),
        *id_issues,
        *_row_issues(offences, values, ids, spec=spec, layer=layer, matched=matched),
    ]
    table = _assembled(source_table, values, ids, spec=spec, matched=matched)
    return Canonical(table, tuple(issues))


def _field(
    table: pd.DataFrame, columns: tuple[str, ...], field: FieldSpec, spec: LayerSpec
) -> _Column:
    """Parse the column or columns that hold a field."""
    keeps_odd = field.name in (spec.id_field, spec.name_field)
    read = [_column(table[one], field, keeps_odd=keeps_odd) for one in columns]
    if not read:
        return _Column(np.full(len(table), None, dtype=object), [])
    cells = read[0].cells
    if len(read) > 1 and not keeps_odd:
        rows = zip(*(one.cells for one in read), strict=True)
        cells = _objects([_agreed(row) for row in rows])
    return _Column(cells, [one for column in read for one in column.offences])


def _agreed(values: tuple[Value, ...]) -> Value:
    """Return what all columns that say something say; None when they differ."""
    said = [one for one in values if one is not None]
    return said[0] if said and all(one == said[0] for one in said) else None


def _column(column: pd.Series, field: FieldSpec, *, keeps_odd: bool) -> _Column:
    """Parse one source column, each distinct cell once."""
    cells = [tuple(one) if isinstance(one, list) else one for one in column.tolist()]
    known: dict[tuple[type, object], tuple[Value, str]] = {}
    values: list[Value] = []
    offences: list[tuple[str, int, str]] = []
    for row, cell in enumerate(cells):
        if is_missing(cell):
            values.append(None)
            continue
        key = (type(cell), _hashable(cell))
        if key not in known:
            known[key] = (
                _measured(cell, field, heading=str(column.name))
                if field.unit
                else _value(cell, field, keeps_odd=keeps_odd)
            )
        value, code = known[key]
        values.append(value)
        if code:
            offences.append((code, row, _shown(cell, value, field)))
    return _Column(_objects(values), offences)


def _hashable(cell: object) -> object:
    """Return something that can be a key for a cell (GeoJSON allows objects)."""
    return str(cell) if isinstance(cell, dict | tuple) else cell


def _shown(cell: object, value: Value, field: FieldSpec) -> str:
    """Return a cell as an issue shows it; a figure with what was made of it."""
    text = as_text(cell)[:SHOWN]
    if isinstance(value, float) and field.unit:
        return f"{text} = {value:g} {field.unit}"
    return text


def _measured(cell: object, field: FieldSpec, *, heading: str) -> tuple[Value, str]:
    """Return a figure in the field's unit and the code of what is to be told."""
    read = quantity(cell, field, heading=heading)
    return read.value, read.trouble or ("unit_converted" if read.converted else "")


def _value(cell: object, field: FieldSpec, *, keeps_odd: bool) -> tuple[Value, str]:
    """Return the value of a cell and the code of what is wrong with it, or ''."""
    value = parse(cell, field)
    if isinstance(value, NotReadable):
        return None, "value_not_readable"
    if field.domain is not None and isinstance(value, str):
        known = field.spelled(value)
        return known, "" if known is not None else "value_outside_domain"
    if field.domain is not None and isinstance(value, tuple):
        spelled = tuple(one for one in map(field.spelled, value) if one is not None)
        whole = len(spelled) == len(value)  # one odd word may be the one that matters
        return (spelled, "") if whole else (None, "value_outside_domain")
    if field.pattern is not None and isinstance(value, str):
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)).upper()
        if re.fullmatch(field.pattern, plain):
            return plain, _about_industry(plain) if field.name == INDUSTRY else ""
        return (value if keeps_odd else None), "code_malformed"
    waits = field.is_claim and _claims_nothing(str(value), field)
    return (None, "claim_outstanding") if waits else (value, "")


def _claims_nothing(text: str, field: FieldSpec) -> bool:
    """Whether a text claims nothing, and does not say that there is nothing."""
    return fold(text) not in field.none_words and is_outstanding(text)


def _about_industry(code: str) -> str:
    """Return the code of what is odd about an industry code, or ''."""
    if earlier(code):
        return "industry_code_earlier"
    several = len(readings(code)) > 1
    return "industry_zero_lost" if several and may_have_lost_zero(code) else ""


def _cross_check(
    values: Mapping[str, NDArray[np.object_]], spec: LayerSpec
) -> tuple[dict[str, NDArray[np.object_]], list[tuple[str, int, str]]]:
    """Hold a control unit's code against its category and county.

    A category that the code contradicts is unknown: either may be the slip, and the
    milder of the two must not decide.
    """
    checked = dict(values)
    if spec.kind != "control_unit":
        return checked, []
    offences: list[tuple[str, int, str]] = []
    category = values["category"].copy()
    counties = values["county_code"]
    for row, code in enumerate(values["code"]):
        parts = CONTROL_UNIT_CODE.fullmatch(code or "")
        if parts is None:
            continue
        county, digit = parts.groups()
        if category[row] is not None and category[row] != CATEGORY_DIGITS[digit]:
            offences.append(("code_contradicts_category", row, str(code)))
            category[row] = None
        if counties[row] is not None and str(counties[row])[:6] != county:
            offences.append(("code_contradicts_county", row, str(code)))
    checked["category"] = category
    return checked, offences


def _field_issues(matched: Matched, spec: LayerSpec, layer: str) -> list[DataIssue]:
    """Return the issues that concern whole columns."""
    issues = []
    for name, one in matched.cut:
        full = one.meant[name]
        read: dict[str, Fact] = {**_called(spec.field(name)), "alias": full}
        read["column"] = one.column
        issues.append(DataIssue("field_name_cut", layer, facts=read))
    for one in matched.cut_unclear:
        meant = ", ".join(one.meant.values())
        said: dict[str, Fact] = {"column": one.column, "names": meant}
        issues.append(DataIssue("field_name_cut_unclear", layer, facts=said))
    for field in spec.fields:
        columns = matched.columns[field.name]
        if len(columns) > 1:
            facts: dict[str, Fact] = {
                **_called(field),
                "columns": ", ".join(columns),
            }
            issues.append(DataIssue("field_ambiguous", layer, facts=facts))
        if not columns and field.required:
            facts = _called(field)
            issues.append(DataIssue("required_field_missing", layer, facts=facts))
    return issues


def _called(field: FieldSpec) -> dict[str, Fact]:
    """Return the facts that name a field: for programs and for people."""
    return {"field": field.name, "title": field.title}


def _row_issues(
    offences: Mapping[str, list[tuple[str, int, str]]],
    values: Mapping[str, NDArray[np.object_]],
    ids: NDArray[np.object_],
    *,
    spec: LayerSpec,
    layer: str,
    matched: Matched,
) -> list[DataIssue]:
    """Return the issues of single rows, by row and field."""
    found = [
        (
            row,
            order,
            DataIssue(
                code,
                layer,
                row,
                str(ids[row]),
                {**_called(spec.field(name)), "value": cell},
            ),
        )
        for order, (name, ones) in enumerate(offences.items())
        for code, row, cell in ones
    ]
    for order, field in enumerate(spec.fields):
        if not field.required or not matched.columns[field.name]:
            continue
        told = {row for _, row, _ in offences[field.name]}
        facts = _called(field)
        for row in np.flatnonzero([one is None for one in values[field.name]]):
            if int(row) not in told:
                one = DataIssue(
                    "required_value_missing", layer, int(row), str(ids[row]), facts
                )
                found.append((int(row), order, one))
    return [one for _, _, one in sorted(found, key=lambda each: each[:2])]


def _assembled(
    source: pd.DataFrame,
    values: Mapping[str, NDArray[np.object_]],
    ids: NDArray[np.object_],
    *,
    spec: LayerSpec,
    matched: Matched,
) -> pd.DataFrame:
    """Put the columns together in their documented order."""
    columns: dict[str, object] = {"feature_id": ids}
    for field in spec.fields:
        column = values[field.name]
        columns[field.name] = column.astype(float) if field.type == "number" else column
    used = matched.used()
    for position, name in enumerate(source.columns):
        if name in used:
            continue
        free = name
        while free in columns or free in RESERVED:
            free = f"{free} (source)"
        columns[free] = source.iloc[:, position].to_numpy()
    index = pd.RangeIndex(len(source))
    made = {
        name: pd.Series(column, index=index, dtype=_dtype(column))  # type: ignore[call-overload]
        for name, column in columns.items()
    }
    return pd.DataFrame(made, index=index)


def _dtype(column: object) -> object:
    """Return object for text columns: pandas would turn None into NaN."""
    return getattr(column, "dtype", object)


def _objects(values: list[Value]) -> NDArray[np.object_]:
    """Return a list as an object array, tuples kept whole."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
