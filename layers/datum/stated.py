"""A datum shift as people write it down: in YAML, or as ``key=value`` on one line.

{dx_m: -12.3, dy_m: 118.4, ..., convention: position_vector, source: 测绘院函}
{grid: xian80.gsb, source: 测绘院函}
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers import document
from layers.datum.parameters import CONVENTIONS, GridShift, SevenParameters
from layers.document import Entry
from layers.errors import CrsError, SourceNotFoundError
from layers.provenance import sha256_of

if TYPE_CHECKING:
    from layers.datum.parameters import Convention, DatumShift

KEYS = tuple(one.name for one in fields(SevenParameters) if one.name != "file_sha256")
FIGURES = tuple(name for name in KEYS if name.endswith(("_m", "_arcsec", "_ppm")))
OPTIONAL = "accuracy_m"
GRID_KEYS = ("grid", "source", OPTIONAL)
NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
OPTION = Path("--datum-shift")


def shift_of(entry: Entry, *, folder: Path) -> DatumShift:
    """Return the shift that an entry of a document states.

    Parameters
    ----------
    entry
        A mapping with the seven parameters, their ``convention`` and ``source``; a
        mapping with ``grid`` and ``source``; or the path of a YAML file that holds
        one of the two.
    folder
        Relative paths count from here; those in a file that the entry names count
        from that file.

    Raises
    ------
    DocumentError
        A key is unknown or missing, a figure is not one or is beyond what a shift can
        be, there is no such file, or PROJ cannot read the grid. It names file, line
        and key.
    """
    if isinstance(entry.value, str):
        file = folder / entry.text()
        if not file.is_file():
            entry.fail("a YAML file with a datum shift", f"no file {entry.text()}")
        shift = shift_of(document.load(file), folder=file.parent)
        return replace(shift, file_sha256=sha256_of([file]))
    if "grid" in entry.mapping():
        return _grid(entry, folder)
    return _seven(entry)


def parse_shift(text: str) -> DatumShift:
    """Return the shift that a command line states.

    Parameters
    ----------
    text
        The path of a YAML file, or ``key=value`` pairs between commas with the keys
        of that file: ``grid=xian80.gsb,source=测绘院函``.

    Raises
    ------
    DocumentError
        As for `shift_of`; a key stands twice.
    """
    if "=" not in text or Path(text).is_file():
        return shift_of(Entry(OPTION, 1, "", text), folder=Path())
    values: dict[str, Entry] = {}
    whole = Entry(OPTION, 1, "", values)
    for pair in text.split(","):
        key, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not value:
            whole.fail("key=value pairs between commas", repr(pair))
        if key in values:
            values[key].fail("each key once", "a duplicate key")
        number = float(value) if NUMBER.fullmatch(value) else value
        values[key] = Entry(OPTION, 1, key, number)
    return shift_of(whole, folder=Path())


def _seven(entry: Entry) -> SevenParameters:
    """Return seven parameters; none of them has a default."""
    entry.only(*KEYS, "grid")
    figures: dict[str, Any] = {
        name: entry.need(name).number()
        for name in FIGURES
        if name != OPTIONAL or entry.get(name)
    }
    named = entry.need("convention").one_of(*CONVENTIONS)
    convention: Convention = next(one for one in CONVENTIONS if one == named)
    source = entry.need("source").text()
    try:
        return SevenParameters(**figures, convention=convention, source=source)
    except CrsError as error:
        name = str(error.expected).split(" ", 1)[0]
        (entry.get(name) or entry).fail(str(error.expected), str(error.got))


def _grid(entry: Entry, folder: Path) -> GridShift:
    """Return a grid."""
    entry.only(*GRID_KEYS)
    place = entry.need("grid")
    accuracy = entry.get(OPTIONAL)
    try:
        return GridShift.of(
            folder / place.text(),
            source=entry.need("source").text(),
            accuracy_m=accuracy.number() if accuracy else None,
        )
    except SourceNotFoundError:
        place.fail("a grid file (NTv2 .gsb or PROJ GeoTIFF)", f"no file {place.text()}")
    except CrsError as error:
        place.fail(str(error.expected), str(error.got))
