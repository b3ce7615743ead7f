"""Lists of problems that people bring: inspections, reports of the public, drones.

A CSV, a sheet or any file that `layers.read` takes becomes clues by the same rules as
imagery. What cannot be entered is set aside with its reason. What is known of a
reporter goes into a table of its own and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import read as read_layer
from layers.errors import InputRefusedError
from layers.formats import headings
from layers.layer import FRAME
from layers.spec import spec
from layers.text import Message
from spatial.ledger.model import Person
from spatial.text import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.layer import Layer
    from layers.read.statement import Stated

KIND = "problem_report"
ORIGINS = ("inspection", "report_12369", "drone", "field", "inspectorate", "other")
TAKEN = (
    *("code", "name", "origin", "activity_class", "found_on", "county_code"),
    *("county_name", "place", "description", "department", "responsible", "remark"),
)
"""Columns of the list that may go into a case."""
REPORTER = ("reporter_name", "reporter_phone", "reporter_address")
"""Columns that go into the private table alone."""
_NO_PLACE = "geometry_null"
_FINE_DEG = 1e-9  # a tenth of a millimetre: what rewriting a file may change
_ID, _RUN = 12, 16  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not entered.

    Attributes
    ----------
    row
        In the source, counted from 0.
    clue_id
        Its code, where it has one.
    why
        The reason.
    """

    row: int
    clue_id: str
    why: Message


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of problems, ready to be matched and entered.

    Attributes
    ----------
    source, sha256
        Name of the file, without its folder, and the hash of its bytes.
    run_id
        From what the rows say: the same rows in another order, or in another format,
        have the same id.
    clues
        Indexed by clue id, sorted; EPSG:4490; ``kind``, ``seen_on``, ``origin`` and
        the other columns of `TAKEN`.
    placeless
        The same without a geometry: they cannot be matched, and are registered.
    reporters
        By clue id; never part of the tables above.
    refused
        Rows that were set aside. Rows of the file = clues + placeless + refused.
    not_taken
        Headings of the file that mean nothing here, in their order. Their cells are
        left out, since nobody can say whether they name a person.
    """

    source: str
    sha256: str
    run_id: str
    clues: gpd.GeoDataFrame
    placeless: pd.DataFrame
    reporters: Mapping[str, Person]
    refused: tuple[Refused, ...]
    not_taken: tuple[str, ...]

    @property
    def on(self) -> dt.date | None:
        """The last day on the list; None for an empty one."""
        days = [*self.clues["seen_on"], *self.placeless["seen_on"]]
        return max(days) if days else None


def read_listing(
    source: Path | str,
    *,
    origin: str | None = None,
    on: dt.date | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    **stated: Unpack[Stated],
) -> Listing:
    """Read a list of problems.

    Parameters
    ----------
    source
        A file of any format of ``docs/formats.md``; see `write_template` for a form.
    origin
        One of `ORIGINS`, for rows that do not say.
    on
        Today: rows of a later day are set aside. None: days are not looked at.
    layer, encoding, **stated
        As for `layers.read`: coordinates in degrees, in degrees, minutes and seconds,
        or in metres with ``crs=``.

    Returns
    -------
    Listing
        Rows by the rules of `layers.read`. A row whose outline cannot be relied on, a
        row without a day, one of a day to come, one whose origin nobody states, and
        a second copy of a row are set aside.

    Raises
    ------
    InputRefusedError
        The file cannot be read, or `origin` is none.
    SourceNotFoundError, CrsError
        As for `layers.read`.
    """
    if origin is not None and origin not in ORIGINS:
        raise InputRefusedError(
            source=source,
            expected=f"an origin: {', '.join(ORIGINS)}",
            got=repr(origin),
            todo="give one of these",
        )
    found = read_layer(source, kind=KIND, layer=layer, encoding=encoding, **stated)
    return listing_of(found, origin=origin, on=on)


def listing_of(
    layer: Layer, *, origin: str | None = None, on: dt.date | None = None
) -> Listing:
    """Return the list that a layer of kind ``problem_report`` holds.

    Parameters
    ----------
    layer
        As read.
    origin, on
        As for `read_listing`.
    """
    refused: list[Refused] = []
    rows: dict[str, dict[str, Any]] = {}
    for row, values, shape in _rows(layer, refused):
        said = {name: _plain(values.get(name)) for name in TAKEN}
        said["origin"] = said["origin"] or origin
        why = _lack(said, on)
        if why is not None:
            refused.append(Refused(row, said["code"] or "", why))
            continue
        digest = _digest(said, shape)
        person = tuple(_plain(values.get(name)) or "" for name in REPORTER)
        key = f"{digest}|{'|'.join(person)}"
        if key in rows:
            first = message("ledger.source.copy", row=rows[key]["row"] + 1)
            refused.append(Refused(row, said["code"] or "", first))
            continue
        rows[key] = {
            "row": row, "said": said, "shape": shape, "digest": digest,
            "person": person,
        }  # fmt: skip
    named = _named(list(rows.values()))
    clues = sorted(
        (name, one) for name, one in named.items() if one["shape"] is not None
    )
    rest = sorted((name, one) for name, one in named.items() if one["shape"] is None)
    digests = sorted(one["digest"] for one in rows.values())
    geometry = np.array([*(one["shape"] for _, one in clues), None], dtype=object)[:-1]
    return Listing(
        source=Path(layer.provenance.source).name,
        sha256=layer.provenance.sha256 or "",
        run_id=f"list-{_sha(digests)[:_RUN]}",
        clues=gpd.GeoDataFrame(_table(clues), geometry=geometry, crs=FRAME),
        placeless=_table(rest),
        reporters={
            name: Person(*one["person"])
            for name, one in sorted(named.items())
            if any(one["person"])
        },
        refused=tuple(sorted(refused, key=lambda one: one.row)),
        not_taken=_not_taken(layer),
    )


def _rows(
    layer: Layer, refused: list[Refused]
) -> Iterator[tuple[int, Mapping[str, Any], Any]]:
    """Yield row, attributes and shape; rows whose outline is bad are refused."""
    kept = layer.frame
    shapes = kept.geometry.to_numpy()
    plain = pd.DataFrame(kept.drop(columns=kept.geometry.name))
    rows: dict[Any, Any] = plain.to_dict("index")
    for (row, values), shape in zip(rows.items(), shapes, strict=True):
        yield int(row), values, shape
    for one in layer.quarantine:
        if one.reason == _NO_PLACE:
            yield one.row, one.attributes, None
        else:
            why = next(
                (issue.message for issue in layer.issues
                 if issue.row == one.row and issue.code == one.reason),
                Message(f"issue.{one.reason}"),
            )  # fmt: skip
            refused.append(Refused(one.row, str(one.attributes.get("code") or ""), why))


def _plain(value: object) -> Any:  # noqa: ANN401  a text, a day or nothing
    """Return a cell; None for what is missing."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if value is pd.NaT:
        return None
    return value.strip() if isinstance(value, str) else value


def _lack(said: Mapping[str, Any], on: dt.date | None) -> Message | None:
    """Return why a row cannot be entered; None where it can."""
    day = said["found_on"]
    if not isinstance(day, dt.date):
        return message("ledger.source.no_day")
    if on is not None and day > on:
        return message(
            "ledger.source.day_ahead", day=day.isoformat(), on=on.isoformat()
        )
    if said["origin"] is None:
        return message("ledger.source.no_origin")
    return None


def _digest(said: Mapping[str, Any], shape: Any) -> str:  # noqa: ANN401  or None
    """Return the SHA-256 of what a row says."""
    place = None
    if shape is not None:
        fine = shapely.set_precision(shape, _FINE_DEG, mode="pointwise")
        place = shapely.to_wkb(shapely.normalize(fine), hex=True)
    return _sha([[name, None if said[name] is None else str(said[name])]
                 for name in TAKEN] + [place])  # fmt: skip


def _sha(said: object) -> str:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _named(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the rows by an id that does not depend on their order.

    The code where it is the only one of its name, else the code and what the row says.
    """
    codes = [one["said"]["code"] for one in rows]
    out = {}
    for one in rows:
        code = one["said"]["code"]
        mark = _sha([one["digest"], *one["person"]])[:_ID]
        name = code if code and codes.count(code) == 1 else f"{code or 'row'}#{mark}"
        out[name] = one
    return out


def _table(rows: list[tuple[str, dict[str, Any]]]) -> pd.DataFrame:
    """Return the columns of a case by clue id."""
    names = {"activity_class": "kind", "found_on": "seen_on"}
    index = pd.Index([name for name, _ in rows], dtype=object, name="clue_id")
    columns = {
        names.get(name, name): pd.Series(
            [one["said"][name] for _, one in rows], index=index, dtype=object
        )
        for name in TAKEN
    }
    return pd.DataFrame(columns, index=index)


def _not_taken(layer: Layer) -> tuple[str, ...]:
    """Return the headings of the file that mean nothing here."""
    known = {one.name for one in spec(KIND).fields} | {"feature_id", "geometry"}
    rest = [str(one) for one in layer.frame.columns if one not in known]
    where = headings.find(rest)
    places = {
        *where.roles.values(),
        *(c for one in where.parts.values() for c in one.values()),
    }
    return tuple(one for one in rest if one not in places)
