"""A table without coordinates, opened in another process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from layers import worker
from layers.formats.cells import read_cells
from layers.provenance import sha256_of
from layers.read.address import need_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.formats.cells import Cells


def cells_of(
    source: Path | str,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    known: Sequence[str] = (),
    in_process: bool = False,
) -> tuple[Cells, str]:
    """Return the cells of a table and the SHA-256 of the bytes that were read.

    Parameters
    ----------
    source
        An ``.xlsx``, ``.xls`` or ``.csv``.
    sheet, encoding, known
        As for `layers.formats.cells.read_cells`.
    in_process
        As for `layers.read`: without the walls of `layers.worker`.

    Raises
    ------
    SourceNotFoundError, InputRefusedError
        There is no such file, or it cannot be read in a way that could be trusted.
    """
    need_file(source)
    path = Path(source)
    if in_process:
        cells = read_cells(path, layer=sheet, encoding=encoding, known=known)
        return cells, sha256_of([path])
    with worker.opened(path) as opened:
        return opened.cells(layer=sheet, encoding=encoding, known=known), opened.sha256
