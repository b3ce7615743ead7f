"""GeoJSON, read by the JSON parser and GEOS alone.

GDAL stays out: it takes a text of this shape for half a dozen other things, some of
which read addresses, and loses the whole file for one unclosed ring. Here one bad
geometry costs one row, and the number of rows is the length of the list.
"""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import shapely

from layers.errors import InputRefusedError
from layers.formats.raw import Found, RawTable, stem_of
from layers.formats.readings import choose
from layers.formats.text import strict

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GEOMETRIES = {
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
}
MAX_DEPTH = 8
MIN_VERTICES = 4


def read(path: Path) -> RawTable:
    """Read a FeatureCollection, a Feature or a bare geometry.

    The reference system is WGS 84 by RFC 7946, unless the file has the older ``crs``
    member.

    Raises
    ------
    InputRefusedError
        It is no JSON (cut, nested too deep), no GeoJSON, or not in UTF-8.
    """
    text, found = _text(path)
    document = _parse(text, path)
    features = _features(document, path)
    geometry, unreadable = _geometries([one.get("geometry") for one in features])
    rows = [_attributes(one) for one in features]
    crs, evidence, assumed = _crs(document)
    return RawTable(
        attributes=pd.DataFrame(rows, index=range(len(rows)), dtype=object),
        geometry=geometry,
        unreadable=unreadable,
        crs=crs,
        crs_evidence=evidence,
        format="GeoJSON",
        source_layer=stem_of(path),
        encoding="UTF-8",
        rows_in_file=len(features),
        found=found,
        crs_is_assumed=assumed,
    )


def _text(path: Path) -> tuple[str, tuple[Found, ...]]:
    """Return the text, which must be UTF-8, and what speaks against that."""
    data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if data.isascii():
        return data.decode("ascii"), ()
    choice = choose(data, stated="UTF-8", read=strict)
    text = strict(data, "UTF-8")
    if choice is None or text is None:
        used = "no known encoding" if choice is None else choice.encoding
        raise InputRefusedError(
            source=path,
            expected="GeoJSON in UTF-8 (RFC 7946)",
            got=f"text in {used}",
            todo="save it as UTF-8",
        )
    if choice.encoding == "UTF-8":
        return text, choice.found
    # by its standard it is UTF-8, and it fits: another reading can only be told
    said = choice.found[-1][1]
    turned = {"used": said["other"], "text": said["other_text"]}
    turned |= {"other": said["used"], "other_text": said["text"]}
    return text, (("encoding_doubtful", turned),)


def _refuse(path: Path, got: str) -> InputRefusedError:
    return InputRefusedError(
        source=path,
        expected="GeoJSON (RFC 7946)",
        got=got,
        todo="export it again",
    )


def _parse(text: str, path: Path) -> dict[str, Any]:
    """Parse the text as JSON."""
    try:
        document = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise _refuse(path, f"no JSON: {error}") from error
    if not isinstance(document, dict):
        raise _refuse(path, f"a JSON {type(document).__name__}")
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; one key twice means two contents, of which one would go."""
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(one for one in names if names.count(one) > 1)
        msg = f"the key {double!r} stands twice in one object"
        raise ValueError(msg)
    return made


def _features(document: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """Return the list of features."""
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
    elif kind == "Feature":
        features = [document]
    elif kind in GEOMETRIES:
        features = [{"type": "Feature", "geometry": document, "properties": {}}]
    else:
        raise _refuse(path, f"a JSON object of type {kind!r}")
    if not isinstance(features, list) or not all(
        isinstance(one, dict) for one in features
    ):
        raise _refuse(path, "a FeatureCollection without a list of features")
    return cast("list[dict[str, Any]]", features)


def _attributes(feature: dict[str, Any]) -> dict[str, object]:
    """Return the properties, and the feature's own id where it is not among them."""
    properties = feature.get("properties")
    row: dict[str, object] = dict(properties) if isinstance(properties, dict) else {}
    if "id" in feature:
        row.setdefault("id", feature["id"])
    return row


def _geometries(
    members: list[object],
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Turn geometry members into geometries; bad ones are marked, not raised."""
    geometry = np.full(len(members), None, dtype=object)
    present = np.array([one is not None for one in members], dtype=bool)
    rings = [_rings(one) for one in members]
    plain = np.array([one is not None for one in rings], dtype=bool)
    if plain.any():
        geometry[plain] = _polygons([one for one in rings if one is not None])
    texts = np.full(len(members), None, dtype=object)
    for at in np.flatnonzero(present & ~plain):
        texts[at] = None if _too_deep(members[at]) else json.dumps(members[at])
    slow = np.asarray(shapely.from_geojson(texts, on_invalid="ignore"), dtype=object)
    geometry[~plain] = slow[~plain]
    return geometry, present & shapely.is_missing(geometry)


def _rings(member: object) -> list[NDArray[np.float64]] | None:
    """Return the rings of a well-formed Polygon, or None for everything else.

    Most files are polygons and nothing else; building them from arrays is five times
    as fast as GEOS's own reader, which then judges only what is odd.
    """
    if not isinstance(member, dict) or member.get("type") != "Polygon":
        return None
    try:
        rings = [_numbers(one) for one in member["coordinates"]]
    except (KeyError, TypeError, ValueError):
        return None
    closed = all(
        ring.ndim == 2  # noqa: PLR2004 - a table of vertices
        and ring.shape[0] >= MIN_VERTICES
        and ring.shape[1] >= 2  # noqa: PLR2004 - x and y
        and (ring[0, :2] == ring[-1, :2]).all()
        for ring in rings
    )
    return [ring[:, :2] for ring in rings] if rings and closed else None


def _numbers(ring: object) -> NDArray[np.float64]:
    """Return a ring as an array; numpy would also take text for numbers."""
    made = np.array(ring)
    if made.dtype.kind not in "if":
        msg = "a ring of something else than numbers"
        raise ValueError(msg)
    return made.astype(float, copy=False)


def _polygons(outlines: list[list[NDArray[np.float64]]]) -> NDArray[np.object_]:
    """Build polygons from their rings, all at once."""
    rings = [ring for one in outlines for ring in one]
    starts = np.cumsum([0, *(len(ring) for ring in rings)])
    owners = np.cumsum([0, *(len(one) for one in outlines)])
    made: NDArray[np.object_] = np.asarray(
        shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, np.concatenate(rings), (starts, owners)
        ),
        dtype=object,
    )
    return made


def _too_deep(member: object) -> bool:
    """Whether collections are nested deeper than anyone draws."""
    depth = 0
    while isinstance(member, dict) and isinstance(member.get("geometries"), list):
        nested = [one for one in member["geometries"] if isinstance(one, dict)]
        inner = [one for one in nested if "geometries" in one]
        depth += 1
        if depth > MAX_DEPTH:
            return True
        member = inner[0] if inner else None
    return False


def _crs(document: dict[str, Any]) -> tuple[str, str, bool]:
    """Return system, evidence, and whether the standard alone says so."""
    member = document.get("crs")
    if isinstance(member, dict):
        properties = member.get("properties")
        if isinstance(properties, dict) and isinstance(properties.get("name"), str):
            return properties["name"], "crs member", False
    return "OGC:CRS84", "RFC 7946 (GeoJSON is WGS 84)", True
