"""GML: attributes by our own parser, geometry by GDAL on a private copy.

GDAL reads a cut or damaged GML as an empty layer without a word, turns the code 0012
into 12, and writes a .gfs beside the file. So the document is walked first: it must be
whole, its features are counted by type, and their texts are taken from there.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import fiona
import pandas as pd
import pyogrio

from layers.errors import InputRefusedError
from layers.formats.arrow import GDAL_ERRORS, split
from layers.formats.gmlshape import held, numbers_in
from layers.formats.raw import RawTable, choose_layer, need_all_rows
from layers.formats.xmltext import XmlText, load, tag, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from layers.formats.gmlshape import Numbers
    from layers.formats.raw import Found

MEMBERS = ("featureMember", "featureMembers", "member")
NOT_SHAPES = ("boundedBy", "Envelope", "Box", "Null")
GML = "http://www.opengis.net/gml"


@dataclass(slots=True)
class _Feature:
    """One feature as the document has it."""

    kind: str
    row: dict[str, object] = field(default_factory=dict)
    systems: set[str] = field(default_factory=set)
    shapes: dict[str, list[Numbers]] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)


def layers_of(path: Path) -> tuple[str, ...]:
    """Return the feature types of a GML, sorted."""
    found = _features(load(path).data, path)
    return tuple(sorted({one.kind for one in found}))


def read(
    path: Path, *, layer: str | None, encoding: str | None, known: Sequence[str]
) -> RawTable:
    """Read one feature type of a GML; every attribute is text, as it stands there.

    Raises
    ------
    InputRefusedError
        It is cut, damaged or declares a document type; GDAL brings another number of
        features; one type has several reference systems.
    """
    text = load(path, encoding=encoding)
    features = _features(text.data, path)
    names = sorted({one.kind for one in features})
    name = choose_layer(names, wanted=layer, known=known, source=path)
    mine = [one for one in features if one.kind == name]
    _need_one_system(mine, path)
    with _private(text) as copy:
        try:
            with fiona.open(copy, driver="GML", layer=name) as gate:
                crs = gate.crs_wkt or None
            # What the other GDAL noted about the file is not believed.
            copy.with_suffix(".gfs").unlink(missing_ok=True)
            _, table = pyogrio.read_arrow(copy, layer=name)
        except GDAL_ERRORS as error:
            raise _refuse(path, str(error).replace(str(copy), path.name)) from error
    _, geometry, unreadable = split(table)
    need_all_rows(read=len(geometry), counted=len(mine), source=path)
    lost, left_out = held(geometry, [one.shapes for one in mine])
    geometry[lost] = None
    return RawTable(
        attributes=pd.DataFrame(
            [one.row for one in mine], index=range(len(mine)), dtype=object
        ),
        geometry=geometry,
        unreadable=unreadable | lost,
        crs=crs,
        crs_evidence="srsName",
        format="GML",
        source_layer=name,
        encoding=text.encoding,
        rows_in_file=len(mine),
        found=(*text.found, *left_out, *_joined(mine)),
    )


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="a readable GML feature collection",
        got=got,
        todo="export it again, or as GeoPackage",
    )


@contextmanager
def _private(text: XmlText) -> Iterator[Path]:
    """Yield a copy in a folder of its own, where GDAL may write beside it."""
    with tempfile.TemporaryDirectory(prefix="ecoredline-") as folder:
        copy = Path(folder) / "copy.gml"
        head = b'<?xml version="1.0" encoding="UTF-8"?>\n'
        copy.write_bytes(head + text.data.lstrip())
        yield copy


def _features(data: bytes, path: Path) -> list[_Feature]:
    """Return every feature of the document, in its order."""
    found: list[_Feature] = []
    above: list[str] = []
    at: int | None = None
    for event, element in walk(data, path):
        if event == "start":
            if at is None and above and above[-1] in MEMBERS:
                at = len(above)
                found.append(_Feature(tag(element)))
            above.append(tag(element))
            continue
        above.pop()
        if at is None:
            continue
        if len(above) == at:
            _fill(found[-1], element)
            element.clear()
            at = None
    return found


def _fill(feature: _Feature, element: Element) -> None:
    """Take id, texts, reference systems and whether there is a shape."""
    names = [
        name for name in element.attrib if name.rpartition("}")[2] in {"id", "fid"}
    ]
    if names:
        feature.row["gml_id"] = element.attrib[names[0]]
    for child in element:
        if tag(child) in NOT_SHAPES:
            continue
        inner = [one for one in child.iter() if one is not child]
        if any(GML in str(one.tag) and tag(one) not in NOT_SHAPES for one in inner):
            feature.shapes.setdefault(tag(child), []).append(numbers_in(child))
            systems = (one.get("srsName") for one in inner)
            feature.systems |= {one for one in systems if one}
        else:
            for name, value in _texts(child, tag(child)):
                _put(feature, name, value)


def _put(feature: _Feature, name: str, value: str | None) -> None:
    """Add a text; a second one of the same name stands behind the first."""
    before = feature.row.get(name)
    if before is not None and value is not None and before != value:
        feature.repeated.add(name)
        value = f"{before}; {value}"
    feature.row[name] = before if value is None else value


def _joined(features: list[_Feature]) -> list[Found]:
    """Return the issue about values that stand several times in one feature."""
    counts = Counter(name for one in features for name in one.repeated)
    return [
        ("values_joined", {"column": name, "count": count})
        for name, count in sorted(counts.items())
    ]


def _texts(element: Element, name: str) -> Iterator[tuple[str, str | None]]:
    """Yield the texts of an element; nested names are joined by a dot."""
    if not len(element):
        yield name, (element.text or "").strip() or None
    for child in element:
        yield from _texts(child, f"{name}.{tag(child)}")


def _need_one_system(features: list[_Feature], path: Path) -> None:
    """Refuse features of one type in several reference systems."""
    systems = {system for one in features for system in one.systems}
    if len(systems) > 1:
        raise InputRefusedError(
            source=path,
            expected="one reference system for all features of a type",
            got=", ".join(sorted(systems)),
            todo="export the features of each system into a file of their own",
        )
