"""QualityReport: layers with their row ledgers, findings with their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.layer import FRAME
from layers.text import TEXTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from layers.quality.defect import Defect, Limits
    from layers.text import Lang

State = Literal["fit", "with_remarks", "unfit", "unreadable"]

COLUMNS = (
    "layer",
    "code",
    "severity",
    "row",
    "feature_id",
    "other_id",
    "area_m2",
    "width_m",
    "message",
)


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """What became of one layer.

    Attributes
    ----------
    id, kind, title
        Of the layer; the title by language.
    state
        ``fit``; ``with_remarks``: warnings or notes; ``unfit``: an error, or rows
        that were set aside; ``unreadable``.
    source
        File name, or who stated that there is nothing.
    rows_in_file, rows_kept, rows_quarantined
        The row ledger; None when the layer could not be read.
    errors, warnings, notes
        Numbers of findings.
    """

    id: str
    kind: str
    title: Mapping[str, str]
    state: State
    source: str
    rows_in_file: int | None
    rows_kept: int | None
    rows_quarantined: int | None
    errors: int
    warnings: int
    notes: int

    @property
    def ledger(self) -> str:
        """The row ledger, ``12 = 11 + 1``: in the file = kept + set aside."""
        if self.rows_in_file is None:
            return ""
        return f"{self.rows_in_file} = {self.rows_kept} + {self.rows_quarantined}"


@dataclass(frozen=True, slots=True)
class QualityReport:
    """The answer of a check.

    Attributes
    ----------
    title, region
        Of the workspace.
    on
        The day that validity was held against; None when it was not.
    limits
        What counted as small.
    layers
        In the order of the workspace, those that could not be read last.
    defects
        By layer, then by check, then by row.
    notice
        A sentence that must stand on every page made from it, or None.
    """

    title: str
    region: str | None
    on: dt.date | None
    limits: Limits
    layers: tuple[LayerSummary, ...]
    defects: tuple[Defect, ...]
    notice: str | None = None

    @property
    def is_fit(self) -> bool:
        """Whether every layer is fit for use."""
        return all(one.state in ("fit", "with_remarks") for one in self.layers)

    @property
    def findings(self) -> gpd.GeoDataFrame:
        """The findings with Chinese sentences; see `table`."""
        return self.table()

    def table(self, *, lang: Lang = "zh") -> gpd.GeoDataFrame:
        """Return the findings as a table.

        Returns
        -------
        GeoDataFrame
            EPSG:4490, RangeIndex; columns ``layer``, ``code``, ``severity``, ``row``,
            ``feature_id``, ``other_id``, ``area_m2``, ``width_m`` (both approximate),
            ``message``, ``geometry``: the place, or None. In the order of `defects`.
        """
        cells = {
            name: [getattr(one, name) for one in self.defects]
            for name in COLUMNS
            if name != "message"
        }
        cells["message"] = [TEXTS.render(one.message, lang) for one in self.defects]
        dtypes = {"row": "Int64", "area_m2": "float64", "width_m": "float64"}
        columns = {
            name: pd.Series(cells[name], dtype=dtypes.get(name, "object"))
            for name in COLUMNS
        }
        places = np.array([one.geometry for one in self.defects], dtype=object)
        return gpd.GeoDataFrame(columns, geometry=list(places), crs=FRAME)
