"""The made-up county as a workspace on disk: files as offices really have them.

Mostly GeoPackage, one GBK Shapefile with coded headings, one GeoJSON, one
GeoParquet, one layer in projected metres (EPSG:4524), Chinese headings; a project
list with polygons, lines and points; and ``truth.csv`` with the planted outcomes.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio

from layers.layer import FRAME
from layers.samples.access import write_access_list
from layers.samples.sites import Truth, project_table, truth, truth_table
from layers.samples.zones import sheets

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from layers.samples.sheet import Sheet

__all__ = ["Truth", "truth", "write_county"]

PROJECTS = "projects.gpkg"
ACCESS_LIST = "data/access_list.xlsx"
PROJECTS_LAYER = "项目清单"
WORKSPACE = Path(__file__).parent / "workspace.yaml"

_STAMP = "2025-10-31T00:00:00.000Z"
_DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON"}
# a file is the same bytes on every day: no clock in headers, no 15th decimal
_LAYER_OPTIONS: dict[str, dict[str, str]] = {
    "GPKG": {},
    "ESRI Shapefile": {"DBF_DATE_LAST_UPDATE": _STAMP[:10]},
    "GeoJSON": {"COORDINATE_PRECISION": "9"},
}


def write_county(folder: Path | str) -> Path:
    """Write the made-up county as a workspace.

    Parameters
    ----------
    folder
        Made when it is not there. Files of an earlier run are replaced, others are
        left alone; nothing is touched before everything has been written.

    Returns
    -------
    Path
        The workspace folder, with ``workspace.yaml``, ``projects.gpkg``,
        ``truth.csv`` and ``data/``. The same bytes in every run.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as staging:
        stage = Path(staging)
        _write_all(stage)
        for path in sorted(part for part in stage.rglob("*") if part.is_file()):
            target = folder / path.relative_to(stage)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    return folder


def _write_all(stage: Path) -> None:
    """Write every file into an empty folder."""
    (stage / "data").mkdir()
    shutil.copyfile(WORKSPACE, stage / "workspace.yaml")
    names = "alias,name\n蒙西高新技术工业园区,蒙西高新技术产业开发区\n"
    (stage / "data/park_names.csv").write_bytes(names.encode())
    write_access_list(stage / ACCESS_LIST, on=dt.date.fromisoformat(_STAMP[:10]))
    (stage / "truth.csv").write_bytes(
        truth_table().to_csv(index=False, lineterminator="\n").encode("utf-8-sig")
    )
    with _fixed_clock():
        for sheet in sheets():
            _write_sheet(sheet, stage)
        _write(project_table(), stage / PROJECTS, layer=PROJECTS_LAYER)


def _write_sheet(sheet: Sheet, stage: Path) -> None:
    """Write one table in its own format and reference system."""
    path = stage / sheet.file
    frame = sheet.frame
    if sheet.crs == "EPSG:4326":
        # GeoJSON is WGS 84 by its standard; the numbers are the same (design.md 3)
        frame = frame.set_crs(sheet.crs, allow_override=True)
    elif sheet.crs != FRAME:
        frame = frame.to_crs(sheet.crs)
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False)
    else:
        _write(frame, path, layer=sheet.layer, encoding=sheet.encoding)


def _write(
    frame: gpd.GeoDataFrame, path: Path, *, layer: str, encoding: str = "UTF-8"
) -> None:
    """Write a table with GDAL; mixed geometry types go in as they are."""
    driver = _DRIVERS[path.suffix]
    kinds = frame.geom_type.unique()
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer,
        driver=driver,
        geometry_type=str(kinds[0]) if len(kinds) == 1 else "Unknown",
        encoding=encoding if driver == "ESRI Shapefile" else None,
        layer_options=_LAYER_OPTIONS[driver],
    )


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """Let GDAL stamp GeoPackages with a fixed time, and put its option back."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _STAMP})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
