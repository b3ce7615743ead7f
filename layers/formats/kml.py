"""KML, read by an XML parser that resolves nothing; one Placemark is one row.

GDAL stays out: it makes POINT (0 0) of coordinates that it cannot read. Here such a
row is unreadable, and the number of rows is the number of Placemarks, counted apart
from the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.errors import InputRefusedError
from layers.formats.kmlshape import SHAPES, shape
from layers.formats.raw import Found, RawTable, need_all_rows, stem_of
from layers.formats.xmltext import load, tag, walk

if TYPE_CHECKING:
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from shapely.geometry.base import BaseGeometry

HOLDERS = ("Folder", "Document")
UNSEEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
PLACEMARK = re.compile(rb"<(?:[\w.-]+:)?Placemark[\s>/]")
PLAIN = ("name", "description", "address", "phoneNumber", "Snippet")
PICTURES = ("GroundOverlay", "ScreenOverlay", "PhotoOverlay")
WHEN = ("when", "begin", "end")
COORDINATES = ("coordinates", "coord")
PLACED = {"Placemark", *PICTURES}


@dataclass(slots=True)
class _Rows:
    """What has been read so far."""

    attributes: list[dict[str, object]] = field(default_factory=list)
    geometry: list[BaseGeometry | None] = field(default_factory=list)
    unreadable: list[bool] = field(default_factory=list)
    links: int = 0
    pictures: int = 0
    outside: int = 0


def read(path: Path, *, encoding: str | None = None) -> RawTable:
    """Read every Placemark of a KML.

    Columns are ``name``, ``description`` (its text as it stands, with any HTML),
    ``folder`` (names of the folders it lies in, joined by ``/``), ``id`` and the names
    of the extended data. The reference system is WGS 84 by the standard.

    Raises
    ------
    InputRefusedError
        It is cut, damaged, declares a document type, or holds nothing but links to
        data elsewhere.
    """
    text = load(path, encoding=encoding)
    counted = len(PLACEMARK.findall(UNSEEN.sub(b"", text.data)))
    rows = _rows(text.data, path)
    need_all_rows(read=len(rows.geometry), counted=counted, source=path)
    if rows.links and not rows.geometry:
        raise InputRefusedError(
            source=path,
            expected="a KML that holds its data itself",
            got=f"{rows.links} links to data elsewhere (NetworkLink)",
            todo="open the link and save the places themselves",
        )
    geometry = np.full(counted, None, dtype=object)
    geometry[:] = rows.geometry
    return RawTable(
        attributes=pd.DataFrame(rows.attributes, index=range(counted), dtype=object),
        geometry=geometry,
        unreadable=np.array(rows.unreadable, dtype=bool),
        crs="OGC:CRS84",
        crs_evidence="OGC KML 2.3 (KML is WGS 84)",
        format="KML",
        source_layer=stem_of(path),
        encoding=text.encoding,
        rows_in_file=counted,
        found=(*text.found, *_left_out(rows)),
        crs_is_assumed=True,
    )


def _left_out(rows: _Rows) -> list[Found]:
    """Return what the file holds beside its Placemarks."""
    found: list[Found] = []
    if rows.links:
        found.append(("linked_data_not_read", {"count": rows.links}))
    left = {"Overlay": rows.pictures, "coordinates outside a Placemark": rows.outside}
    what = ", ".join(f"{name}: {count}" for name, count in left.items() if count)
    if what:
        found.append(("content_not_read", {"what": what}))
    return found


def _rows(data: bytes, path: Path) -> _Rows:
    """Walk the document and collect its Placemarks."""
    rows = _Rows()
    above: list[str] = []
    folders: list[str] = []
    for event, element in walk(data, path):
        kind = tag(element)
        if event == "start":
            if kind == "Placemark" and kind in above:
                raise _nested(path)
            above.append(kind)
            folders += [""] * (kind in HOLDERS)
            continue
        above.pop()
        if kind == "name" and above and above[-1] in HOLDERS:
            folders[-1] = (element.text or "").strip()
        elif kind in HOLDERS:
            folders.pop()
            element.clear()
        else:
            rows.outside += kind in COORDINATES and not PLACED.intersection(above)
            _take(rows, element, "/".join(one for one in folders if one))
    return rows


def _nested(path: Path) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="Placemarks side by side",
        got="a Placemark inside a Placemark: a damaged file",
        todo="export it again",
    )


def _take(rows: _Rows, element: Element, folder: str) -> None:
    """Take what an element that has just ended holds, if it is of any concern."""
    kind = tag(element)
    if kind == "Placemark":
        _add(rows, element, folder)
        element.clear()
    elif kind == "NetworkLink":
        rows.links += 1
    elif kind in PICTURES:
        rows.pictures += 1


def _add(rows: _Rows, placemark: Element, folder: str) -> None:
    """Add one Placemark."""
    shapes = [one for one in placemark if tag(one) in SHAPES]
    # The schema allows one; of two nobody can say which one is meant.
    made = shape(shapes[0]) if len(shapes) == 1 else None
    # What lies where no shape looks for it would be lost, and the rest pass for whole.
    vertices = _vertices(placemark)
    if made is not None and shapely.get_num_coordinates(made) != vertices:
        made = None
    rows.geometry.append(made)
    rows.unreadable.append(bool(shapes or vertices) and made is None)
    rows.attributes.append(_attributes(placemark, folder))


def _vertices(placemark: Element) -> int:
    """Return the vertices that stand anywhere in a Placemark."""
    return sum(
        1 if tag(one) == "coord" else len((one.text or "").split())
        for one in placemark.iter()
        if tag(one) in COORDINATES
    )


def _attributes(placemark: Element, folder: str) -> dict[str, object]:
    """Return the texts of a Placemark under their names."""
    row: dict[str, object] = {"folder": folder} if folder else {}
    if placemark.get("id"):
        row["id"] = placemark.get("id")
    for child in placemark:
        kind = tag(child)
        if kind in PLAIN and _text(child):
            row[kind] = _text(child)
        elif kind in {"TimeStamp", "TimeSpan"}:
            row |= {tag(one): _text(one) for one in child if tag(one) in WHEN}
        elif kind == "ExtendedData":
            for name, value in _extended(child):
                # The Placemark's own name is not overwritten by a datum called name.
                taken = row.get(name) not in {None, value}
                row[f"{name} (ExtendedData)" if taken else name] = value
    return row


def _extended(element: Element) -> list[tuple[str, str | None]]:
    """Return names and values of Data, SchemaData and elements of other schemas."""
    pairs: list[tuple[str, str | None]] = []
    for child in element:
        name = child.get("name")
        if tag(child) == "Data" and name:
            values = [one for one in child if tag(one) == "value"]
            pairs.append((name, _text(values[0]) if values else None))
        elif tag(child) == "SchemaData":
            simple = [one for one in child if tag(one) == "SimpleData"]
            pairs += [(one.get("name") or "?", _text(one)) for one in simple]
        elif not len(child):
            pairs.append((tag(child), _text(child)))
    return pairs


def _text(element: Element) -> str | None:
    """Return all text of an element, or None when there is none."""
    return "".join(element.itertext()).strip() or None
