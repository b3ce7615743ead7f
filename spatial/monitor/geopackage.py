"""findings.gpkg of a monitoring run: clues, what was set aside, zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.layer import FRAME
from spatial.monitor import tables
from spatial.report.geopackage_file import symbol_shapes, write_layers
from spatial.report.qml import outcome_style
from spatial.report.words import visible
from spatial.text import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from spatial.monitor.run import Monitoring
    from spatial.report.columns import Table
    from spatial.text import Lang


def write_geopackage(found: Monitoring, path: Path, *, lang: Lang) -> None:
    """Write the layers ``clues``, ``set_aside`` and ``zones``, clues coloured."""
    no_pictures: dict[str, str] = {}
    clues = tables.clues_table(found, lang, no_pictures)
    drop = ("picture", "field_result", "field_found", "field_who", "field_date")
    frames = {
        "clues": _frame(clues, found.table.geometry, drop).assign(
            outcome_text=lambda frame: frame["outcome"],
            outcome=list(found.table["outcome"]),
        ),
        "set_aside": _frame(tables.aside_table(found, lang), found.set_aside.geometry),
        "zones": _frame(tables.zones_table(found, lang), found.zones.geometry),
    }
    content = found.clues.review.content
    said = (content.title, *content.notices, TEXTS.render(found.clues.notices[0], lang))
    write_layers(
        path,
        frames,
        {"clues": outcome_style(symbol_shapes(frames["clues"]), lang)},
        on=found.on,
        description=visible("  ".join(said)),
    )


def _frame(
    table: Table, shapes: Iterable[BaseGeometry], without: Sequence[str] = ()
) -> gpd.GeoDataFrame:
    """Return a table with settled column types, so that no row decides a type."""
    keys = [one.key for one in table.columns]
    rows = pd.DataFrame(table.rows, columns=keys, dtype=object)
    columns = {}
    for one in table.columns:
        if one.key in without:
            continue
        values = rows[one.key]
        if one.format in ("text", "long"):
            columns[one.key] = values
        else:
            number = values.astype("float64")
            is_count = one.format == "count"
            columns[one.key] = number.astype("Int32") if is_count else number
    geometry = gpd.array.from_shapely(np.asarray(list(shapes), dtype=object), crs=FRAME)
    return gpd.GeoDataFrame(columns, geometry=geometry)
