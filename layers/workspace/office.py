"""From ``workspace.yaml`` to the layers of one office.

A fault of the document is an error. A fault of a layer is not: the layer becomes
`Unavailable` with the reason, and whatever needs it is answered "not checked".
"""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

from layers import document
from layers.errors import SourceNotFoundError, ToolkitError
from layers.formats.text import plain_text
from layers.layer import Layer, Unavailable, Workspace
from layers.postgis import read_postgis
from layers.provenance import Coverage, sha256_of
from layers.read import Stated, none_exists, read, with_coverage
from layers.requirement import AccessList, UnavailableList
from layers.spec import fold
from layers.workspace.access_lists import read_list
from layers.workspace.plan import CoveragePlan, LayerPlan, Plan, plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from shapely import MultiPolygon, Polygon

    from layers.document import Entry

FILE_NAME = "workspace.yaml"
WORKERS = 4


def open_workspace(path: Path | str, *, in_process: bool = False) -> Workspace:
    """Open a workspace and read its layers.

    Parameters
    ----------
    path
        The folder, or the ``workspace.yaml`` in it. Relative paths in the document
        count from its folder.
    in_process
        As for `layers.read`: without the walls of `layers.worker`.

    Returns
    -------
    Workspace
        Layers in the order of the document; those that could not be read stand in
        `unavailable`, with the reason.

    Raises
    ------
    SourceNotFoundError
        There is no such document.
    DocumentError
        The document breaks its own format: file, line and key are named.
    """
    path = Path(path)
    file = path / FILE_NAME if path.is_dir() else path
    if not file.is_file():
        raise SourceNotFoundError(file, todo=f"name a folder with a {FILE_NAME}")
    plan = plan_of(document.load(file), file.parent)
    standard = {name: _alias_table(one, file) for name, one in plan.aliases.items()}
    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        # `map` keeps the order of the document, whoever is done first.
        results = list(
            pool.map(
                lambda one: _edition(
                    _read(one, file.parent, in_process=in_process), one
                ),
                plan.layers,
            )
        )
    found = {one.id: one for one in results if isinstance(one, Layer)}
    covered = _covered(found, plan)
    lists = [
        read_list(one, file.parent, found, in_process=in_process)
        for one in plan.access_lists
    ]
    return Workspace(
        title=plan.title,
        region=plan.region,
        layers={
            name: _with_standard_names(layer, standard.get(name))
            for name, layer in covered.items()
        },
        unavailable={one.id: one for one in results if isinstance(one, Unavailable)},
        rulebooks=plan.rulebooks,
        settings=plan.settings,
        notice=plan.notice,
        path=str(path),
        sha256=sha256_of([file]),
        files={
            f"alias:{name}": sha256_of([file.parent / one.text()])
            for name, one in plan.aliases.items()
        },
        access_lists={one.id: one for one in lists if isinstance(one, AccessList)},
        unavailable_lists={
            one.id: one for one in lists if isinstance(one, UnavailableList)
        },
        base_map=plan.base_map,
    )


def _read(plan: LayerPlan, folder: Path, *, in_process: bool) -> Layer | Unavailable:
    """Read one layer; what goes wrong becomes the reason why it is not there."""
    try:
        if plan.postgis is not None:
            return read_postgis(
                plan.postgis.table, bbox=plan.postgis.bbox, **_stated(plan)
            )
        if plan.none_exists is not None or plan.source is None:
            return none_exists(
                plan.spec.kind,
                source=plan.none_exists or "",
                id=plan.id,
                edition=plan.edition,
                valid=plan.valid,
                notice=plan.notice,
                licence=plan.licence,
            )
        layer = read(
            folder / plan.source,
            layer=plan.layer,
            encoding=plan.encoding,
            in_process=in_process,
            **_stated(plan),
        )
    except (ToolkitError, OSError) as error:
        reason = str(error).replace(
            str(folder / (plan.source or "")), plan.source or ""
        )
        return Unavailable(plan.id, plan.spec, reason)
    return replace(layer, provenance=replace(layer.provenance, source=plan.source))


def _edition(found: Layer | Unavailable, plan: LayerPlan) -> Layer | Unavailable:
    """Return a layer as an edition of its series."""
    if isinstance(found, Layer) and plan.series is not None:
        return replace(found, series=plan.series)
    return found


class _AsStated(Stated):
    """`Stated`, and the kind."""

    kind: str


def _stated(plan: LayerPlan) -> _AsStated:
    """Return what the document states about a layer; its coverage comes later."""
    return {
        "kind": plan.spec.kind,
        "crs": plan.crs,
        "datum_shift": plan.datum_shift,
        "datum_region": plan.datum_region,
        "fields": plan.fields,
        "id": plan.id,
        "edition": plan.edition,
        "valid": plan.valid,
        "accuracy_m": plan.accuracy_m,
        "tolerance": plan.tolerance,
        "licence": plan.licence,
        "notice": plan.notice,
    }


# -- coverage -------------------------------------------------------------


def _covered(found: Mapping[str, Layer], plan: Plan) -> dict[str, Layer]:
    """Return every layer with its coverage; the same area is made once."""
    made: dict[CoveragePlan, Coverage | None] = {}
    result = {}
    for one in plan.layers:
        if one.id not in found:
            continue
        if one.coverage is not None and one.coverage not in made:
            made[one.coverage] = _coverage(one.coverage, found)
        area = made[one.coverage] if one.coverage else None
        result[one.id] = with_coverage(found[one.id], area)
    return result


def _coverage(plan: CoveragePlan, found: Mapping[str, Layer]) -> Coverage | None:
    """Return the area, or None when what it rests on is not there."""
    if plan.bbox is not None:
        return Coverage(shapely.box(*plan.bbox), f"bbox {list(plan.bbox)}")
    if plan.layer is not None:
        if plan.layer not in found:
            return None
        area = _union([found[plan.layer].frame])
        return Coverage(area, f"layer {plan.layer}") if area else None
    frames = [
        one.frame[_under(one.frame, plan.adcodes)]
        for one in found.values()
        if one.kind == "admin_unit"
    ]
    area = _union(frames)
    return Coverage(area, f"adcodes {', '.join(plan.adcodes)}") if area else None


def _under(frame: gpd.GeoDataFrame, adcodes: tuple[str, ...]) -> list[bool]:
    """Whether each unit lies at or below one of the codes (150600 holds 150624)."""
    stems = tuple(_stem(one) for one in adcodes)
    return [isinstance(one, str) and one.startswith(stems) for one in frame["code"]]


def _stem(adcode: str) -> str:
    """Return an adcode without its closing pairs of zeros."""
    while adcode.endswith("00"):
        adcode = adcode[:-2]
    return adcode


def _union(frames: list[gpd.GeoDataFrame]) -> Polygon | MultiPolygon | None:
    """Return the union of all polygons, or None when there are none."""
    parts = [np.asarray(one.geometry.array, dtype=object) for one in frames]
    geometry = np.concatenate(parts) if parts else np.empty(0, dtype=object)
    if not len(geometry):
        return None
    return cast("Polygon | MultiPolygon", shapely.union_all(geometry))


# -- names ----------------------------------------------------------------


def _alias_table(entry: Entry, file: Path) -> Mapping[str, str]:
    """Read a CSV with the columns alias and name; keys are folded."""
    source = file.parent / entry.text()
    if not source.is_file():
        entry.fail("a CSV file with the columns alias, name", f"no file {entry.text()}")
    text = plain_text(source.read_bytes(), source=str(source))
    rows = csv.DictReader(io.StringIO(text))
    if not {"alias", "name"} <= set(rows.fieldnames or ()):
        got = f"the columns {', '.join(rows.fieldnames or ()) or '(none)'}"
        entry.fail("a CSV file with the columns alias, name", got)
    table: dict[str, str] = {}
    for row in rows:
        alias, name = fold(row["alias"] or ""), (row["name"] or "").strip()
        if alias and table.setdefault(alias, name) != name:
            entry.fail("one name per alias", f"{row['alias']!r} twice")
    return table


def _with_standard_names(layer: Layer, table: Mapping[str, str] | None) -> Layer:
    """Return the layer with ``name_standard``: the table's name, else its own."""
    if table is None:
        return layer
    own = layer.frame[layer.spec.name_field]
    names = np.array(
        [one if one is None else table.get(fold(one), one) for one in own], dtype=object
    )
    return replace(layer, frame=layer.frame.assign(name_standard=names))
