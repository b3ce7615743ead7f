"""A file as evidence, with its hash."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from layers.errors import SourceNotFoundError
from spatial.ledger.model import Evidence

if TYPE_CHECKING:
    import datetime as dt

    from spatial.ledger.model import EvidenceKind


def evidence_file(
    path: Path | str,
    *,
    kind: EvidenceKind,
    taken_on: dt.date | None = None,
    lon: float | None = None,
    lat: float | None = None,
    note: str = "",
    where: Literal["inside", "outside"] = "inside",
) -> Evidence:
    """Return a file as evidence, with its hash.

    Parameters
    ----------
    path
        The file.
    kind
        One of `EVIDENCE_KINDS`.
    taken_on, lon, lat, note
        As of `Evidence`.
    where
        ``inside``: the bytes go into the ledger; ``outside``: the file stays where it
        is, and the ledger holds its path and its hash.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise SourceNotFoundError(path, todo="check the path of the evidence")
    content = path.read_bytes()
    inside = where == "inside"
    return Evidence(
        kind=kind,
        name=path.name,
        media_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content if inside else None,
        path="" if inside else path.as_posix(),
        taken_on=taken_on,
        lon=lon,
        lat=lat,
        note=note,
    )
