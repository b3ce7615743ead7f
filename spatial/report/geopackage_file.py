"""What every GeoPackage of this package shares: clock, geometry types, QGIS styles."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pyogrio
import shapely

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd

    from spatial.report.qml import Shape, Shapes

_POINTS, _LINES = (0, 4), (1, 2, 5)  # shapely type ids, single and multi


@contextmanager
def gdal_date(stamp: str) -> Iterator[None]:
    """Let GDAL write `stamp` in the place of the clock."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def write_layers(
    path: Path,
    frames: Mapping[str, gpd.GeoDataFrame],
    styles: Mapping[str, str],
    *,
    on: dt.date,
    description: str,
    sort: str | None = None,
) -> None:
    """Write layers and their styles into a new GeoPackage; the same bytes each time.

    Parameters
    ----------
    path
        Where to; there is no such file yet.
    frames
        By name of the layer, in order.
    styles
        Layer to QML document, as for `write_styles`.
    on
        The day that stands in the place of the clock.
    description
        What each layer says of itself.
    sort
        Type of every layer; None: that of its geometries (`geometry_type`).
    """
    stamp = f"{on.isoformat()}T00:00:00.000Z"
    with gdal_date(stamp):
        for name, frame in frames.items():
            pyogrio.write_dataframe(
                frame,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                geometry_type=sort or geometry_type(frame),
                promote_to_multi=True,
                layer_options={"DESCRIPTION": description, "IDENTIFIER": name},
            )
    write_styles(path, styles, stamp=stamp)


def geometry_type(frame: gpd.GeoDataFrame) -> str:
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


def symbol_shapes(frame: gpd.GeoDataFrame) -> Shapes:
    """Return the symbols that a layer needs, areas first; areas when it has none."""
    kinds = _type_ids(frame)
    there: dict[Shape, np.bool_] = {
        "fill": np.isin(kinds, (3, 6)).any(),
        "line": np.isin(kinds, _LINES).any(),
        "marker": np.isin(kinds, _POINTS).any(),
    }
    return tuple(one for one, is_there in there.items() if is_there) or ("fill",)


_STYLES_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
  f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME
)
"""  # the columns that QGIS looks for


def write_styles(path: Path, styles: Mapping[str, str], *, stamp: str) -> None:
    """Add the table from which QGIS takes the style of each layer.

    Parameters
    ----------
    path
        A GeoPackage.
    styles
        Layer to QML document.
    stamp
        What stands in the place of the clock.
    """
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_STYLES_TABLE)
        database.execute(
            "INSERT INTO gpkg_contents"
            " (table_name, data_type, identifier, description, last_change)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)",
            (stamp,),
        )
        for name, qml in styles.items():
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema,"
                " f_table_name, f_geometry_column, styleName, styleQML, styleSLD,"
                " useAsDefault, description, owner, ui, update_time)"
                " VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '', NULL, ?)",
                (name, name, qml, stamp),
            )
