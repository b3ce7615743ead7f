"""findings.gpkg: sites, overlaps and findings for QGIS, coloured when opened."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from layers.layer import FRAME
from spatial.report.qml import Shape, outcome_style, sliver_style
from spatial.report.sheets import overlap_word
from spatial.report.words import cited, deciding, pick, say, sentence, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from spatial.report.content import (
        FindingRecord,
        OverlapRecord,
        ReviewContent,
        SiteRecord,
    )
    from spatial.text import Lang

_POINTS, _LINES = (0, 4), (1, 2, 5)  # shapely type ids, single and multi
_TEXT = "text"
_SITE_FIELDS = {
    "site_id": _TEXT,
    "name": _TEXT,
    "outcome": _TEXT,
    "outcome_text": _TEXT,
    "deciding": _TEXT,
    "stable": "flag",
    "area_m2": "number",
    "length_m": "number",
    "findings": "count",
    "unknowns": "count",
}
_NUMBERS = {
    "area_m2": "number",
    "share_of_site": "number",
    "length_m": "number",
    "distance_m": "number",
}
_FINDING_FIELDS = {
    "finding_id": _TEXT,
    "site_id": _TEXT,
    "site_name": _TEXT,
    "outcome": _TEXT,
    "outcome_text": _TEXT,
    "rule": _TEXT,
    "rule_title": _TEXT,
    "citation": _TEXT,
    "quote": _TEXT,
    "edition": _TEXT,
    "status": _TEXT,
    "kind": _TEXT,
    "layer": _TEXT,
    "zone_id": _TEXT,
    "zone_name": _TEXT,
    "relation": _TEXT,
    **_NUMBERS,
    "margin_m": "number",
    "stable": "flag",
    "why": _TEXT,
    "requires": _TEXT,
}
_OVERLAP_FIELDS = {
    "site_id": _TEXT,
    "site_name": _TEXT,
    "kind": _TEXT,
    "layer": _TEXT,
    "zone_id": _TEXT,
    "zone_name": _TEXT,
    "relation": _TEXT,
    **_NUMBERS,
    "sliver": "flag",
}


def write_geopackage(content: ReviewContent, path: Path, *, lang: Lang = "zh") -> None:
    """Write the GeoPackage.

    Parameters
    ----------
    content
        The review.
    path
        File to write, ending in ``.gpkg``; it must not exist.
    lang
        Language of the sentences and of the legend.

    Notes
    -----
    Layers ``sites``, ``overlaps``, ``findings`` in EPSG:4490, x = longitude, in the
    order of `content`. A site without geometry is a row without geometry; so is a
    pair of site and zone that is merely near. Flags are 1, 0 or null. The table
    ``layer_styles`` colours the layers in QGIS. The description of each layer
    carries the notices. The same content gives the same bytes: the change date
    inside is the as-of date.
    """
    frames = {
        "sites": _sites(content, lang),
        "overlaps": _overlaps(content, lang),
        "findings": _findings(content, lang),
    }
    description = visible("  ".join((content.title, *content.notices)))
    stamp = f"{content.on.isoformat()}T00:00:00.000Z"
    with _gdal_date(stamp):
        for name, frame in frames.items():
            pyogrio.write_dataframe(
                frame,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                geometry_type=_geometry_type(frame),
                promote_to_multi=True,
                layer_options={"DESCRIPTION": description, "IDENTIFIER": name},
            )
    _write_styles(path, frames, stamp=stamp, lang=lang)


@contextmanager
def _gdal_date(stamp: str) -> Iterator[None]:
    """Let GDAL write `stamp` in the place of the clock."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _sites(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    rows = [
        (
            site.site_id,
            site.name,
            site.outcome,
            say(f"outcome.{site.outcome}", lang),
            deciding(site, lang),
            site.stable,
            site.area_m2,
            site.length_m,
            len(site.findings),
            len(site.unknowns),
        )
        for site in content.sites
    ]
    return _frame(rows, _SITE_FIELDS, [site.geometry for site in content.sites])


def _findings(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    pairs = [(site, one) for site in content.sites for one in site.findings]
    rows = [_finding(site, one, lang) for site, one in pairs]
    return _frame(rows, _FINDING_FIELDS, [one.geometry for _, one in pairs])


def _finding(site: SiteRecord, record: FindingRecord, lang: Lang) -> tuple[object, ...]:
    finding = record.finding
    return (
        record.finding_id,
        site.site_id,
        site.name,
        finding.outcome,
        say(f"outcome.{finding.outcome}", lang),
        finding.rule,
        pick(record.rule_title, lang),
        cited(record, lang),
        record.citation.quote,
        finding.edition,
        record.citation.status,
        finding.kind,
        finding.layer,
        finding.zone_id,
        finding.zone_name,
        finding.relation,
        finding.area_m2,
        finding.share_of_site,
        finding.length_m,
        finding.distance_m,
        finding.margin_m,
        record.stable,
        sentence(finding.why, lang),
        pick(finding.requires, lang) or None,
    )


def _overlaps(content: ReviewContent, lang: Lang) -> gpd.GeoDataFrame:
    pairs = [(site, one) for site in content.sites for one in site.overlaps]
    rows = [_overlap(site, one, lang) for site, one in pairs]
    return _frame(rows, _OVERLAP_FIELDS, [one.geometry for _, one in pairs])


def _overlap(
    site: SiteRecord, overlap: OverlapRecord, lang: Lang
) -> tuple[object, ...]:
    return (
        site.site_id,
        site.name,
        overlap.kind,
        overlap.layer,
        overlap.zone_id,
        overlap.zone_name,
        say(f"overlap.{overlap_word(overlap)}", lang),
        overlap.area_m2,
        overlap.share_of_site,
        overlap.length_m,
        overlap.distance_m,
        overlap.sliver,
    )


def _frame(
    rows: Sequence[tuple[object, ...]],
    fields: dict[str, str],
    geometry: Sequence[object],
) -> gpd.GeoDataFrame:
    """Return a table with settled column types, so that no row decides a type."""
    table = pd.DataFrame(rows, columns=list(fields), dtype=object)
    columns = {name: _column(table[name], kind) for name, kind in fields.items()}
    shapes = gpd.array.from_shapely(np.asarray(geometry, dtype=object), crs=FRAME)
    return gpd.GeoDataFrame(columns, geometry=shapes)


def _column(values: pd.Series, kind: str) -> pd.Series:
    if kind == "number":
        return values.astype("float64")
    if kind in ("count", "flag"):
        return values.astype("Int16")
    return values.map(visible, na_action="ignore")


def _geometry_type(frame: gpd.GeoDataFrame) -> str:
    """Return the layer's type: the family that all geometries share, else any."""
    kinds = set(_type_ids(frame).tolist()) - {-1}
    if kinds <= {3, 6} and kinds:
        return "MultiPolygon"
    if kinds <= set(_LINES) and kinds:
        return "MultiLineString"
    return "MultiPoint" if kinds <= set(_POINTS) and kinds else "Unknown"


def _type_ids(frame: gpd.GeoDataFrame) -> np.ndarray:
    """Return shapely's type id of each geometry; -1 for none."""
    return shapely.get_type_id(np.asarray(frame.geometry.array, dtype=object))


def _shape(frame: gpd.GeoDataFrame) -> Shape:
    """Return the symbol that suits most geometries of a layer; areas when none."""
    kinds = _type_ids(frame)
    points, lines = np.isin(kinds, _POINTS).sum(), np.isin(kinds, _LINES).sum()
    areas = np.isin(kinds, (3, 6)).sum()
    if areas >= max(points, lines):
        return "fill"
    return "line" if lines >= points else "marker"


_STYLES_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME
)
"""  # the columns that QGIS looks for


def _write_styles(
    path: Path, frames: dict[str, gpd.GeoDataFrame], *, stamp: str, lang: Lang
) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_STYLES_TABLE)
        database.execute(
            "INSERT INTO gpkg_contents"
            " (table_name, data_type, identifier, description, last_change)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
            (stamp,),
        )
        for name, frame in frames.items():
            style = sliver_style if name == "overlaps" else outcome_style
            qml = style(_shape(frame), lang)
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema,"
                " f_table_name, f_geometry_column, styleName, styleQML, styleSLD,"
                " useAsDefault, description, owner, ui, update_time)"
                " VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', NULL, ?)",
                (name, name, qml, stamp),
            )
