"""feasible.gpkg, .xlsx, .html, .json: the land of a project for people and programs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.layer import FRAME
from spatial.feasible.land import CLASSES
from spatial.feasible.page import land_page
from spatial.feasible.tables import (
    areas_table,
    clauses,
    pieces_table,
    rules_of,
    sizes,
)
from spatial.report.assemble import distinct, inputs_of, run_id, versions_of
from spatial.report.excel import write_tables
from spatial.report.geopackage_file import write_layers
from spatial.report.html import rendered
from spatial.report.qml import land_style
from spatial.report.result import json_text
from spatial.report.words import pick, say, sentence, visible
from spatial.report.write import MANIFEST_SCHEMA, write_files, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from spatial.feasible.land import Land
    from spatial.text import Lang

SCHEMA = "ecoredline/feasible/1"
FILES = ("feasible.json", "feasible.gpkg", "feasible.xlsx", "feasible.html")
LAYER = "land"


def write_land(land: Land, folder: Path, *, lang: Lang = "zh") -> tuple[Path, ...]:
    """Write feasible.json, feasible.gpkg, feasible.xlsx, feasible.html, manifest.json.

    Parameters
    ----------
    land
        From `spatial.feasible.land.classed`.
    folder
        Where to; made if absent. Files of the same names are replaced.
    lang
        Language of sentences and headings.

    Returns
    -------
    tuple of Path
        The five files. The same land gives the same bytes.

    Raises
    ------
    OutputRefusedError
        The folder is a file, is not writable, or a result is open elsewhere.
    """
    writers: dict[str, Callable[[Path], object]] = {
        FILES[0]: lambda path: write_text(path, json_text(told(land, lang))),
        FILES[1]: partial(_write_geopackage, land, lang=lang),
        FILES[2]: partial(_write_excel, land, lang=lang),
        FILES[3]: lambda path: write_text(path, land_html(land, lang)),
    }
    return write_files(folder, writers, manifest=partial(_manifest, land, lang))


def land_html(land: Land, lang: Lang = "zh") -> str:
    """Return the page of a land: one file that works with the network off."""
    view = land_page(land, lang, notices=_notices(land), run=_run(land))
    return rendered(
        "land.html.j2",
        view,
        map_data=view.map_data,
        lang=lang,
        base_map=land.office.base_map,
    )


def told(land: Land, lang: Lang = "zh") -> dict[str, Any]:
    """Return the land as plain values (schema ``ecoredline/feasible/1``), no shapes."""
    known = clauses(land)
    return {
        "schema": SCHEMA,
        "title": land.office.title,
        "region": land.office.region,
        "on": land.on.isoformat(),
        "run_id": _run(land),
        "notices": list(_notices(land)),
        "is_approval": False,
        "remark": say("land.disclaimer", lang),
        "project": _attributes(land),
        "issues": [sentence(one.message, lang) for one in land.project.issues],
        "counties": [
            {
                "code": county.code,
                "name": county.name,
                "area_m2": {one: land.area_m2(county, one) for one in CLASSES},
            }
            for county in land.counties
        ],
        "pieces": [
            {
                "id": piece.id,
                "county": piece.county.code,
                "class": piece.land_class,
                "outcome": piece.outcome,
                "area_m2": piece.area_m2,
                "rules": list(rules_of(piece)),
                "zones": [
                    {"rule": f.rule, "kind": f.kind, "layer": f.layer,
                     "zone_id": f.zone_id, "zone_name": f.zone_name}
                    for f in piece.findings
                ],
                "unknowns": [
                    {"rule": u.rule or None, "kind": u.kind, "what": u.what,
                     "why": sentence(u.why, lang)}
                    for u in piece.unknowns
                ],
            }
            for piece in land.pieces
        ],
        "clauses": {
            rule: {
                "title": pick(one.title, lang),
                "document": pick(one.citation.document, lang),
                "article": one.citation.article,
                "quote": one.citation.quote,
                "edition": one.citation.edition,
                "status": one.citation.status,
            }
            for rule, one in known.items()
        },
        "faces": land.faces,
    }  # fmt: skip


def _attributes(land: Land) -> dict[str, Any]:
    """Return the attributes that were stated, as plain values."""
    frame = land.project.frame
    names = [one.name for one in land.project.spec.fields if one.name in frame.columns]
    row = frame[names].iloc[0]
    given = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in row.items()
        if isinstance(value, tuple) or not pd.isna(value)
    }
    return {str(name): _plain(value) for name, value in given.items()}


def _plain(value: object) -> object:
    return value if isinstance(value, str | bool | int | float | list) else str(value)


def _write_geopackage(land: Land, path: Path, *, lang: Lang) -> None:
    """Write the layer ``land``: a row a piece, coloured by class in QGIS."""
    table = pieces_table(land, lang)
    keys = [column.key for column in table.columns]
    frame = pd.DataFrame(table.rows, columns=keys, dtype=object)
    areas = [sizes(one.area_m2) for one in land.pieces]
    frame[["area_m2", "area_ha", "area_mu"]] = np.array(areas).reshape(-1, 3)
    frame.insert(4, "class_code", [one.land_class for one in land.pieces])
    shapes = np.array([one.geometry for one in land.pieces], dtype=object)
    layer = gpd.GeoDataFrame(
        frame.rename(columns={"rule": "rules"}),
        geometry=gpd.array.from_shapely(shapes, crs=FRAME),
    )
    said = (land.office.title, say("land.disclaimer", lang), *_notices(land))
    write_layers(
        path,
        {LAYER: layer},
        {LAYER: land_style(lang)},
        on=land.on,
        description=visible("  ".join(said)),
        sort="MultiPolygon",  # also of a table without a piece
    )


def _write_excel(land: Land, path: Path, *, lang: Lang) -> None:
    parts = (
        say("land.heading", lang, title=land.office.title, on=land.on.isoformat()),
        say("land.disclaimer", lang),
        *_notices(land),
    )
    write_tables(
        (areas_table(land, lang), pieces_table(land, lang)),
        path,
        title=land.office.title,
        heading=visible("  |  ".join(parts)),
        on=land.on,
        lang=lang,
    )


def _notices(land: Land) -> tuple[str, ...]:
    layers = land.office.layers.values()
    notices = (land.office.notice, *(one.notice for one in layers))
    return distinct(one for one in notices if one)


def _inputs(land: Land) -> Mapping[str, str]:
    return inputs_of(land.project, land.office, land.rulebooks)


def _run(land: Land) -> str:
    return run_id(
        _inputs(land),
        versions_of(),
        on=land.on,
        settings=land.office.settings.values(),
        about="project",
    )


def _manifest(land: Land, lang: Lang, outputs: Mapping[str, str]) -> dict[str, Any]:
    """Return what went in and what came out; no clock, no path of this machine."""
    return {
        "schema": MANIFEST_SCHEMA,
        "run_id": _run(land),
        "title": land.office.title,
        "region": land.office.region,
        "on": land.on.isoformat(),
        "lang": lang,
        "inputs": dict(sorted(_inputs(land).items())),
        "versions": dict(sorted(versions_of().items())),
        "outputs": dict(outputs),
    }
