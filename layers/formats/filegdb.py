"""File Geodatabase (a folder .gdb): rows by GDAL, counted in the table files.

Each table is a file whose header holds the number of valid rows; the catalogue, table
1, says which table is which layer.
"""

from __future__ import annotations

import struct
import warnings
from typing import TYPE_CHECKING

import fiona
import pyogrio

from layers.errors import InputRefusedError
from layers.formats.arrow import GDAL_ERRORS, split
from layers.formats.raw import RawTable, choose_layer, need_all_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CATALOGUE = "GDB_SystemCatalog"
VERSION = 3
"""Of the table files up to ArcGIS Pro 3.1; later ones may have 64-bit ids."""


def layers_of(path: Path) -> tuple[str, ...]:
    """Return the layers of a File Geodatabase that have a geometry, sorted."""
    try:
        found = pyogrio.list_layers(path)
    except (pyogrio.errors.DataSourceError, RuntimeError) as error:
        raise _refuse(path, str(error)) from error
    return tuple(sorted(str(name) for name, kind in found if kind is not None))


def read(path: Path, *, layer: str | None, known: Sequence[str]) -> RawTable:
    """Read one layer of a File Geodatabase.

    Raises
    ------
    InputRefusedError
        It holds several layers and `layer` does not say which, or it is damaged.
    """
    name = choose_layer(layers_of(path), wanted=layer, known=known, source=path)
    try:
        with fiona.open(path, layer=name, driver="OpenFileGDB") as gate:
            crs, second = gate.crs_wkt or None, len(gate)
        with warnings.catch_warnings():
            # GDAL warns where counts disagree and goes on; here that is refused.
            warnings.simplefilter("ignore", RuntimeWarning)
            _, table = pyogrio.read_arrow(path, layer=name)
            table.validate(full=True)  # text that is no UTF-8 would fail far from here
            counted = _counted(path, name)
    except GDAL_ERRORS as error:
        if isinstance(error, InputRefusedError):
            raise
        raise _refuse(path, str(error)) from error
    attributes, geometry, unreadable = split(table)
    rows = second if counted is None else counted
    need_all_rows(read=len(attributes), counted=rows, source=path)
    return RawTable(
        attributes=attributes,
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_evidence="File Geodatabase layer definition",
        format="File Geodatabase",
        source_layer=name,
        encoding="UTF-8",
        rows_in_file=rows,
    )


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a readable File Geodatabase",
        got=got,
        todo="copy the whole folder again, or export it as GeoPackage",
    )


def _counted(path: Path, name: str) -> int | None:
    """Return the valid rows by a table's own header, or None for a newer version."""
    _, table = pyogrio.read_arrow(path, layer=CATALOGUE, return_fids=True)
    names = table.column("Name").to_pylist()
    numbers = table.column(0).to_pylist()
    number = next(
        (n for n, one in zip(numbers, names, strict=True) if one == name), None
    )
    if number is None:
        raise _refuse(path, f"a catalogue without the layer {name!r}")
    part = path / f"a{number:08x}.gdbtable"
    with part.open("rb") as stream:
        version, rows = struct.unpack("<ii", stream.read(8).ljust(8, b"\0"))
    return int(rows) if version == VERSION else None
