"""GeoParquet, by its own metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
from pyproj.exceptions import CRSError as ProjCrsError

from layers.errors import InputRefusedError
from layers.formats.arrow import split
from layers.formats.raw import RawTable, need_all_rows, stem_of

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> RawTable:
    """Read a GeoParquet file (WKB encoding).

    Raises
    ------
    InputRefusedError
        It is damaged, has no ``geo`` metadata, or another geometry encoding.
    """
    try:
        with pq.ParquetFile(path) as file:
            count = int(file.metadata.num_rows)
            notes = (file.schema_arrow.metadata or {}).get(b"geo")
            table = file.read()
        geo = json.loads(notes) if notes else None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _refuse(path, str(error)) from error
    name, column = _primary(geo, path)
    boxes = [
        covering["bbox"]["xmin"][0]
        for covering in [column.get("covering", {})]
        if "bbox" in covering
    ]
    kept = table.drop_columns([one for one in boxes if one in table.column_names])
    attributes, geometry, unreadable = split(kept, name)
    need_all_rows(read=len(attributes), counted=count, source=path)
    crs, evidence, assumed = _crs(column, path)
    return RawTable(
        attributes=attributes,
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_evidence=evidence,
        format="GeoParquet",
        source_layer=stem_of(path),
        encoding="UTF-8",
        rows_in_file=count,
        crs_is_assumed=assumed,
    )


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="GeoParquet with WKB geometries",
        got=got,
        todo="write it with geopandas to_parquet, or as GeoPackage",
    )


def _primary(geo: object, path: Path) -> tuple[str, dict[str, Any]]:
    """Return the geometry column and what the metadata says of it."""
    if not isinstance(geo, dict) or "primary_column" not in geo:
        raise _refuse(path, "Parquet without geo metadata")
    name = str(geo["primary_column"])
    column = geo.get("columns", {}).get(name)
    if not isinstance(column, dict) or column.get("encoding") != "WKB":
        raise _refuse(path, f"the encoding of column {name!r} is not WKB")
    if column.get("edges", "planar") != "planar":
        raise _refuse(path, "edges that are not straight in its coordinates")
    return name, column


def _crs(
    column: dict[str, Any], path: Path
) -> tuple[pyproj.CRS | str | None, str, bool]:
    """Return system, evidence, and whether the standard alone says so."""
    if "crs" not in column:
        return "OGC:CRS84", "GeoParquet without crs is WGS 84", True
    if column["crs"] is None:
        return None, "GeoParquet states that it is unknown", False
    try:
        stated = pyproj.CRS.from_json_dict(column["crs"])
        pyproj.CRS.from_wkt(stated.to_wkt())  # PROJ writes some that it cannot read
    except (ProjCrsError, AttributeError, TypeError) as error:
        got = f"a reference system that PROJ cannot read ({error})"
        raise _refuse(path, got) from error
    return stated, "GeoParquet metadata", False
