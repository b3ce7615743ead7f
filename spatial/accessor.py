"""``frame.redline``: what the toolkit says of a GeoDataFrame, where one stands.

    import spatial.accessor
    sites.redline.area_m2
    sites.redline.overlap(zones)
    sites.redline.review(office, on="2025-10-31")

Importing this module gives every GeoDataFrame the attribute; nothing else does, so
neither ``import spatial`` nor the command line pays for pandas. A frame is settled
anew at each call (reference system, validity, mending) and never changed. A row that
cannot be settled stops the call: a table with a row less would read as "no overlap".
"""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pandas.api.extensions import register_dataframe_accessor

from layers.errors import InputRefusedError, NoGeometryError
from layers.layer import FRAME, Layer
from layers.read import from_frame
from spatial.measure import area_m2, length_m
from spatial.overlap import overlap_table
from spatial.report.layer_map import explore, plot
from spatial.siting import review

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import Any, Unpack

    import folium

    from layers.layer import Workspace
    from layers.read.statement import Stated
    from spatial.override.model import OverrideFile
    from spatial.policy.judge import Progress
    from spatial.policy.model import About
    from spatial.report.plot import Picture
    from spatial.siting import Review
    from spatial.text import Lang

NAME = "redline"
_LINES, _AREAS = 1, 2  # dimensions
_NAMED = 5  # rows in a message


class SettledWarning(UserWarning):
    """Rows were mended, or lost by a layer, before something was measured."""


@register_dataframe_accessor(NAME)
class RedlineAccessor:
    """What the toolkit says of a GeoDataFrame: ``frame.redline``.

    Parameters
    ----------
    frame
        A GeoDataFrame with a CRS, in any reference system that `layers.read` takes.

    Raises
    ------
    NoGeometryError
        `frame` is a plain DataFrame, or has no active geometry column. It is an
        ``AttributeError`` too, so ``hasattr(table, "redline")`` is False.

    Examples
    --------
    >>> import geopandas, shapely
    >>> import spatial.accessor
    >>> sites = geopandas.GeoDataFrame(
    ...     {"项目编号": ["P-1"]}, geometry=[shapely.box(110.0, 40.0, 110.01, 40.01)],
    ...     crs=4490)
    >>> float(sites.redline.area_m2[0])
    948099.21
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        if not isinstance(frame, gpd.GeoDataFrame):
            raise NoGeometryError(needed_for=f".{NAME}", got="a DataFrame")
        if frame.active_geometry_name is None:
            raise NoGeometryError(
                needed_for=f".{NAME}", got="a GeoDataFrame without a geometry column"
            )
        self._frame = frame

    def layer(self, kind: str = "project_site", **stated: Unpack[Stated]) -> Layer:
        """Return the frame as a layer, by all checks of a file.

        Parameters
        ----------
        kind, **stated
            As for `layers.from_frame`. What was mended stands in its ``issues``, what
            was set aside in its ``quarantine``.
        """
        return from_frame(self._frame, kind=kind, **stated)

    def review(
        self,
        office: Workspace,
        *,
        on: dt.date | str,
        about: About = "project",
        lang: Lang = "zh",
        overrides: OverrideFile | Path | str | None = None,
        avoid: bool = False,
        progress: Progress | None = None,
    ) -> Review:
        """Return the review of the rows as sites; see `spatial.review`."""
        return review(
            self._frame,
            office,
            on=on,
            about=about,
            lang=lang,
            overrides=overrides,
            avoid=avoid,
            progress=progress,
        )

    @property
    def area_m2(self) -> pd.Series:
        """Official ellipsoidal area of each row, m2; NaN for points and lines.

        Index and order of the frame. Raises ``CrsError`` without a CRS, and
        ``InputRefusedError`` where a row has no geometry that can be measured.
        """
        return _measured(_settled(self._frame, "frame"), area_m2, _AREAS)

    @property
    def length_m(self) -> pd.Series:
        """Geodesic length of each row, m; NaN for points and polygons.

        Index, order and errors as of `area_m2`.
        """
        return _measured(_settled(self._frame, "frame"), length_m, _LINES)

    def overlap(
        self,
        zones: Layer | gpd.GeoDataFrame,
        *,
        within_m: float = 0.0,
        margins: bool = False,
    ) -> pd.DataFrame:
        """Return what each row shares with each zone that it meets or is near to.

        Parameters
        ----------
        zones
            A layer, or a GeoDataFrame with a CRS (not necessarily that of the sites).
        within_m, margins
            As for `spatial.overlap_table`.

        Returns
        -------
        DataFrame
            The columns of `spatial.overlap_table`: ``site`` is a label of this frame's
            index, ``zone`` one of that of `zones` (of a layer: of its ``frame``). It
            says what was found. That *nothing* conflicts is for a review to say, which
            knows coverage, validity and losses.

        Raises
        ------
        CrsError
            A frame has no CRS.
        InputRefusedError
            A row of either frame has no geometry that can be measured.
        GeometryError
            An index holds a label twice.

        Warns
        -----
        SettledWarning
            Rows were mended, or `zones` is a layer that lost rows when it was read.
        """
        ours, theirs = _settled(self._frame, "sites"), _settled(zones, "zones")
        return overlap_table(ours, theirs, within_m=within_m, margins=margins)

    def explore(self, kind: str = "project_site", lang: Lang = "zh") -> folium.Map:
        """Return a map without network, every value escaped (`spatial.explore`).

        Unlike ``frame.explore()`` it has no base map and sends nothing anywhere.
        """
        return explore(self.layer(kind), lang)

    def plot(self, kind: str = "project_site", lang: Lang = "zh") -> Picture:
        """Return a quick picture (`spatial.plot`); needs the extra ``report``."""
        return plot(self.layer(kind), lang)


def _measured(
    frame: gpd.GeoDataFrame, measure: Callable[[Any], Any], rank: int
) -> pd.Series:
    """Return a figure for each row of a dimension, NaN for the others."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    found = np.full(len(shapes), np.nan)
    fits = shapely.get_dimensions(shapes) == rank
    found[fits] = measure(shapes[fits])
    return pd.Series(found, index=frame.index, name=measure.__name__)


def _settled(frame: Layer | gpd.GeoDataFrame, what: str) -> gpd.GeoDataFrame:
    """Return geometries in EPSG:4490 and mended, those of all rows or none."""
    if isinstance(frame, Layer):
        if frame.quarantine:
            _warn(
                f"layer {frame.id!r} lost {len(frame.quarantine)} of "
                f"{frame.provenance.rows_in_file} rows when it was read; an overlap "
                "with them is not found (see its .quarantine)"
            )
        return frame.frame
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        raise NoGeometryError(needed_for=f".{NAME}", got=f"{what} without geometry")
    # geometry alone: what the attributes are called is of no matter to a measure
    bare = gpd.GeoDataFrame(geometry=frame.geometry.array, crs=frame.crs)
    layer = from_frame(bare, kind="project_site", id=what)
    if layer.quarantine:
        reasons = _counted(one.reason for one in layer.quarantine)
        rows = _rows([one.row for one in layer.quarantine], frame.index)
        raise InputRefusedError(
            source=f"<{what}>",
            expected="a geometry that can be measured in every row",
            got=f"none in {rows} ({reasons})",
            todo=f"leave these rows out or mend them; .{NAME}.layer().quarantine has "
            "them with the reasons",
        )
    told = [one for one in layer.issues if one.severity != "note"]
    if told:
        rows = _rows([one.row for one in told if one.row is not None], frame.index)
        _warn(
            f"<{what}>: {_counted(one.code for one in told)}, {rows}; "
            f".{NAME}.layer().issues has the reasons"
        )
    shapes = layer.frame.geometry.array
    return gpd.GeoDataFrame(geometry=shapes, index=frame.index, crs=FRAME)


def _counted(codes: Iterable[str]) -> str:
    """Return how often each code stands."""
    return ", ".join(f"{one}: {count}" for one, count in sorted(Counter(codes).items()))


def _rows(places: list[int], index: pd.Index) -> str:
    """Return the labels of some rows, the first of them by name."""
    found = sorted(set(places))
    named = ", ".join(repr(one) for one in index[found[:_NAMED]].tolist())
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"row {named}{more}" if found else "all rows"


def _warn(text: str) -> None:
    """Warn where the caller of the accessor stands."""
    warnings.warn(text, SettledWarning, stacklevel=4)
