"""The way in: a file of requirements, opened in another process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from layers.accesslist.headings import names_units
from layers.accesslist.rows import read_rows
from layers.errors import InputRefusedError
from layers.provenance import Period, Provenance
from layers.read.cells import cells_of
from layers.requirement import AccessList

if TYPE_CHECKING:
    from layers.formats.cells import Cells

SHEETS = ("准入清单", "生态环境准入清单", "管控单元准入清单", "access_list")


def read_access_list(
    source: Path | str,
    *,
    id: str,  # noqa: A002 - as of every layer
    layer: str,
    title: str,
    sheet: str | None = None,
    encoding: str | None = None,
    edition: str | None = None,
    valid: Period | None = None,
    in_process: bool = False,
) -> AccessList:
    """Read an access list of control units.

    Parameters
    ----------
    source
        An ``.xlsx``, ``.xls`` or ``.csv`` with the columns 管控单元编码, 维度, 要求条文
        and, where a program shall judge, 行业代码 and 效力. Or a column for each of
        the four dimensions, one row a unit; then a person judges.
    id
        Id of the list.
    layer
        Id of the layer of control units that it speaks of.
    title
        How the document is cited.
    sheet, encoding
        Of the workbook; of the CSV. Without `sheet` a workbook may hold other sheets,
        but none of them may be a list.
    edition, valid
        As in `layers.provenance.Provenance`.
    in_process
        As for `layers.read`: without the walls of `layers.worker`.

    Returns
    -------
    AccessList
        Rows in the file = rows kept + rows set aside. Titles above the heading and
        headings that were printed again are no data; they are counted in the issues.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        There is no such file, it cannot be read in a way that could be trusted, there
        is no heading, or a second sheet holds units too.
    """
    cells, digest = cells_of(
        source, sheet=sheet, encoding=encoding, known=SHEETS, in_process=in_process
    )
    if sheet is None:
        _need_no_other(cells, Path(source), in_process=in_process)
    read = read_rows(cells, id=id, path=Path(source))
    if in_process:
        read.tell("read_in_process")
    return AccessList(
        id=id,
        layer=layer,
        title=title,
        provenance=Provenance(
            source=str(source),
            sha256=digest,
            format=cells.format,
            source_layer=cells.sheet,
            encoding=cells.encoding,
            crs="none",
            crs_evidence="no coordinates",
            operation="none",
            edition=edition,
            valid=valid or Period(),
            licence=None,
            rows_in_file=read.rows,
            rows_kept=read.kept,
            rows_quarantined=len(read.lost),
        ),
        requirements=tuple(read.requirements),
        lost=tuple(read.lost),
        issues=tuple(read.issues),
    )


def _need_no_other(chosen: Cells, path: Path, *, in_process: bool) -> None:
    """Refuse a second sheet with units: its rows would be left out in silence."""
    for name in chosen.others:
        other, _ = cells_of(path, sheet=name, in_process=in_process)
        if names_units(other):
            raise InputRefusedError(
                source=path,
                expected="one sheet that names control units",
                got=f"the sheets {chosen.sheet} and {name}",
                todo="say which one: sheet=; enter each of them as a list of its own",
            )
