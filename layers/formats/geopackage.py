"""GeoPackage: rows by GDAL, counted independently by SQLite.

The stored feature count of a GeoPackage is only a note; GDAL's fast path trusts it and
can return 60 of 100 rows, or none, without a word. The Arrow path does not; SQLite's
own count proves it.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import fiona
import pyogrio

from layers.errors import InputRefusedError
from layers.formats.arrow import GDAL_ERRORS, split_packed
from layers.formats.raw import Found, RawTable, choose_layer, need_all_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WAL_MARK = 2
WAL_OFFSET = 18


@contextmanager
def _settled_copy(path: Path) -> Iterator[Path]:
    """Yield the file, or a copy when opening it could write beside it (WAL mode)."""
    with path.open("rb") as stream:
        wal = stream.read(WAL_OFFSET + 1)[-1] == WAL_MARK
    if not wal:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="ecoredline-") as folder:
        copy = Path(folder) / "copy.gpkg"
        shutil.copyfile(path, copy)
        log = path.with_name(f"{path.name}-wal")
        if log.is_file():
            shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
        yield copy


def layers_of(path: Path) -> tuple[str, ...]:
    """Return the feature layers of a GeoPackage, sorted."""
    with _settled_copy(path) as calm, _database(calm) as db:
        rows = db.execute(
            "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
        ).fetchall()
    return tuple(sorted(str(name) for (name,) in rows))


def read(path: Path, *, layer: str | None, known: Sequence[str]) -> RawTable:
    """Read one layer of a GeoPackage.

    Raises
    ------
    InputRefusedError
        It holds several layers and `layer` does not say which, or it is damaged.
    """
    name = choose_layer(layers_of(path), wanted=layer, known=known, source=path)
    with _settled_copy(path) as calm:
        count, stored = _counts(calm, name)
        try:
            with fiona.open(calm, layer=name, driver="GPKG") as gate:
                crs = gate.crs_wkt or None
            _, table = pyogrio.read_arrow(calm, layer=name)
        except GDAL_ERRORS as error:
            raise InputRefusedError(
                source=path,
                expected="a readable GeoPackage layer",
                got=str(error),
                todo="export it again",
            ) from error
    attributes, geometry, unreadable, packed = split_packed(table)
    need_all_rows(read=len(attributes), counted=count, source=path)
    found: list[Found] = []
    if stored is not None and stored != count:
        found.append(("stored_count_wrong", {"stored": stored, "counted": count}))
    return RawTable(
        attributes=attributes,
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_evidence="gpkg_spatial_ref_sys",
        format="GeoPackage",
        source_layer=name,
        encoding="UTF-8",
        rows_in_file=count,
        found=tuple(found),
        packed=packed,
    )


def _counts(path: Path, name: str) -> tuple[int, int | None]:
    """Return the rows of a table, and the number that the file has noted down."""
    quoted = name.replace('"', '""')
    with _database(path) as db:
        _need_sound(db, quoted, path)
        # Identifiers cannot be parameters; the name is one of the file's own tables.
        rows = db.execute(f'SELECT COUNT(*) FROM "{quoted}"').fetchone()[0]  # noqa: S608
        has = db.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'"
        ).fetchone()
        stored = (
            db.execute(
                "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = ?",
                (name,),
            ).fetchone()
            if has
            else None
        )
    return int(rows), None if stored is None or stored[0] is None else int(stored[0])


def _need_sound(db: sqlite3.Connection, quoted: str, path: Path) -> None:
    """Refuse a table whose pages contradict each other.

    A page that says that it holds fewer rows than it does is believed by SQLite's own
    count as well as by GDAL; only its check looks at the bytes.
    """
    (said,) = db.execute(f'PRAGMA quick_check("{quoted}")').fetchone()
    if said != "ok":
        raise InputRefusedError(
            source=path,
            expected="a GeoPackage whose pages agree",
            got=f"damage ({said})",
            todo="copy it again from its source",
        )


@contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open for reading alone; damage becomes a refusal."""
    try:
        with closing(
            sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        ) as db:
            yield db
    except sqlite3.DatabaseError as error:
        raise InputRefusedError(
            source=path,
            expected="a readable GeoPackage",
            got=str(error),
            todo="copy it again from its source",
        ) from error
