"""What ``workspace.yaml`` says of a layer's reference system and datum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.datum import REGIONS, declared, shift_of

if TYPE_CHECKING:
    from pathlib import Path

    from layers.datum import DatumRegion, DatumShift
    from layers.document import Entry


def crs_of(entry: Entry | None) -> str | None:
    """Return a reference system, written as a number or a text."""
    if entry is None:
        return None
    value = entry.value
    return f"EPSG:{value}" if isinstance(value, int) else entry.text()


def datum_shift_of(
    entry: Entry | None, crs: str | None, folder: Path
) -> DatumShift | None:
    """Return how a datum is brought to CGCS2000, as the office has stated it."""
    if entry is None:
        return None
    if declared(crs) is not None:
        entry.fail(f"no datum_shift beside crs: {crs}, whose formula is known")
    return shift_of(entry, folder=folder)


def datum_region_of(entry: Entry | None, crs: str | None) -> DatumRegion | None:
    """Return where the shift of GCJ-02 or BD-09 was applied."""
    if entry is None:
        return None
    named = entry.one_of(*REGIONS)
    if declared(crs) is None:
        entry.fail("crs: GCJ-02 or BD-09 beside it", f"crs: {crs or '(none)'}")
    return next(one for one in REGIONS if one == named)
