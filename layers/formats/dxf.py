"""DXF drawings: closed polylines become polygons, open ones lines; blocks exploded.

A drawing knows no reference system: the caller must say it. Its layers are the
drawing's layers. What is no outline, line or point (texts, hatches, dimensions, paper
space) is counted and told.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import ezdxf
import numpy as np
import pandas as pd
from ezdxf.lldxf.const import DXFError

from layers.errors import InputRefusedError
from layers.formats.dxfentities import Drawn, TooMuchError, drawn
from layers.formats.dxftext import DxfText, load
from layers.formats.raw import Found, RawTable, choose_layer, need_all_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ezdxf.document import Drawing

BROKEN = (
    DXFError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
)
"""What ezdxf raises on a damaged drawing: its loader trusts the structure."""
SHOWN_TYPES = 12


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A drawing, read once for all its layers."""

    text: DxfText
    drawn: Drawn


def layers_of(path: Path) -> tuple[str, ...]:
    """Return the drawing layers that hold outlines, lines or points, sorted."""
    rows = _sheet_of(path, None).drawn.rows
    return tuple(sorted({one.layer for one in rows}))


def read(
    path: Path, *, layer: str | None, encoding: str | None, known: Sequence[str]
) -> RawTable:
    """Read one layer of a drawing.

    Columns are ``layer``, ``entity`` (its type), ``handle``, ``block`` (of which it
    was a part), the attributes of the block by their tags, and ``xdata APP`` with the
    texts that a program such as CASS has attached. There is no reference system.

    Raises
    ------
    InputRefusedError
        It is cut or damaged; it holds several layers and `layer` does not say which;
        its text is in no encoding that fits; its blocks unfold to more than 200,000
        parts.
    """
    sheet = _sheet_of(path, encoding)
    names = sorted({one.layer for one in sheet.drawn.rows})
    name = choose_layer(names, wanted=layer, known=known, source=path)
    rows = [one for one in sheet.drawn.rows if one.layer == name]
    geometry = np.full(len(rows), None, dtype=object)
    geometry[:] = [one.geometry for one in rows]
    return RawTable(
        attributes=pd.DataFrame(
            [dict(one.attributes) for one in rows], index=range(len(rows)), dtype=object
        ),
        geometry=geometry,
        unreadable=np.array([one.geometry is None for one in rows], dtype=bool),
        crs=None,
        crs_evidence="none",
        format="DXF",
        source_layer=name,
        encoding=sheet.text.encoding,
        rows_in_file=len(rows),
        found=(*sheet.text.found, *_told(sheet, name)),
    )


def _told(sheet: _Sheet, layer: str) -> list[Found]:
    """Return what is to be recorded about the drawing."""
    found: list[Found] = []
    drawing = sheet.drawn
    if sheet.text.text is None and not _is_ascii(drawing, layer):
        # its bytes are between numbers, so nobody has looked which encoding fits
        found.append(("encoding_unchecked", {}))
    if drawing.left_out:
        most = Counter(drawing.left_out).most_common()
        what = ", ".join(f"{name}: {count}" for name, count in most[:SHOWN_TYPES])
        rest = sum(count for _, count in most[SHOWN_TYPES:])
        found.append(("content_not_read", {"what": what + f", +{rest}" * (rest > 0)}))
    if drawing.links:
        found.append(("linked_data_not_read", {"count": drawing.links}))
    curves = [one.off for one in drawing.rows if one.layer == layer and one.off > 0]
    if curves:
        facts = {"count": len(curves), "tolerance": float(f"{max(curves):.3g}")}
        found.append(("curves_flattened", facts))
    return found


def _is_ascii(drawing: Drawn, layer: str) -> bool:
    """Whether every text of a drawing layer is plain ASCII."""
    rows = [one.attributes for one in drawing.rows if one.layer == layer]
    return all(text.isascii() for row in rows for text in row.values() if text)


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a whole DXF drawing",
        got=got,
        todo="open it in CAD, AUDIT it and save it as DXF again",
    )


def _sheet_of(path: Path, encoding: str | None) -> _Sheet:
    """Return the drawing; the last one is kept, for a look at all its layers."""
    state = path.stat()
    return _sheet(path.resolve(), encoding, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=1)
def _sheet(path: Path, encoding: str | None, _state: tuple[int, int]) -> _Sheet:
    """Read a drawing; `_state` tells one edition of the file from the next."""
    text = load(path, encoding=encoding)
    try:
        drawing = (
            ezdxf.readfile(path)
            if text.text is None
            else ezdxf.read(io.StringIO(text.text))
        )
        if text.entities is not None:
            loaded = _loaded(drawing)
            need_all_rows(read=loaded, counted=text.entities, source=path)
        return _Sheet(text, drawn(drawing))
    except TooMuchError as error:
        raise _refuse(path, str(error)) from error
    except InputRefusedError:
        raise
    except BROKEN as error:
        raise _refuse(path, f"a damaged one ({error})") from error


def _loaded(drawing: Drawing) -> int:
    """Return the number of entities that came out of the ENTITIES section."""
    return len(drawing.modelspace()) + len(drawing.paperspace())
