"""The cases as a GeoPackage of their own: to hand on, coloured when QGIS opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from layers.layer import FRAME
from spatial.ledger.export.forms import load_form
from spatial.ledger.export.notices import notices_of
from spatial.ledger.export.rows import lines, value
from spatial.ledger.model import CaseFilter
from spatial.report.geopackage_file import (
    gdal_date,
    geometry_type,
    symbol_shapes,
    write_styles,
)
from spatial.report.one_file import written
from spatial.report.qml import categories_style

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from spatial.ledger.ledger import Ledger
    from spatial.text import Lang

LAYER = "cases"
_EVERYTHING = CaseFilter()
_NUMBERS = ("count", "m2", "ha", "mu", "m", "share", "degree")


def write_geopackage(
    ledger: Ledger,
    path: Path,
    *,
    on: dt.date,
    asked: CaseFilter = _EVERYTHING,
    lang: Lang = "zh",
) -> int:
    """Write cases with their footprints; return how many.

    Parameters
    ----------
    ledger
        The ledger. Its own file opens in QGIS too; this one holds no history, no
        evidence and no reporter, and can be handed on.
    path
        ``.gpkg``; an existing file is replaced.
    on, asked, lang
        As of `spatial.ledger.export.workbook.write_workbook`.

    Notes
    -----
    A layer ``cases`` in EPSG:4490 with the values of the built-in form as columns and
    ``state_id``, by which the style colours; ``head`` says which state of the ledger
    it is of.
    """
    cases = ledger.cases(asked)
    told = lines(ledger, cases, on=on, lang=lang)
    columns: dict[str, pd.Series] = {"state_id": cases["state"].astype("string")}
    for column in load_form().columns:
        cells = [value(one, column.value) for one in told]
        sort = "float64" if column.format in _NUMBERS else "string"
        name = column.value.replace(".", "_")
        columns[name] = pd.Series(cells, index=cases.index, dtype=sort)
    columns["head"] = pd.Series(str(ledger.head()), index=cases.index, dtype="string")
    said = " ".join(notices_of(ledger, cases["run_id"]))
    columns["notice"] = pd.Series(said or None, index=cases.index, dtype="string")
    frame = gpd.GeoDataFrame(
        columns, geometry=np.asarray(cases.geometry.array, dtype=object), crs=FRAME
    )
    stamp = f"{on.isoformat()}T00:00:00.000Z"
    states = ledger.lifecycle.states.values()
    named = [(one.id, one.title[lang], one.colour) for one in states]
    style = categories_style("state_id", named, symbol_shapes(frame))
    written(path, lambda part: _write(frame, part, style, stamp))
    return len(cases)


def _write(frame: gpd.GeoDataFrame, path: Path, style: str, stamp: str) -> None:
    """Write the layer and its style."""
    with gdal_date(stamp):
        pyogrio.write_dataframe(
            frame,
            path,
            layer=LAYER,
            driver="GPKG",
            geometry_type=geometry_type(frame),
            promote_to_multi=True,
        )
    write_styles(path, {LAYER: style}, stamp=stamp)
