"""quality.gpkg and quality.xlsx: where the layers of a workspace are not fit."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from spatial.report.columns import Column, Table
from spatial.report.excel import write_tables
from spatial.report.geopackage_file import gdal_date, geometry_type, write_styles
from spatial.report.qml import severity_style
from spatial.report.words import kind_title, pick, say, sentence, visible
from spatial.report.write import OutputRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.quality import QualityReport
    from layers.text import Lang
    from spatial.report.columns import Cell
    from spatial.report.qml import Shape

FILES = ("quality.gpkg", "quality.xlsx")
WITHOUT_DAY = dt.date(2000, 1, 1)
"""Stands in the place of the clock where validity was not held against a day."""

_PLACES: Mapping[str, tuple[Shape, tuple[int, ...]]] = {
    "areas": ("fill", (3, 6)),
    "lines": ("line", (1, 2, 5)),
    "points": ("marker", (0, 4)),
}
_FINDINGS = (
    Column("severity"),
    Column("layer"),
    Column("quality_code"),
    Column("feature_id"),
    Column("other_id"),
    Column("row", "count"),
    Column("approx_area_m2", "m2"),
    Column("approx_width_m", "m"),
    Column("issue", "long"),
    Column("lon", "degree"),
    Column("lat", "degree"),
)
_LAYERS = (
    Column("layer"),
    Column("layer_kind"),
    Column("status"),
    Column("source"),
    Column("rows_in_file", "count"),
    Column("rows_kept", "count"),
    Column("rows_quarantined", "count"),
    Column("errors", "count"),
    Column("warnings", "count"),
    Column("notes", "count"),
)


def write_quality(
    report: QualityReport, folder: Path, *, lang: Lang = "zh"
) -> tuple[Path, ...]:
    """Write quality.gpkg and quality.xlsx.

    Parameters
    ----------
    report
        From `layers.quality.check`.
    folder
        Where to; made if absent. Files of the same names are replaced, others are
        left alone.
    lang
        Language of sentences and headings.

    Returns
    -------
    tuple of Path
        The two files.

    Raises
    ------
    OutputRefusedError
        The folder is a file, is not writable, or a file is open elsewhere.

    Notes
    -----
    Each file is written beside its place, brought to the disk and moved there. The
    same report gives the same bytes. Areas and widths are approximate.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".quality-") as draft:
            _write_places(report, Path(draft) / FILES[0], lang)
            _write_tables(report, Path(draft) / FILES[1], lang)
            for name in FILES:
                with (Path(draft) / name).open("rb+") as stream:
                    os.fsync(stream.fileno())
            for name in FILES:
                (Path(draft) / name).replace(folder / name)
    except OSError as error:
        raise OutputRefusedError(
            path=folder,
            got=f"{type(error).__name__}: {error.strerror or error}",
            todo="close the file if another program has it open, or choose a folder"
            " that you may write to",
        ) from error
    return tuple(folder / name for name in FILES)


def _write_places(report: QualityReport, path: Path, lang: Lang) -> None:
    """Write the findings by the kind of their place, and the layers."""
    table = report.table(lang=lang)
    for name in ("layer", "feature_id", "other_id", "message"):
        table[name] = table[name].map(visible, na_action="ignore")
    kinds = shapely.get_type_id(np.asarray(table.geometry.array, dtype=object))
    stamp = f"{(report.on or WITHOUT_DAY).isoformat()}T00:00:00.000Z"
    with gdal_date(stamp):
        for name, (_, wanted) in _PLACES.items():
            frame = gpd.GeoDataFrame(table[np.isin(kinds, wanted)])
            _append(frame, path, name, description=_heading(report, lang))
        known = [kind for _, wanted in _PLACES.values() for kind in wanted]
        rest = pd.DataFrame(table[~np.isin(kinds, known)].drop(columns="geometry"))
        _append(rest, path, "without_place", description=_heading(report, lang))
        _append(_layer_frame(report), path, "layers", description="")
    styles = {name: severity_style((one[0],), lang) for name, one in _PLACES.items()}
    write_styles(path, styles, stamp=stamp)


def _append(
    frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, name: str, *, description: str
) -> None:
    """Write one layer or table of the GeoPackage."""
    shape = geometry_type(frame) if isinstance(frame, gpd.GeoDataFrame) else None
    pyogrio.write_dataframe(
        frame,
        path,
        layer=name,
        driver="GPKG",
        append=path.exists(),
        geometry_type=shape,
        promote_to_multi=True if shape else None,
        layer_options={"DESCRIPTION": description, "IDENTIFIER": name},
    )


def _layer_frame(report: QualityReport) -> pd.DataFrame:
    """Return the layers with their row ledgers."""
    rows = [
        (
            visible(one.id),
            one.kind,
            one.state,
            visible(one.source),
            one.rows_in_file,
            one.rows_kept,
            one.rows_quarantined,
            one.errors,
            one.warnings,
            one.notes,
        )
        for one in report.layers
    ]
    names = ["layer", "kind", "state", "source", "rows_in_file", "rows_kept"]
    names += ["rows_quarantined", "errors", "warnings", "notes"]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    texts = dict.fromkeys(names[:4], "object")
    return frame.astype({**dict.fromkeys(names[4:], "Int64"), **texts})


def _write_tables(report: QualityReport, path: Path, lang: Lang) -> None:
    """Write the workbook."""
    sheets = (
        Table("quality_layers", _LAYERS, tuple(_layer_rows(report, lang))),
        Table("quality_findings", _FINDINGS, tuple(_finding_rows(report, lang))),
    )
    write_tables(
        sheets,
        path,
        title=report.title,
        heading=_heading(report, lang),
        on=report.on or WITHOUT_DAY,
        lang=lang,
    )


def _heading(report: QualityReport, lang: Lang) -> str:
    """Return what stands above every table: of what, of when, and how approximate."""
    on = report.on.isoformat() if report.on else say("none", lang)
    limits = report.limits
    parts = [
        say("quality.heading", lang, title=report.title, on=on),
        say(
            "quality.limits",
            lang,
            width=f"{limits.sliver_width_m:g}",
            area=f"{limits.sliver_area_m2:g}",
            hole=f"{limits.hole_area_m2:g}",
            source=limits.source,
        ),
        report.notice or "",
    ]
    return visible("  |  ".join(one for one in parts if one))


def _layer_rows(report: QualityReport, lang: Lang) -> list[tuple[Cell, ...]]:
    return [
        (
            visible(one.id),
            pick(one.title, lang) or kind_title(one.kind, lang),
            say(f"quality.state.{one.state}", lang),
            visible(one.source),
            one.rows_in_file,
            one.rows_kept,
            one.rows_quarantined,
            one.errors,
            one.warnings,
            one.notes,
        )
        for one in report.layers
    ]


def _finding_rows(report: QualityReport, lang: Lang) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    shapes = np.array([one.geometry for one in report.defects], dtype=object)
    spots = shapely.point_on_surface(shapes)
    edges = zip(
        shapely.get_x(spots).tolist(), shapely.get_y(spots).tolist(), strict=True
    )
    for one, spot in zip(report.defects, edges, strict=True):
        lon, lat = (None if np.isnan(degrees) else degrees for degrees in spot)
        rows.append(
            (
                say(f"severity.{one.severity}", lang),
                visible(one.layer),
                one.code,
                visible(one.feature_id or ""),
                visible(one.other_id or ""),
                one.row,
                one.area_m2,
                one.width_m,
                sentence(one.message, lang),
                lon,
                lat,
            )
        )
    return rows
