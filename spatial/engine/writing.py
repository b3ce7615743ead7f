"""Tables that come one by one, to one file: all of it or nothing."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from layers.errors import InputRefusedError, SourceNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


def write_overlaps(tables: Iterable[pd.DataFrame], path: Path | str) -> int:
    """Write tables of `overlap_stream` to a Parquet file, a row group each.

    What is written lies under another name until the last table is in; then it takes
    the place of `path` at once. After an error, Ctrl-C or a power cut `path` is what
    it was before, or not there.

    Parameters
    ----------
    tables
        All with the same columns and kinds of labels; taken one by one.
    path
        In a folder that exists.

    Returns
    -------
    int
        Number of rows written.

    Raises
    ------
    SourceNotFoundError
        There is no such folder.
    InputRefusedError
        There is no table at all, or one does not fit the first.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise SourceNotFoundError(path.parent, todo="make the folder first")
    part = path.parent / f".{path.name}.{secrets.token_hex(8)}.part"
    try:
        rows = _write(tables, part, path)
        _flush(part)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return rows


def _write(tables: Iterable[pd.DataFrame], part: Path, path: Path) -> int:
    """Write all tables; return the number of rows."""
    writer: pq.ParquetWriter | None = None
    empty: pd.DataFrame | None = None
    rows = 0
    try:
        for table in tables:
            if table.empty:  # it does not show what its labels are
                empty = table
                continue
            made = _arrow(table, None if writer is None else writer.schema, path)
            writer = writer or pq.ParquetWriter(part, made.schema)
            writer.write_table(made)
            rows += len(made)
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        if empty is None:
            raise _refused(path, "none")
        pq.write_table(_arrow(empty, None, path), part)
    return rows


def _arrow(table: pd.DataFrame, schema: pa.Schema | None, path: Path) -> pa.Table:
    """Return a table as Arrow has it, with the types of those before."""
    try:
        return pa.Table.from_pandas(table, schema, preserve_index=False)
    except (pa.ArrowException, KeyError, TypeError) as error:
        raise _refused(path, f"one that does not fit ({error})") from error


def _flush(part: Path) -> None:
    """Have the disk hold what was written before it takes its name."""
    with part.open("rb") as file:
        os.fsync(file.fileno())


def _refused(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="tables of overlap_stream, all with the same columns",
        got=got,
        todo="write the tables of one stream",
    )
