"""The way in: a spreadsheet becomes a list whose every row is accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.dossier.kinds import REMOVED, DossierSpec, dossier_spec
from layers.errors import InputRefusedError
from layers.frame import canonical
from layers.issue import DataIssue
from layers.read.cells import cells_of
from layers.spec import fold

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from layers.formats.cells import Cells

HEADING_WITHIN = 20


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """A list as it stood on a day.

    Attributes
    ----------
    spec
        What a list of the kind must hold.
    source, sha256
        The file and its bytes.
    on
        Day of the edition; None where nobody said.
    table
        (n,) rows in the order of the file, indexed by the number of the row as a
        spreadsheet program shows it. ``feature_id``: the id, made unique; then the
        fields of the kind, None where missing; then the other columns of the file.
    issues
        What was found in reading: missing values, unknown spellings, ids that stand
        twice. No row is ever left out.
    """

    spec: DossierSpec
    source: str
    sha256: str
    on: dt.date | None
    table: pd.DataFrame
    issues: tuple[DataIssue, ...]

    @property
    def entries(self) -> pd.DataFrame:
        """The rows that are still entries: without a reason of removal."""
        return self.table[~self._is_removed()]

    @property
    def removed(self) -> pd.DataFrame:
        """The rows that say why they are no longer entries."""
        return self.table[self._is_removed()]

    def _is_removed(self) -> NDArray[np.bool_]:
        """Return (n,) whether a row gives a reason of removal."""
        return np.array([one is not None for one in self.table[REMOVED]], dtype=bool)


def read_dossier(
    source: Path | str,
    *,
    kind: str,
    on: dt.date | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
    in_process: bool = False,
) -> Dossier:
    """Read a list that an office keeps.

    Parameters
    ----------
    source
        An ``.xlsx``, ``.xls`` or ``.csv`` with one heading; titles may stand above.
    kind
        One of `dossier_kinds`.
    on
        Day of the edition.
    sheet, encoding
        Of the workbook; of the CSV.
    in_process
        As for `layers.read`: without the walls of `layers.worker`.

    Returns
    -------
    Dossier
        One row of the table for each row of the file that holds anything.

    Raises
    ------
    UnknownKindError
        There is no such kind.
    SourceNotFoundError, InputRefusedError
        There is no such file, it cannot be read in a way that could be trusted, no
        heading holds the id, a row has cells beyond the heading, or two headings are
        the same.
    """
    spec = dossier_spec(kind)
    cells, digest = cells_of(
        source, sheet=sheet, encoding=encoding, in_process=in_process
    )
    path = Path(source)
    at, names = _heading(cells, spec, path)
    rows = cells.rows[at + 1 :]
    raw = _raw(rows, names, path)
    made = canonical(raw, spec=spec.table, layer=kind, fields={}, source=str(source))
    numbers = [number for number, _ in rows]
    found = [DataIssue(code, kind, facts=facts) for code, facts in cells.found]
    return Dossier(
        spec=spec,
        source=path.name,
        sha256=digest,
        on=on,
        table=made.table.set_axis(pd.Index(numbers, name="row"), axis=0),
        issues=(*found, *made.issues),
    )


def _heading(cells: Cells, spec: DossierSpec, path: Path) -> tuple[int, list[str]]:
    """Return where the heading stands, and its names.

    It is the first row that names the id and another field.
    """
    wanted = {
        field.name: {fold(one) for one in (field.name, *_titles(field), *field.aliases)}
        for field in spec.table.fields
    }
    for at, (_, row) in enumerate(cells.rows[:HEADING_WITHIN]):
        names = ["" if one is None else str(one).strip() for one in row]
        held = {
            field
            for field, spellings in wanted.items()
            if any(fold(one) in spellings for one in names if one)
        }
        if spec.table.id_field in held and len(held) > 1:
            return at, _need_distinct(names, path)
    field = spec.table.field(spec.table.id_field)
    raise InputRefusedError(
        source=path,
        expected=f"a heading with {field.title['zh']} and other fields of "
        f"{spec.title['zh']}",
        got="no such row among the first rows",
        todo="name the columns; `redline dossier kinds` lists them",
    )


def _titles(field: object) -> tuple[str, ...]:
    """Return the titles of a field."""
    return tuple(field.title.values())  # type: ignore[attr-defined]


def _need_distinct(names: list[str], path: Path) -> list[str]:
    """Return the names of columns, or raise if two are the same."""
    said = [one for one in names if one]
    twice = sorted({one for one in said if said.count(one) > 1})
    if twice:
        raise InputRefusedError(
            source=path,
            expected="each heading once",
            got=f"{', '.join(twice)} more than once",
            todo="rename one of the columns",
        )
    return names


def _raw(
    rows: tuple[tuple[int, tuple[object, ...]], ...], names: list[str], path: Path
) -> pd.DataFrame:
    """Return the rows below the heading as a table; blank headings must be empty."""
    kept = [at for at, one in enumerate(names) if one]
    for number, row in rows:
        beyond = [
            at
            for at, cell in enumerate(row)
            if cell is not None and (at >= len(names) or not names[at])
        ]
        if beyond:
            raise InputRefusedError(
                source=f"{path}, row {number}",
                expected="cells under a heading only",
                got=f"a cell in column {beyond[0] + 1}, which has no heading",
                todo="give the column a heading, or remove the cell",
            )
    columns = {
        names[at]: pd.Series(
            [row[at] if at < len(row) else None for _, row in rows], dtype=object
        )
        for at in kept
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))
