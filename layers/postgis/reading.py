"""`read_postgis`: a table, a kind and a box become a `Layer` that can be relied on."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from layers.errors import ExtraMissingError, InputRefusedError
from layers.formats import RawTable
from layers.provenance import Window
from layers.read.build import build, settled_of
from layers.read.coverage import with_coverage
from layers.read.statement import Origin, Stated, Statement
from layers.spec import spec

if TYPE_CHECKING:
    from layers.crs import Settled
    from layers.evidence import Box
    from layers.layer import Layer
    from layers.postgis.table import PostgisTable

LIMITS = (180.0, 90.0, 180.0, 90.0)


def read_postgis(
    table: PostgisTable, *, kind: str, bbox: Box, **stated: Unpack[Stated]
) -> Layer:
    """Read the rows of a PostGIS table that meet a box, with the checks of a file.

    Parameters
    ----------
    table
        Which table of which database.
    kind
        A layer kind, see `layers.kinds`.
    bbox
        (min_lon, min_lat, max_lon, max_lat) in degrees, EPSG:4490. Outlines that meet
        it are read whole, not cut. A row that cannot be placed is read wherever it
        seems to lie.
    **stated
        See `layers.read.Stated`. A coverage counts inside the box alone: beyond it
        nobody looked.

    Returns
    -------
    Layer
        In EPSG:4490; rows counted by the server in the same snapshot = rows kept +
        rows set aside. Rows are numbered by the primary key, without one by their
        content. The hash is that of what was read: the same content gives the same.

    Raises
    ------
    ExtraMissingError
        psycopg is not installed.
    InputRefusedError
        The box is none; no login, table or permission; no answer in time; the count
        and the rows differ. No message holds host, user or password.
    UnknownKindError, CrsError
        As for `layers.read`.
    """
    wanted, statement = spec(kind), Statement(**stated)
    need_box(bbox, table)
    if find_spec("psycopg") is None:
        raise ExtraMissingError(extra="postgis", needed_for="a layer from PostGIS")
    raw, origin, elsewhere = _taken(table, bbox, statement)
    layer = build(raw, wanted, replace(statement, coverage=None), origin)
    record = replace(layer.provenance, window=Window(bbox, elsewhere))
    return with_coverage(replace(layer, provenance=record), statement.coverage)


def need_box(bbox: Box, table: PostgisTable) -> None:
    """Refuse what is no box of degrees; one across the antimeridian is none."""
    expected = "bbox=(min_lon, min_lat, max_lon, max_lat) in degrees"
    fits = len(bbox) == len(LIMITS)
    if fits:
        west, south, east, north = bbox
        inside = all(abs(a) <= b for a, b in zip(bbox, LIMITS, strict=True))
        fits = inside and west < east and south < north
    if not fits:
        raise InputRefusedError(
            source=str(table), expected=expected, got=repr(bbox), todo="correct bbox"
        )


def _taken(
    table: PostgisTable, bbox: Box, statement: Statement
) -> tuple[RawTable, Origin, int]:
    """Return what one snapshot of the database holds for a box."""
    # psycopg belongs to the extra `postgis`: it may be missing until here
    from layers.postgis import catalogue, rows, select, session  # noqa: PLC0415

    with session.snapshot(table) as db:
        about = catalogue.described(db, table)
        system = rows.System(*catalogue.system_of(db, about.srids, table))
        which = select.chosen(
            *(db, table, about),
            settled=_settled(system.crs, system.evidence, statement, table),
            bbox=bbox,
        )
        count = rows.counted(db, table, which)
        taken = rows.fetched(db, table, about, which)
    raw = rows.raw_table(taken, count=count, table=table, about=about, system=system)
    name = f"{table} of {about.database}, bbox {list(bbox)}"
    return raw, Origin(name, rows.hash_of(taken, about, system)), which.elsewhere


def _settled(
    crs: str | None, evidence: str, statement: Statement, table: PostgisTable
) -> Settled:
    """Settle the reference system before any row is there, by the rules of files."""
    nothing = RawTable(
        attributes=pd.DataFrame(),
        geometry=np.empty(0, dtype=object),
        unreadable=np.empty(0, dtype=bool),
        crs=crs,
        crs_evidence=evidence,
        format="PostGIS",
        source_layer=None,
        encoding=None,
        rows_in_file=0,
    )
    return settled_of(nothing, statement.crs, str(table), stated=statement)[0]
